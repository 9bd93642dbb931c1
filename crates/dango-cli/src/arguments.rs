//! The command line: global options and the tree of commands.

#![expect(
    clippy::doc_markdown,
    reason = "doc comments of arguments are help texts, not Markdown"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;
use crate::terminal::Terminal;

/// Manage users, roles, invites, sessions and audit of a dango-auth installation.
#[derive(Debug, Parser)]
#[command(name = "dango", version, disable_help_subcommand = true)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done, or already so
  1  unexpected
  2  usage, or a confirmation is missing
  3  not found
  4  denied, or not signed in
  5  refused by a rule, or a conflict
  6  invalid input
  7  throttled
  8  store or server unavailable

Data goes to standard output, everything else to standard error.";

/// Options every command takes, before or after its name.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The project folder [default: the nearest parent folder with .dango/]; also DANGO_PROJECT
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        value_parser = folder(), env = "DANGO_PROJECT",
        hide_env = true
    )]
    pub(crate) project: Option<PathBuf>,
    /// The database, instead of the project's own; also DANGO_DATABASE_URL
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// The stored server to manage instead of this machine's installation; see `remote add`
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        conflicts_with = "database_url"
    )]
    pub(crate) remote: Option<String>,
    /// Print one JSON document (JSON lines for audit)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Confirm everything; ask nothing
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    /// When to use colours: auto, always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub(crate) color: When,
}

/// A folder's name; an empty one is not refused but counts as not given.
fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

impl Global {
    /// The project folder that was asked for; an empty variable counts as not set.
    pub(crate) fn project(&self) -> Option<PathBuf> {
        self.project
            .clone()
            .filter(|folder| !folder.as_os_str().is_empty())
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<When> for ColorChoice {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(commands::init::Init),
    #[command(subcommand)]
    Auth(commands::auth::Auth),
    #[command(subcommand)]
    Db(commands::db::Db),
    #[command(subcommand)]
    Remote(commands::remote::Remote),
    Doctor(commands::doctor::Doctor),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}

/// Tells what is wrong with a command line, or prints the help or version that it asks for.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    // A command line that cannot be parsed has no options yet, only words.
    let json = std::env::args_os().any(|word| word == "--json");
    if !error.use_stderr() || !json {
        // With nobody left to tell there is nothing else to do.
        let _ = error.print();
        return if error.use_stderr() {
            Exit::Usage.into()
        } else {
            ExitCode::SUCCESS
        };
    }
    let text = error.render().to_string();
    let message = text.split("\n\n").next().unwrap_or_default();
    let fault = Fault::usage("usage", message.strip_prefix("error: ").unwrap_or(message));
    let _ = Output::new(Terminal::look(ColorChoice::Auto), true).fault(&fault);
    Exit::Usage.into()
}
