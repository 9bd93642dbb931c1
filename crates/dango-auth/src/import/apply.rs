//! Taking over in one transaction.

use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::{Act, EventName, Target};
use dango_auth_core::id::RecoveryCodeId;
use dango_auth_core::permission::builtin;
use dango_auth_core::recovery_code::RecoveryCode;
use dango_auth_core::second_factor::{SecondFactor, StoredRecoveryCode};
use dango_auth_core::user::User;
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{
    AuditReads as _, AuditWrites as _, InstallationChanges as _, InstallationReads as _,
    UserReads as _,
};

use super::plan::{judge_key, judge_person};
use super::{IncomingPerson, Plan, PlannedRow, Verdict};
use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::Desk;

/// One fresh id for each recovery code of each person, made before the transaction.
type CodeIds = Vec<Vec<RecoveryCodeId>>;

pub(super) fn apply(
    auth: &Auth,
    caller: &Caller,
    plan: &Plan,
    skip_conflicts: bool,
) -> Result<Plan, Error> {
    let ids = code_ids(auth, plan)?;
    auth.command(caller, builtin::USERS_MANAGE, |tx, desk| {
        let spare = spare_workspaces(auth, plan)?;
        let done = Plan::make(tx, plan.origin, plan.incoming.clone())?;
        if done.has_conflicts() && !skip_conflicts {
            return Err(conflict(&done.rows));
        }
        for ((person, ids), spare) in plan.incoming.people.iter().zip(&ids).zip(&spare) {
            if judge_person(tx, person)? == Verdict::Add {
                let access = &person.user.access;
                crate::users::register_workspaces(
                    tx,
                    access,
                    None,
                    spare,
                    &desk.settings,
                    &desk.act,
                )?;
                take_person(auth, tx, person, ids, plan, &desk.act)?;
            }
        }
        for key in &plan.incoming.keys {
            if judge_key(tx, key)? == Verdict::Add && tx.user(key.owner)?.is_some() {
                tx.record(ApiKey::imported(
                    key.clone(),
                    plan.origin.as_str(),
                    &desk.act,
                ))?;
            }
        }
        finish(tx, &done, desk)?;
        Ok(done)
    })
}

fn spare_workspaces(
    auth: &Auth,
    plan: &Plan,
) -> Result<Vec<Vec<dango_auth_core::id::WorkspaceId>>, Error> {
    plan.incoming
        .people
        .iter()
        .map(|person| auth.spare_ids(&person.user.access))
        .collect()
}

fn code_ids(auth: &Auth, plan: &Plan) -> Result<CodeIds, Error> {
    let fresh = |_: &[u8; 32]| Ok(RecoveryCodeId::from_uuid(auth.inner.ambient.uuid()?));
    let of = |person: &IncomingPerson| {
        let codes = person.factor.iter().flat_map(|factor| &factor.codes);
        codes.map(fresh).collect()
    };
    plan.incoming.people.iter().map(of).collect()
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
    if done.events > 0 && !tx.event_name_exists(&EventName::USERS_IMPORTED)? {
        for event in &done.incoming.history {
            tx.note(event.clone());
        }
    }
    if done.switches_off {
        let event = desk
            .act
            .event(EventName::AUTH_DISABLED, Target::system("auth"));
        tx.set_auth_disabled(true, event.detail("imported_from", done.origin.as_str()))?;
    }
    if done
        .incoming
        .people
        .iter()
        .any(|person| person.user.is_usable_admin(desk.act.at))
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

fn conflict(rows: &[PlannedRow]) -> Error {
    let names: Vec<String> = rows
        .iter()
        .filter_map(|row| match &row.verdict {
            Verdict::Conflict(reason) => Some(format!("{} {}: {reason}", row.what, row.name)),
            _ => None,
        })
        .collect();
    Error::Rule {
        code: "import_conflict",
        message: format!(
            "nothing was taken over, because of {}; rename them or use --skip-conflicts",
            names.join("; ")
        ),
    }
}
