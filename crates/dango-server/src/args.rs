//! Options of the program; each also as an environment variable (contract §5).

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Users, sessions, roles and audit over HTTP: JSON API, web pages and forward-auth.
#[derive(Clone, Debug, Parser)]
#[command(name = "dango-server", version, about)]
pub struct Args {
    /// The folder that has, or gets, `.dango/`.
    #[arg(long, value_name = "DIR", env = "DANGO_PROJECT", default_value = ".")]
    pub project: PathBuf,

    /// The address to listen on.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "DANGO_LISTEN",
        default_value = "127.0.0.1:8800"
    )]
    pub listen: SocketAddr,

    /// The database: `postgres://…` or `sqlite:…`; without it, `.dango/auth.db`.
    #[arg(
        long,
        value_name = "URL",
        env = "DANGO_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,

    /// The address people use; links are made from it, and https here means secure cookies.
    #[arg(long, value_name = "URL", env = "DANGO_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// The certificate chain (PEM), for TLS without a proxy in front.
    #[arg(
        long,
        value_name = "FILE",
        env = "DANGO_TLS_CERT",
        requires = "tls_key"
    )]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key (PEM).
    #[arg(
        long,
        value_name = "FILE",
        env = "DANGO_TLS_KEY",
        requires = "tls_cert"
    )]
    pub tls_key: Option<PathBuf>,

    /// Serve beyond this machine although sign-in is switched off.
    #[arg(long, env = "DANGO_ALLOW_PUBLIC_WITHOUT_AUTH")]
    pub allow_public_without_auth: bool,

    /// How log lines are written.
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        env = "DANGO_LOG_FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// How many threads answer requests; one per processor without it.
    #[arg(long, value_name = "N", env = "DANGO_WORKERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
}

/// What the program can do instead of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Asks the server of these options whether it is ready: exit code 0 when it is, 8 when not.
    Healthcheck,
    /// Prints the manual page.
    Man,
    /// Prints a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_options_are_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn nothing_given_listens_on_loopback() {
        let args = Args::parse_from(["dango-server"]);
        assert_eq!(args.listen.to_string(), "127.0.0.1:8800");
        assert_eq!(args.log_format, LogFormat::Text);
        assert!(!args.allow_public_without_auth);
    }
}
