//! `dango auth list-users`.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::context::Context;
use crate::door::UserQuery;
use crate::fault::Fault;

/// List the users, oldest first
#[derive(Debug, Args)]
pub(crate) struct ListUsers {
    /// Only users with this role
    #[arg(long)]
    role: Option<String>,
    /// Only users with this status
    #[arg(long, value_parser = PossibleValuesParser::new(STATUSES))]
    status: Option<String>,
    /// Only users with this in their username or email
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

const STATUSES: [&str; 5] = ["active", "inactive", "locked", "invited", "invite_expired"];

impl ListUsers {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let query = UserQuery {
            role: self.role,
            status: self.status,
            search: self.search,
            limit: self.limit,
        };
        let users = cx.door()?.users(&query)?;
        cx.show(&users)
    }
}
