//! Log lines: to standard error, for people or for programs.

use std::sync::OnceLock;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt, reload};

use crate::args::LogFormat;

/// The variable that says how much is logged, such as `info` or `dango_server=debug`.
const VARIABLE: &str = "DANGO_LOG";

/// The way to another filter while the program runs.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Installs the log for the whole process; a second call leaves the first in place.
pub(super) fn install(format: LogFormat) {
    let (filter, handle) = reload::Layer::new(from_environment());
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            lines.with_ansi(std::io::stderr().is_terminal()).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let installed = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
    match installed {
        Ok(()) => {
            let _ = FILTER.set(handle);
        }
        Err(error) => tracing::debug!(%error, "a log is installed already"),
    }
}

/// Takes over the filter of the settings, unless the environment has one.
pub(super) fn follow(wanted: Option<&str>) {
    let (Some(handle), false) = (FILTER.get(), is_in_environment()) else {
        return;
    };
    let wanted = wanted.unwrap_or("info");
    match EnvFilter::try_new(wanted) {
        Ok(filter) => {
            if let Err(error) = handle.reload(filter) {
                tracing::warn!(%error, "the log filter stays as it is");
            }
        }
        Err(error) => {
            tracing::warn!(wanted, %error, "log_filter cannot be read; it stays as it is");
        }
    }
}

fn from_environment() -> EnvFilter {
    EnvFilter::builder()
        .with_env_var(VARIABLE)
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy()
}

fn is_in_environment() -> bool {
    #[allow(
        clippy::disallowed_methods,
        reason = "the log is there before the configuration, which has no place for this variable"
    )]
    std::env::var_os(VARIABLE).is_some_and(|filter| !filter.is_empty())
}
