//! `dango auth export`.

use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::door::UserQuery;
use crate::fault::Fault;
use crate::show::People;

/// Print all users and workspaces without any secret
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dango auth export --format csv > people.csv")]
pub(crate) struct Export {
    /// How to print them; csv has the users alone
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// One JSON document
    #[default]
    Json,
    /// Comma-separated values with a heading
    Csv,
}

impl Export {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let door = cx.door()?;
        let people = People {
            users: door.users(&UserQuery::default())?,
            workspaces: door.workspaces()?,
        };
        match self.format {
            Format::Json => cx.output.document(&people)?,
            Format::Csv => people.show_csv(&mut cx.output)?,
        }
        Ok(cx.output.flush()?)
    }
}
