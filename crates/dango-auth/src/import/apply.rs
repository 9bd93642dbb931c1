//! Taking over in one transaction.

use std::collections::HashMap;

use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::{Act, EventName, Target};
use dango_auth_core::id::{ApiKeyId, RecoveryCodeId, UserId, WorkspaceId};
use dango_auth_core::name::WorkspaceName;
use dango_auth_core::permission::builtin;
use dango_auth_core::policy::WorkspaceLimit;
use dango_auth_core::recovery_code::RecoveryCode;
use dango_auth_core::role;
use dango_auth_core::second_factor::{SecondFactor, StoredRecoveryCode};
use dango_auth_core::user::User;
use dango_auth_core::workspace::{Grant, WorkspaceAccess};
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{AuditWrites as _, InstallationChanges as _, InstallationReads as _};

use super::{IncomingPerson, Plan};
use crate::auth::Auth;
use crate::caller::Caller;
use crate::configuration;
use crate::error::Error;
use crate::walk::Desk;

/// What has to be made up for one person, before the transaction.
struct Spare {
    /// One id for each recovery code.
    codes: Vec<RecoveryCodeId>,
    /// One id for each workspace that may have to be registered.
    workspaces: Vec<WorkspaceId>,
}

pub(super) fn apply(
    auth: &Auth,
    caller: &Caller,
    plan: &Plan,
    skip_conflicts: bool,
) -> Result<Plan, Error> {
    let spares = spares(auth, plan)?;
    let key_spares = key_spares(auth, plan)?;
    let workspaces = workspace_ids(auth, plan)?;
    auth.command(caller, builtin::USERS_MANAGE, |tx, desk| {
        let done = Plan::make(tx, plan.origin, plan.incoming.clone(), &desk.settings)?;
        if !skip_conflicts {
            done.refuse_conflicts()?;
        }
        for (name, description) in done.workspaces() {
            if let Some(id) = workspaces.get(name) {
                crate::users::insert_workspace(tx, *id, name, description, &desk.act)?;
            }
        }
        for person in done.people() {
            let Some(spare) = spares.get(&person.user.id) else {
                continue;
            };
            let access = &person.user.access;
            let ids = &spare.workspaces;
            crate::users::register_workspaces(tx, access, None, ids, &desk.settings, &desk.act)?;
            take_person(auth, tx, person, &spare.codes, plan, &desk.act)?;
        }
        for key in done.keys() {
            let (access, spare) = (access_of(key), key_spares.get(&key.id));
            let ids = spare.map_or(&[][..], Vec::as_slice);
            crate::users::register_workspaces(tx, &access, None, ids, &desk.settings, &desk.act)?;
            let origin = plan.origin.as_str();
            tx.record(ApiKey::imported(key.clone(), origin, &desk.act))?;
        }
        for (key, value) in done.settings() {
            let from = Some(plan.origin.as_str());
            configuration::set(tx, desk, key.name(), value, from)?;
        }
        finish(tx, &done, desk)?;
        Ok(done)
    })
}

fn spares(auth: &Auth, plan: &Plan) -> Result<HashMap<UserId, Spare>, Error> {
    let code = |_: &[u8; 32]| Ok(RecoveryCodeId::from_uuid(auth.inner.ambient.uuid()?));
    let spare = |person: &IncomingPerson| {
        let codes = person.factor.iter().flat_map(|factor| &factor.codes);
        let spare = Spare {
            codes: codes.map(code).collect::<Result<_, Error>>()?,
            workspaces: auth.spare_ids(person.user.access.grants().len())?,
        };
        Ok((person.user.id, spare))
    };
    plan.people().map(spare).collect()
}

fn key_spares(auth: &Auth, plan: &Plan) -> Result<HashMap<ApiKeyId, Vec<WorkspaceId>>, Error> {
    let spare = |key: &ApiKey| Ok((key.id, auth.spare_ids(access_of(key).grants().len())?));
    plan.keys().map(spare).collect()
}

fn workspace_ids(auth: &Auth, plan: &Plan) -> Result<HashMap<WorkspaceName, WorkspaceId>, Error> {
    let fresh = |(name, _): &(WorkspaceName, String)| {
        let id = WorkspaceId::from_uuid(auth.inner.ambient.uuid()?);
        Ok((name.clone(), id))
    };
    plan.workspaces().map(fresh).collect()
}

/// The workspaces a key is limited to, as access.
fn access_of(key: &ApiKey) -> WorkspaceAccess {
    let limits = key.limit.workspaces.iter().flatten();
    let grant = |limit: &WorkspaceLimit| Grant {
        workspace: limit.workspace.clone(),
        role: limit.role.clone().unwrap_or(role::VIEWER),
    };
    WorkspaceAccess::from_stored(false, limits.map(grant).collect())
}

fn take_person(
    auth: &Auth,
    tx: &mut ChangeTx<'_>,
    person: &IncomingPerson,
    ids: &[RecoveryCodeId],
    plan: &Plan,
    act: &Act,
) -> Result<(), Error> {
    let user = tx.record(User::imported(
        person.user.clone(),
        plan.origin.as_str(),
        act,
    ))?;
    let Some(factor) = &person.factor else {
        return Ok(());
    };
    let key = &auth.inner.keys.recovery;
    let store = |(id, digest): (&RecoveryCodeId, &[u8; 32])| StoredRecoveryCode {
        id: *id,
        digest: RecoveryCode::mac_of_legacy_digest(key, digest),
    };
    let codes = ids.iter().zip(&factor.codes).map(store).collect();
    tx.record(SecondFactor::imported(
        factor.seed.clone(),
        user,
        codes,
        act,
    ))?;
    Ok(())
}

fn finish(tx: &mut ChangeTx<'_>, done: &Plan, desk: &Desk) -> Result<(), Error> {
    for event in &done.history {
        tx.note(event.clone());
    }
    if done.switches_off {
        let event = desk
            .act
            .event(EventName::AUTH_DISABLED, Target::system("auth"));
        tx.set_auth_disabled(true, event.detail("imported_from", done.origin.as_str()))?;
    }
    let mut people = done.people();
    if people.any(|person| person.user.is_usable_admin(desk.act.at))
        && tx.installation()?.setup_completed_at.is_none()
    {
        tx.complete_setup(desk.act.at)?;
    }
    if done.count("add") > 0 || done.events > 0 {
        let event = desk
            .act
            .event(EventName::USERS_IMPORTED, Target::system("import"));
        tx.note(
            event
                .detail("from", done.origin.as_str())
                .detail("added", done.count("add"))
                .detail("events", done.events),
        );
    }
    Ok(())
}
