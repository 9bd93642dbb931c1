//! Changing several things about a person in one transaction.

use dango_auth_core::change::Step;
use dango_auth_core::id::{UserId, Version, WorkspaceId};
use dango_auth_core::name::{EmailAddress, RoleName, Username};
use dango_auth_core::permission::builtin;
use dango_auth_core::user::User;
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{UserChanges as _, UserReads as _, UserRow};

use super::access::register_workspaces;
use super::{AccessRequest, Users};
use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::{Desk, Outcome, finish};

/// What is to change; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    /// Another login name.
    pub username: Option<Username>,
    /// Another address.
    pub email: Option<EmailAddress>,
    /// Another top-level role.
    pub role: Option<RoleName>,
    /// Other workspace access, replacing the whole.
    pub access: Option<AccessRequest>,
    /// In use or not.
    pub active: Option<bool>,
}

impl Users<'_> {
    /// Changes names, rights and standing together, or nothing at all.
    ///
    /// # Errors
    /// [`Error::Stale`] when `if_match` is not the version any more; otherwise as the single changes.
    pub fn revise(
        &self,
        caller: &Caller,
        id: UserId,
        revision: &Revision,
        if_match: Option<Version>,
    ) -> Result<Outcome<UserRow>, Error> {
        // Workspaces that a grant held already names are there.
        let named = revision.access.as_ref().map_or(0, |to| to.grants.len());
        let spare = self.auth.spare_ids(named)?;
        self.auth
            .command(caller, builtin::USERS_MANAGE, |tx, desk| {
                let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
                if if_match.is_some_and(|version| version != user.version) {
                    return Err(Error::Stale {
                        what: "this person",
                    });
                }
                revise(self.auth, tx, user, revision, &spare, desk)
            })
    }
}

fn revise(
    auth: &Auth,
    tx: &mut ChangeTx<'_>,
    user: User,
    revision: &Revision,
    spare: &[WorkspaceId],
    desk: &Desk,
) -> Result<Outcome<UserRow>, Error> {
    let mut changed = false;
    let username = revision
        .username
        .clone()
        .unwrap_or_else(|| user.username.clone());
    let email = renamed_email(&user, revision);
    let user = keep(tx, user.rename(username, email, &desk.act), &mut changed)?;
    let census = tx.admin_census(user.id, desk.act.at)?;
    let (role, access) = wanted(auth, &user, revision)?;
    let asked = revision.access.as_ref();
    register_workspaces(tx, &access, asked, spare, &desk.settings, &desk.act)?;
    let step = user.assign(role, access, &census, &desk.act)?;
    let user = keep(tx, step, &mut changed)?;
    let step = match revision.active {
        None => Step::Already(user),
        Some(true) => user.reactivate(&desk.act),
        Some(false) => user.deactivate(&census, &desk.act)?,
    };
    let done = finish(tx, step, desk)?;
    Ok(Outcome {
        changed: changed || done.changed,
        ..done
    })
}

/// The email that goes with a new username: somebody added by address keeps both the same.
fn renamed_email(user: &User, revision: &Revision) -> Option<EmailAddress> {
    let given = revision.email.clone();
    let Some(username) = &revision.username else {
        return given.or_else(|| user.email.clone());
    };
    let was_the_same = user
        .email
        .as_ref()
        .is_some_and(|email| email.as_str() == user.username.as_str());
    match given {
        Some(email) => Some(email),
        None if was_the_same => EmailAddress::parse(username.as_str()).ok(),
        None => user.email.clone(),
    }
}

fn wanted(
    auth: &Auth,
    user: &User,
    revision: &Revision,
) -> Result<(RoleName, WorkspaceAccess), Error> {
    let role = revision.role.clone().unwrap_or_else(|| user.role.clone());
    let access = match &revision.access {
        Some(request) => auth.parse_access(request, &role)?,
        None => user.access.clone(),
    };
    Ok((role, access))
}

/// Records a step and goes on with the user after it.
fn keep(tx: &mut ChangeTx<'_>, step: Step<User>, changed: &mut bool) -> Result<User, Error> {
    match step {
        Step::Already(user) => Ok(user),
        Step::Changed(change) => {
            *changed = true;
            tx.record(change).map_err(name_taken)
        }
    }
}

fn name_taken(error: dango_auth_store::StoreError) -> Error {
    if error.is_conflict() && !error.is_stale() {
        return Error::Exists {
            what: "user",
            name: "with that name".to_owned(),
        };
    }
    error.into()
}
