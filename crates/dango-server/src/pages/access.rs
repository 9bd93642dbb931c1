//! The editor for role and workspaces.

use std::collections::BTreeSet;

use dango_auth::core::role;
use dango_auth::core::user::User;
use dango_auth::users::AccessRequest;
use dango_auth_actix::Problem;

use super::complaint::Complaint;
use super::field::{Choice, Field};
use super::home::{GrantLine, grant_lines, role_word};
use super::reader::Reader;
use super::sent::Sent;

/// Everywhere with one role, or in chosen workspaces with a role each.
#[derive(Debug)]
pub(crate) struct AccessEditor {
    pub(crate) everywhere: bool,
    /// The role everywhere.
    pub(crate) role: Field,
    pub(crate) roles: Vec<Choice>,
    /// The workspaces, with empty lines for more.
    pub(crate) grants: Vec<GrantLine>,
    /// Roles that a workspace can give: all but admin.
    pub(crate) grant_roles: Vec<Choice>,
    /// Workspaces there are, offered while typing.
    pub(crate) known: Vec<String>,
    pub(crate) error: Option<String>,
}

/// The editor's content: as it is now, or as somebody typed it.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    everywhere: bool,
    role: String,
    grants: Vec<GrantLine>,
}

/// Workspaces that are offered while typing.
const OFFERED_MAX: u32 = 200;

/// The names that are offered while somebody types one.
pub(crate) async fn known_workspaces(reader: &Reader) -> Result<Vec<String>, Problem> {
    let page = reader
        .need(|auth, caller| auth.workspaces().list(caller, None, OFFERED_MAX))
        .await?;
    let names = page.rows.into_iter();
    Ok(names.map(|workspace| workspace.name.to_string()).collect())
}

/// The smallest role: what new people and new lines begin with.
const FIRST_ROLE: &str = "viewer";

impl Typed {
    /// For somebody who is not there yet.
    pub(crate) fn fresh() -> Self {
        Self {
            everywhere: true,
            role: FIRST_ROLE.to_owned(),
            grants: Vec::new(),
        }
    }

    /// What somebody has now.
    pub(crate) fn now(user: &User) -> Self {
        Self {
            everywhere: user.access.is_everywhere(),
            role: user.role.to_string(),
            grants: grant_lines(&user.access),
        }
    }

    /// What was typed.
    pub(crate) fn of(sent: &Sent) -> Self {
        let grant = |(workspace, role): (&str, &str)| GrantLine {
            workspace: workspace.to_owned(),
            role: role.to_owned(),
        };
        Self {
            // Whatever else is sent gives less, not more.
            everywhere: sent.get("access") == "all",
            role: sent.get("role").to_owned(),
            grants: sent
                .all("workspace")
                .zip(sent.all("workspace_role"))
                .map(grant)
                .collect(),
        }
    }

    /// Adds an empty line.
    pub(crate) fn add_line(&mut self) {
        self.everywhere = false;
        self.grants.push(GrantLine {
            workspace: String::new(),
            role: FIRST_ROLE.to_owned(),
        });
    }

    /// Role and access in the words of a request; empty lines are left out (contract §2).
    pub(crate) fn request(&self) -> (String, AccessRequest) {
        if self.everywhere {
            return (self.role.clone(), AccessRequest::everywhere());
        }
        let filled = self
            .grants
            .iter()
            .filter(|grant| !grant.workspace.is_empty());
        let grants = filled
            .map(|grant| (grant.workspace.clone(), grant.role.clone()))
            .collect();
        (FIRST_ROLE.to_owned(), AccessRequest { all: false, grants })
    }

    /// The editor with this content.
    pub(crate) fn editor(
        mut self,
        reader: &Reader,
        known: Vec<String>,
        complaint: &Complaint,
    ) -> AccessEditor {
        if self
            .grants
            .last()
            .is_none_or(|grant| !grant.workspace.is_empty())
        {
            let everywhere = self.everywhere;
            self.add_line();
            self.everywhere = everywhere;
        }
        let policy = reader.doorway.auth().policy();
        // A role that was lost stays chosen until somebody chooses another one.
        let held = self.grants.iter().map(|grant| &grant.role);
        let lost: BTreeSet<&String> = held
            .chain([&self.role])
            .filter(|role| !role.is_empty() && policy.role_named(role).is_none())
            .collect();
        let lost = lost
            .into_iter()
            .map(|role| Choice::new(role, role_word(reader, role)));
        let roles: Vec<Choice> = policy
            .roles()
            .iter()
            .map(|role| Choice::same(role.name().as_str()))
            .chain(lost)
            .collect();
        let admin = role::ADMIN;
        AccessEditor {
            everywhere: self.everywhere,
            role: Field::text("role")
                .holding(self.role)
                .wrong(complaint.about("role")),
            grant_roles: roles
                .iter()
                .filter(|role| role.value != admin.as_str())
                .cloned()
                .collect(),
            roles,
            grants: self.grants,
            known,
            error: complaint
                .about("workspace_access")
                .or(complaint.about("grants")),
        }
    }
}
