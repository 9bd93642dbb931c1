//! Workspace access as asked for, checked and registered.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Act, EventName, Target};
use dango_auth_core::id::{UserId, Version, WorkspaceId};
use dango_auth_core::name::{RoleName, WorkspaceName};
use dango_auth_core::permission::builtin;
use dango_auth_core::role;
use dango_auth_core::user::User;
use dango_auth_core::workspace::{Grant, GrantRequest, WorkspaceAccess};
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{
    UserChanges as _, UserReads as _, UserRow, Workspace, WorkspaceChanges as _,
    WorkspaceReads as _,
};

use super::Users;
use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::Settings;
use crate::walk::{Outcome, finish};

/// Workspace access in the words of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRequest {
    /// Everywhere, with the top-level role.
    pub all: bool,
    /// Or workspace by workspace: name and role.
    pub grants: Vec<(String, String)>,
}

impl AccessRequest {
    /// Everywhere.
    pub const fn everywhere() -> Self {
        Self {
            all: true,
            grants: Vec::new(),
        }
    }
}

impl Auth {
    /// Checks a request against the rules of contract §2.
    pub(crate) fn parse_access(
        &self,
        request: &AccessRequest,
        role: &RoleName,
    ) -> Result<WorkspaceAccess, Error> {
        let grants: Vec<GrantRequest<'_>> = request
            .grants
            .iter()
            .map(|(workspace, role)| GrantRequest { workspace, role })
            .collect();
        Ok(WorkspaceAccess::parse(
            request.all,
            &grants,
            role,
            &self.policy(),
        )?)
    }

    /// One fresh workspace id for each of so many grants, made before the transaction that may need them.
    pub(crate) fn spare_ids(&self, grants: usize) -> Result<Vec<WorkspaceId>, Error> {
        let fresh = |_| Ok(WorkspaceId::from_uuid(self.inner.ambient.uuid()?));
        (0..grants).map(fresh).collect()
    }
}

/// Registers workspaces that grants name and nobody made yet (contract §2); `asked` is the request they
/// came with, whose order errors go by.
///
/// # Errors
/// [`Error::Fields`] on the grant when `workspaces.auto_create` is off.
pub(crate) fn register_workspaces(
    tx: &mut ChangeTx<'_>,
    access: &WorkspaceAccess,
    asked: Option<&AccessRequest>,
    spare: &[WorkspaceId],
    settings: &Settings,
    act: &Act,
) -> Result<(), Error> {
    for (index, grant) in access.grants().iter().enumerate() {
        if tx.workspace_by_name(&grant.workspace)?.is_some() {
            continue;
        }
        let id = spare
            .get(index)
            .copied()
            .filter(|_| settings.workspaces_auto_create);
        let Some(id) = id else {
            return Err(unregistered(&grant.workspace, asked));
        };
        insert_workspace(tx, id, &grant.workspace, "", act)?;
    }
    Ok(())
}

fn unregistered(name: &WorkspaceName, asked: Option<&AccessRequest>) -> Error {
    let mut grants = asked.into_iter().flat_map(|asked| &asked.grants);
    let is_it = |(given, _): &(String, String)| WorkspaceName::parse(given).as_ref() == Ok(name);
    let field = match grants.position(is_it) {
        Some(at) => format!("workspace_access.grants[{at}].workspace"),
        None => "workspace".to_owned(),
    };
    let text = format!("there is no workspace {name}; create it first");
    Error::field(field, "unknown_workspace", text)
}

/// Makes a workspace and its event.
pub(crate) fn insert_workspace(
    tx: &mut ChangeTx<'_>,
    id: WorkspaceId,
    name: &WorkspaceName,
    description: &str,
    act: &Act,
) -> Result<Workspace, Error> {
    let workspace = new_workspace(id, name, description, act.at);
    let target = Target::workspace(id, name.as_str());
    let event = act
        .event(EventName::WORKSPACE_CREATED, target)
        .in_workspace(name.clone());
    tx.insert_workspace(&workspace, event).map_err(|error| {
        if error.is_conflict() {
            return Error::Exists {
                what: "workspace",
                name: name.to_string(),
            };
        }
        error.into()
    })?;
    Ok(workspace)
}

