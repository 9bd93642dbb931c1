//! `dango auth list-users`.

use std::collections::BTreeSet;

use clap::Args;
use clap::builder::PossibleValuesParser;
use dango_auth::view::{RoleObject, UserObject};

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
        let door = cx.door()?;
        let users = door.users(&query)?;
        cx.show(&users)?;
        if cx.output.is_json() {
            return Ok(());
        }
        for role in unknown(&users, &door.roles()?) {
            let text = format!("the policy does not know the role {role}, so it gives no rights");
            cx.output.warn(text)?;
        }
        Ok(())
    }
}

/// Roles that somebody has and that are none.
fn unknown<'a>(users: &'a [UserObject], known: &[RoleObject]) -> BTreeSet<&'a str> {
    let granted = |user: &'a UserObject| user.workspace_access.grants().iter();
    let held = users.iter().map(|user| user.role.as_str());
    held.chain(
        users
            .iter()
            .flat_map(granted)
            .map(|grant| grant.role.as_str()),
    )
    .filter(|role| known.iter().all(|known| known.name != *role))
    .collect()
}
