//! `dango auth audit`.

mod erase;
mod prune;

use clap::{Args, Subcommand, ValueEnum};
use dango_auth::view::instant;

use crate::context::Context;
use crate::door::AuditQuery;
use crate::exit::Exit;
use crate::fault::{Fault, FieldFault};

/// Show the audit log, newest first, or check it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dango auth audit --type login_failed --limit 50
  dango auth audit --since 2026-01-01 --actor ann@example.org --format csv
  dango auth audit --verify")]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Audit {
    #[command(subcommand)]
    keep: Option<Keep>,
    /// Only events at or after this date (UTC) or RFC 3339 instant
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Only events up to this date (UTC, the day included) or before this RFC 3339 instant
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Only events of this type; may be given more than once or separated by commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Only events caused by this username
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only events about this username
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// How to print them [default: table, or jsonl with --json]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Check that nobody edited, removed or added events
    #[arg(long, conflicts_with_all = ["since", "until", "types", "actor", "user", "limit", "format"])]
    verify: bool,
}

/// What else can be done with the log.
#[derive(Debug, Subcommand)]
enum Keep {
    Prune(prune::Prune),
    Erase(erase::Erase),
}

/// How events are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    Table,
    /// One JSON document
    Json,
    /// One JSON document per line
    Jsonl,
    /// Comma-separated values with a heading
    Csv,
}

impl Format {
    /// The name under which taking the events away is noted; none for a table to look at.
    const fn exported_as(self) -> Option<&'static str> {
        match self {
            Self::Table => None,
            Self::Json => Some("json"),
            Self::Jsonl => Some("jsonl"),
            Self::Csv => Some("csv"),
        }
    }
}

impl Audit {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self.keep {
            Some(Keep::Prune(command)) => return command.run(cx),
            Some(Keep::Erase(command)) => return command.run(cx),
            None => {}
        }
        if self.verify {
            return verify(cx);
        }
        let query = AuditQuery {
            since: self
                .since
                .as_deref()
                .map(|text| bound("since", text, instant::parse_start(text)))
                .transpose()?,
            until: self
                .until
                .as_deref()
                .map(|text| bound("until", text, instant::parse_end(text)))
                .transpose()?,
            types: self.types,
            actor: self.actor,
            user: self.user,
            limit: self.limit,
            exported_as: self.format.and_then(Format::exported_as),
        };
        let trail = cx.door()?.audit(&query)?;
        let usual = if cx.output.is_json() {
            Format::Jsonl
        } else {
            Format::Table
        };
        match self.format.unwrap_or(usual) {
            Format::Table => trail.show_table(&mut cx.output)?,
            Format::Json => cx.output.document(&trail)?,
            Format::Jsonl => trail.show_lines(&mut cx.output)?,
            Format::Csv => trail.show_csv(&mut cx.output)?,
        }
        Ok(cx.output.flush()?)
    }
}

fn bound<T>(field: &str, text: &str, parsed: Option<T>) -> Result<T, Fault> {
    parsed.ok_or_else(|| {
        let message = format!("--{field} {text}: not a date (2026-01-31) or an RFC 3339 instant (2026-01-31T12:00:00Z)");
        let error = FieldFault { field: field.to_owned(), code: "not_an_instant".to_owned(), message: message.clone() };
        Fault::invalid("invalid_request", message).with_errors(vec![error])
    })
}

fn verify(cx: &mut Context) -> Result<(), Fault> {
    let chain = cx.door()?.verify_audit()?;
    cx.show(&chain)?;
    let Some(at) = chain.broken_at else {
        return Ok(());
    };
    let reason = chain.reason.unwrap_or_default();
    let message = format!("the audit log was tampered with: event {at} is {reason}");
    Err(Fault::new(Exit::Refused, "audit_chain_broken", message)
        .with_next_step("keep a copy of the database and find out who had access to it"))
}
