//! A check with everything a person wants to know about its outcome.

use std::fmt;

use super::decision::{Decision, Reason, RoleSource};
use super::subject::Subject;
use super::{Policy, Scope};
use crate::name::{RoleName, WorkspaceName};
use crate::permission::Permission;

/// The outcome of [`Policy::explain`]: the decision and what led to it.
///
/// Printed, it is one sentence: what was decided, why, and what would be needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, the same that [`Policy::check_name`] answers.
    pub decision: Decision,
    /// The permission asked about, as it was written.
    pub permission: String,
    /// The workspace asked about.
    pub workspace: Option<WorkspaceName>,
    /// The role the subject holds in that place, and how; `None` when it holds none.
    pub held: Option<(RoleName, RoleSource)>,
    /// The role it holds there by name although the policy has no such role (any more).
    pub unknown_role: Option<RoleName>,
    /// What the subject is in effect, with a key's limit taken into account.
    pub effective_role: Option<RoleName>,
    /// Every role that has the permission, smallest first.
    pub granting_roles: Vec<RoleName>,
    /// The permission that was probably meant, when there is none of the given name.
    pub suggestion: Option<String>,
}

impl Policy {
    /// Decides like [`check_name`](Self::check_name), and says why.
    pub fn explain(&self, subject: &Subject, permission: &str, scope: Scope<'_>) -> Explanation {
        let known = self.catalog().find(permission);
        let held = self.held_role(subject, scope);
        Explanation {
            decision: self.check_name(subject, permission, scope),
            permission: permission.to_owned(),
            workspace: match scope {
                Scope::Global => None,
                Scope::Workspace(name) => Some(name.clone()),
            },
            held: held.map(|(role, source)| (role.name().clone(), source)),
            unknown_role: subject.unknown_role(scope).cloned(),
            effective_role: self
                .effective_role(subject, scope)
                .map(|role| role.name().clone()),
            granting_roles: known.map_or_else(Vec::new, |permission| self.roles_with(permission)),
            suggestion: match known {
                Some(_) => None,
                None => self.catalog().nearest(permission).map(str::to_owned),
            },
        }
    }

    /// The roles that have a permission, smallest first.
    pub fn roles_with(&self, permission: Permission) -> Vec<RoleName> {
        let has = |role: &&crate::role::Role| role.permissions().contains(permission);
        let mut roles: Vec<_> = self.roles().iter().filter(has).collect();
        roles.sort_by_key(|role| role.permissions().len());
        roles.into_iter().map(|role| role.name().clone()).collect()
    }
}

impl Explanation {
    /// Whether the action may go ahead.
    pub fn is_allowed(&self) -> bool {
        self.decision.is_allowed()
    }

    fn fmt_place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workspace {
            Some(workspace) => write!(f, " in workspace {workspace}"),
            None => Ok(()),
        }
    }

    fn fmt_held(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.held {
            None => match &self.unknown_role {
                Some(role) => write!(f, "the policy does not know the role {role}"),
                None => f.write_str("no role is held there"),
            },
            Some((role, RoleSource::TopLevel)) => write!(f, "the top-level role {role}"),
            Some((role, RoleSource::Workspace)) => {
                write!(f, "the role {role}, granted in that workspace,")
            }
        }
    }

    fn fmt_needed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.granting_roles.iter().map(RoleName::as_str).collect();
        write!(f, "; roles that have it: {}", names.join(", "))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_allowed() {
            "allowed"
        } else {
            "denied"
        };
        // `{:?}` escapes what a terminal would act upon; a known name needs no quotes.
        match self.decision.reason() {
            Reason::UnknownPermission => {
                write!(f, "{verdict}: there is no permission {:?}", self.permission)?;
                let near = self.suggestion.as_ref();
                return near.map_or(Ok(()), |near| write!(f, ", did you mean {near:?}?"));
            }
            _ => write!(f, "{verdict}: {}", self.permission)?,
        }
        self.fmt_place(f)?;
        f.write_str(", because ")?;
        match self.decision.reason() {
            Reason::GrantedBy { .. } => {
                self.fmt_held(f)?;
                f.write_str(" has it")
            }
            Reason::NoGrant if self.held.is_none() => {
                self.fmt_held(f)?;
                self.fmt_needed(f)
            }
            Reason::NoGrant => {
                self.fmt_held(f)?;
                f.write_str(" lacks it")?;
                self.fmt_needed(f)
            }
            Reason::Inactive => f.write_str("the account is not active"),
            Reason::OutsideKeyLimit => {
                self.fmt_held(f)?;
                f.write_str(" has it but the API key is limited to less")
            }
            Reason::UnknownPermission => Ok(()),
        }
    }
}
