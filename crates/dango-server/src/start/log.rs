//! Log lines: to standard error, for people or for programs.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::args::LogFormat;

/// The variable that says how much is logged, such as `info` or `dango_server=debug`.
const VARIABLE: &str = "DANGO_LOG";

/// Installs the log for the whole process; a second call leaves the first in place.
pub(super) fn install(format: LogFormat) {
    let filter = EnvFilter::builder()
        .with_env_var(VARIABLE)
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let installed = match format {
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            lines.with_ansi(std::io::stderr().is_terminal()).try_init()
        }
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "a log is installed already");
    }
}