fn new_workspace(
    id: WorkspaceId,
    name: &WorkspaceName,
    description: &str,
    now: DateTime<Utc>,
) -> Workspace {
    Workspace {
        id,
        name: name.clone(),
        description: description.to_owned(),
        version: Version::NEW,
        created_at: now,
        updated_at: now,
    }
}

impl Users<'_> {
    /// Gives somebody another role.
    ///
    /// # Errors
    /// `last_admin`; [`Error::NotFound`], [`Error::Denied`]; role and access that do not go together.
    pub fn change_role(
        &self,
        caller: &Caller,
        id: UserId,
        role: &RoleName,
    ) -> Result<Outcome<UserRow>, Error> {
        self.auth
            .change_counted(caller, builtin::USERS_MANAGE, id, |user, census, desk| {
                let access = user.access.clone();
                Ok(user.assign(role.clone(), access, census, &desk.act)?)
            })
    }

    /// Replaces somebody's workspace access.
    ///
    /// # Errors
    /// As [`Users::change_role`], and the fields of the request that break a rule.
    pub fn set_access(
        &self,
        caller: &Caller,
        id: UserId,
        request: &AccessRequest,
    ) -> Result<Outcome<UserRow>, Error> {
        self.assign_access(caller, id, Some(request), |auth, user| {
            Ok((user.role.clone(), auth.parse_access(request, &user.role)?))
        })
    }

    /// Lets somebody into a workspace, or changes the role they have there.
    ///
    /// # Errors
    /// Code `has_access_everywhere` for somebody who may go everywhere already, unless `only`, which
    /// turns that into this one grant; as [`Users::set_access`] otherwise.
    pub fn grant(
        &self,
        caller: &Caller,
        id: UserId,
        workspace: &str,
        role: &str,
        only: bool,
    ) -> Result<Outcome<UserRow>, Error> {
        self.assign_access(caller, id, None, |auth, user| {
            if user.access.is_everywhere() && !only {
                return Err(Error::Rule {
                    code: "has_access_everywhere",
                    message: format!(
                        "{} has access everywhere as {}; use --only to limit it to this workspace",
                        user.username, user.role
                    ),
                });
            }
            let mut grants = Vec::new();
            if !only {
                let others = user
                    .access
                    .grants()
                    .iter()
                    .filter(|g| g.workspace.as_str() != workspace);
                grants.extend(others.map(|g| (g.workspace.to_string(), g.role.to_string())));
            }
            grants.push((workspace.to_owned(), role.to_owned()));
            let request = AccessRequest { all: false, grants };
            Ok((role::VIEWER, auth.parse_access(&request, &role::VIEWER)?))
        })
    }

    /// Takes somebody's grant in a workspace away; taking the last one leaves no access.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such grant.
    pub fn revoke_grant(
        &self,
        caller: &Caller,
        id: UserId,
        workspace: &str,
    ) -> Result<Outcome<UserRow>, Error> {
        self.assign_access(caller, id, None, |_, user| {
            let held = user.access.grants();
            let rest: Vec<Grant> = held
                .iter()
                .filter(|g| g.workspace.as_str() != workspace)
                .cloned()
                .collect();
            if rest.len() == held.len() {
                let name = crate::auth::printable(workspace);
                return Err(Error::NotFound {
                    what: "grant",
                    name: format!("in {name}"),
                });
            }
            Ok((user.role.clone(), WorkspaceAccess::from_stored(false, rest)))
        })
    }

    fn assign_access(
        &self,
        caller: &Caller,
        id: UserId,
        asked: Option<&AccessRequest>,
        wanted: impl Fn(&Auth, &User) -> Result<(RoleName, WorkspaceAccess), Error>,
    ) -> Result<Outcome<UserRow>, Error> {
        let before = self.manageable(caller, id)?;
        let (_, access) = wanted(self.auth, &before.user)?;
        let spare = self.auth.spare_ids(access.grants().len())?;
        self.auth
            .command(caller, builtin::USERS_MANAGE, |tx, desk| {
                let census = tx.admin_census(id, desk.act.at)?;
                let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
                let (role, access) = wanted(self.auth, &user)?;
                register_workspaces(tx, &access, asked, &spare, &desk.settings, &desk.act)?;
                let step = user.assign(role, access, &census, &desk.act)?;
                finish(tx, step, desk)
            })
    }
}
