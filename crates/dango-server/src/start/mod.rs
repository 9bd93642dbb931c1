//! From options to a running server, and to its end.

mod background;
mod error;
mod first_admin;
mod log;
mod notify;
mod reload;
mod safety;
mod serve;
mod tls;

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use clap::CommandFactory as _;
use dango_auth::{Auth, Environment, OpenOptions, Project};

pub use error::StartError;

use crate::args::{Args, Command};
use crate::healthcheck;

/// Runs the server until it is asked to stop.
pub fn run(args: &Args) -> ExitCode {
    match args.command {
        None => {}
        Some(Command::Healthcheck) => return healthcheck::run(args),
        Some(Command::Man) => return printed(manual()),
        Some(Command::Completions { shell }) => return printed(Ok(completions(shell))),
    }
    log::install(args.log_format);
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn manual() -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut page)?;
    Ok(page)
}

fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "dango-server", &mut script);
    script
}

fn printed(text: std::io::Result<Vec<u8>>) -> ExitCode {
    let written = text.and_then(|text| std::io::stdout().write_all(&text));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn start(args: &Args) -> Result<(), StartError> {
    let auth = open(args)?;
    let tls = tls::configured(args)?;
    safety::check(&auth, args)?;
    let listener = TcpListener::bind(args.listen).map_err(|error| StartError::Listen {
        address: args.listen,
        error,
    })?;
    let address = listener.local_addr().map_err(|error| StartError::Listen {
        address: args.listen,
        error,
    })?;
    let base_url = base_url(address, tls.is_some());
    first_admin::provide(&auth, &base_url)?;
    serve::serve(&auth, args, listener, tls, base_url)
}

/// Opens the project, making `.dango/` on the first start.
fn open(args: &Args) -> Result<Auth, StartError> {
    let (project, _) = Project::create(&args.project)?;
    let mut options = OpenOptions::new(project, Environment::of_process()).creating();
    "dango-server".clone_into(&mut options.local_user);
    if let Some(url) = &args.database_url {
        options = options.with_argument("--database-url", "database_url", url);
    }
    if let Some(url) = &args.public_url {
        options = options.with_argument("--public-url", "public_url", url);
    }
    let auth = Auth::open(options)?;
    let settings = auth.settings()?;
    log::follow(settings.log_filter.as_deref());
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    Ok(auth)
}

/// The address listened on as people on this machine type it.
fn base_url(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    if address.ip().is_unspecified() {
        return format!("{scheme}://localhost:{}", address.port());
    }
    format!("{scheme}://{address}")
}

/// Says something to whoever started the program.
fn say(text: &str) {
    // Nobody may be reading; that is no reason not to serve.
    let _ = writeln!(std::io::stdout(), "{text}");
}
