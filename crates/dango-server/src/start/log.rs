//! Log lines: to standard error, for people or for programs.

use std::sync::OnceLock;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt, reload};

use crate::args::LogFormat;

/// The variable that says how much is logged, such as `info` or `dango_server=debug`.
const VARIABLE: &str = "DANGO_LOG";

/// The way to another filter while the program runs.
static FILTER: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

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
    match wanted.parse::<Targets>() {
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

fn from_environment() -> Targets {
    in_environment().map_or_else(usual, |text| understood(&text))
}

fn usual() -> Targets {
    Targets::new().with_default(LevelFilter::INFO)
}

/// What can be read of a filter: a slip in one part must not silence the others.
fn understood(text: &str) -> Targets {
    let parts = text.split(',').filter(|part| !part.trim().is_empty());
    let read: Vec<Targets> = parts.filter_map(|part| part.parse().ok()).collect();
    if read.is_empty() {
        return usual();
    }
    let mut filter = Targets::new();
    for part in read {
        if let Some(level) = part.default_level() {
            filter = filter.with_default(level);
        }
        filter = filter.with_targets(part.iter());
    }
    filter
}

fn is_in_environment() -> bool {
    in_environment().is_some()
}

fn in_environment() -> Option<String> {
    #[allow(
        clippy::disallowed_methods,
        reason = "the log is there before the configuration, which has no place for this variable"
    )]
    let filter = std::env::var_os(VARIABLE)?.to_string_lossy().into_owned();
    (!filter.is_empty()).then_some(filter)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_filter_is_taken_as_far_as_it_can_be_read() {
        let shows = |text: &str, target: &str, level| understood(text).would_enable(target, &level);
        assert!(shows(
            "warn,dango_server=debug",
            "dango_server::start",
            Level::DEBUG
        ));
        assert!(!shows("warn,dango_server=debug", "actix_web", Level::INFO));
        assert!(shows(
            "warn,dango_server=debug,x=[",
            "actix_web",
            Level::WARN
        ));
        assert!(shows("?=?", "anything", Level::INFO));
        assert!(!shows("dango_auth=trace", "actix_web", Level::ERROR));
    }
}
