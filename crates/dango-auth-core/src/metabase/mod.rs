//! What people are in Metabase, decided from what they are here (contract §6).
//!
//! | role | in Metabase |
//! |---|---|
//! | admin | superuser |
//! | manager, developer, editor | member of the group [`GROUP`] |
//! | any other | nothing beyond *All Users* |
//! | whoever is inactive or gone | deactivated |
//!
//! A role that an embedder adds opens nothing in Metabase: only the named ones do.

mod answers;
mod graph;
#[cfg(test)]
mod tests;

pub use answers::{Found, flag, number, reason};
pub use graph::{Shape, rights_patch};

use crate::name::{EmailAddress, RoleName, Username};
use crate::role;

/// The group whose members may build; made when it is missing.
pub const GROUP: &str = "Dango Editors";

/// Metabase's own group that everybody is in; nobody joins or leaves it.
pub const ALL_USERS: i64 = 1;

/// What somebody is in Metabase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Administers Metabase.
    Superuser,
    /// Is in the group [`GROUP`].
    Editor,
    /// Is in *All Users* only, as far as our groups go.
    Everyone,
    /// Cannot sign in.
    Deactivated,
}

impl Standing {
    /// What somebody with this top-level role should be.
    pub fn of(role: &RoleName, active: bool) -> Self {
        if !active {
            Self::Deactivated
        } else if *role == role::ADMIN {
            Self::Superuser
        } else if [role::MANAGER, role::DEVELOPER, role::EDITOR].contains(role) {
            Self::Editor
        } else {
            Self::Everyone
        }
    }

    /// The stable word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Superuser => "superuser",
            Self::Editor => "editor",
            Self::Everyone => "all_users",
            Self::Deactivated => "deactivated",
        }
    }
}

/// What a Metabase account is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whether it can sign in.
    pub active: bool,
    /// Whether it administers Metabase.
    pub superuser: bool,
    /// Whether it is in the group [`GROUP`].
    pub editor: bool,
}

impl Account {
    /// The highest standing it amounts to.
    pub const fn standing(self) -> Standing {
        match self {
            Self { active: false, .. } => Standing::Deactivated,
            Self {
                superuser: true, ..
            } => Standing::Superuser,
            Self { editor: true, .. } => Standing::Editor,
            _ => Standing::Everyone,
        }
    }
}

/// One call that brings an account closer to what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Let it sign in again; what it is after that has to be read anew.
    Reactivate,
    /// Take the administration away.
    Demote,
    /// Take it out of [`GROUP`].
    LeaveGroup,
    /// Put it into [`GROUP`].
    JoinGroup,
    /// Give it the administration.
    Promote,
    /// Take it out of use.
    Deactivate,
}

/// What has to be done, in order; nothing when the account is as it should be.
///
/// Rights are taken before others are given, the administration first of all: an administrator who is
/// deactivated as one may not be reactivated later (`field.md` §6.3). Groups other than [`GROUP`] are
/// never touched.
pub fn steps(account: Account, wanted: Standing) -> Vec<Step> {
    if !account.active {
        return if wanted == Standing::Deactivated {
            Vec::new()
        } else {
            vec![Step::Reactivate]
        };
    }
    let (superuser, editor) = (wanted == Standing::Superuser, wanted == Standing::Editor);
    let needed = [
        (account.superuser && !superuser, Step::Demote),
        (account.editor && !editor, Step::LeaveGroup),
        (!account.editor && editor, Step::JoinGroup),
        (!account.superuser && superuser, Step::Promote),
        (wanted == Standing::Deactivated, Step::Deactivate),
    ];
    let needed = needed.into_iter().filter(|(is_needed, _)| *is_needed);
    needed.map(|(_, step)| step).collect()
}

/// The address somebody has in Metabase: the email, or a username that is one. Metabase takes no
/// address without a dot in its domain, so who has no such address has no account there.
pub fn address(username: &Username, email: Option<&EmailAddress>) -> Option<EmailAddress> {
    let address = match email {
        Some(email) => email.clone(),
        None => EmailAddress::parse(username.as_str()).ok()?,
    };
    let (_, domain) = address.as_str().rsplit_once('@')?;
    domain.contains('.').then_some(address)
}

/// Tells whether two addresses are one to Metabase, which compares without case.
pub fn same_address(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}
