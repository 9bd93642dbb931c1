//! The account's transitions: what each does, refuses, and leaves behind.

use chrono::{DateTime, Duration, TimeZone as _, Utc};

use super::*;
use crate::audit::{Act, Actor, EventName, Origin, Via};
use crate::change::{Change, Consequence, Step};
use crate::id::SessionId;
use crate::name::WorkspaceName;
use crate::password::HashParameters;
use crate::workspace::Grant;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap()
}

fn act_by(actor: Actor, at: DateTime<Utc>) -> Act {
    Act {
        actor,
        origin: Origin::local(Via::Cli),
        at,
    }
}

fn act() -> Act {
    act_by(Actor::system("tests"), noon())
}

fn hash() -> PasswordHash {
    PasswordHash::dummy(&HashParameters::default())
}

fn new_user(name: &str, role: RoleName) -> NewUser {
    NewUser {
        id: UserId::from_random([u8::try_from(name.len()).unwrap(); 16]),
        username: Username::parse(name).unwrap(),
        email: None,
        role,
        access: WorkspaceAccess::Everywhere,
    }
}

fn lasting_password() -> TemporaryPassword {
    TemporaryPassword {
        hash: hash(),
        must_change: false,
        expires_at: None,
    }
}

fn admin(name: &str) -> User {
    stored(User::created(
        new_user(name, role::ADMIN),
        lasting_password(),
        &act(),
    ))
}

fn invited(name: &str) -> User {
    let invite = Invite {
        token_hash: TokenHash::from_bytes([1; 32]),
        expires_at: noon() + Duration::hours(72),
    };
    stored(User::invited(new_user(name, role::ADMIN), invite, &act()))
}

fn stored(change: Change<User>) -> User {
    change.into_parts().1
}

fn changed(step: Step<User>) -> Change<User> {
    match step {
        Step::Changed(change) => change,
        Step::Already(user) => panic!("nothing changed for {}", user.username),
    }
}

fn event_names(change: Change<User>) -> Vec<String> {
    change
        .into_parts()
        .2
        .iter()
        .map(|event| event.name.to_string())
        .collect()
}

const NOBODY_ELSE: AdminCensus = AdminCensus::counted_under_lock(0);
const ONE_MORE: AdminCensus = AdminCensus::counted_under_lock(1);

#[test]
fn demoting_the_last_usable_admin_is_refused() {
    let refused = admin("ann").assign(
        role::VIEWER,
        WorkspaceAccess::Everywhere,
        &NOBODY_ELSE,
        &act(),
    );
    assert_eq!(refused.unwrap_err(), UserError::LastAdmin);
    let step = admin("ann").assign(role::VIEWER, WorkspaceAccess::Everywhere, &ONE_MORE, &act());
    assert_eq!(event_names(changed(step.unwrap())), ["role_changed"]);
}

#[test]
fn deactivate_and_delete_refuse_the_last_usable_admin() {
    assert_eq!(
        admin("ann").deactivate(&NOBODY_ELSE, &act()).unwrap_err(),
        UserError::LastAdmin
    );
    assert_eq!(
        admin("ann").delete(&NOBODY_ELSE, &act()).unwrap_err(),
        UserError::LastAdmin
    );
    assert!(admin("ann").deactivate(&ONE_MORE, &act()).is_ok());
    assert!(admin("ann").delete(&ONE_MORE, &act()).is_ok());
}

#[test]
fn an_inactive_or_invited_admin_may_be_demoted_and_deleted_freely() {
    let inactive = stored(changed(admin("ann").deactivate(&ONE_MORE, &act()).unwrap()));
    let everywhere = WorkspaceAccess::Everywhere;
    assert!(
        inactive
            .clone()
            .assign(role::VIEWER, everywhere, &NOBODY_ELSE, &act())
            .is_ok()
    );
    assert!(inactive.delete(&NOBODY_ELSE, &act()).is_ok());
    assert!(invited("bob").deactivate(&NOBODY_ELSE, &act()).is_ok());
    assert!(invited("bob").delete(&NOBODY_ELSE, &act()).is_ok());
}

#[test]
fn nobody_deactivates_or_deletes_themselves_by_session_or_key() {
    let ann = admin("ann");
    let key = crate::id::ApiKeyId::from_random([9; 16]);
    for actor in [
        Actor::user(ann.id, "ann"),
        Actor::api_key(key, ann.id, "ann"),
    ] {
        let act = act_by(actor, noon());
        assert_eq!(
            ann.clone().deactivate(&ONE_MORE, &act).unwrap_err(),
            UserError::SelfAction
        );
        assert_eq!(
            ann.clone().delete(&ONE_MORE, &act).unwrap_err(),
            UserError::SelfAction
        );
    }
}

#[test]
fn only_a_viewer_can_be_limited_to_workspaces() {
    let grant = Grant {
        workspace: WorkspaceName::parse("ops").unwrap(),
        role: role::OPERATOR,
    };
    let only = WorkspaceAccess::from_stored(false, vec![grant]);
    let refused = admin("ann").assign(role::ADMIN, only.clone(), &ONE_MORE, &act());
    assert!(matches!(refused.unwrap_err(), UserError::Access(_)));
    let step = admin("ann")
        .assign(role::VIEWER, only, &ONE_MORE, &act())
        .unwrap();
    assert_eq!(
        event_names(changed(step)),
        ["role_changed", "workspace_access_changed"]
    );
}

#[test]
fn doing_it_again_changes_nothing_and_logs_nothing() {
    let ann = admin("ann");
    let same = ann.clone().assign(
        role::ADMIN,
        WorkspaceAccess::Everywhere,
        &NOBODY_ELSE,
        &act(),
    );
    assert!(matches!(same, Ok(Step::Already(_))));
    assert!(matches!(ann.clone().reactivate(&act()), Step::Already(_)));
    let off = stored(changed(ann.deactivate(&ONE_MORE, &act()).unwrap()));
    assert!(matches!(
        off.deactivate(&NOBODY_ELSE, &act()),
        Ok(Step::Already(_))
    ));
}

#[test]
fn deactivating_and_reactivating_cut_all_earlier_sessions_off() {
    let ann = admin("ann");
    let epoch = ann.security_epoch;
    let change = changed(ann.deactivate(&ONE_MORE, &act()).unwrap());
    let (_, off, _, consequences) = change.into_parts();
    assert!(consequences.contains(&Consequence::EndSessions { except: None }));
    assert!(off.security_epoch > epoch);
    let back = stored(changed(off.clone().reactivate(&act())));
    assert!(
        back.security_epoch > off.security_epoch,
        "a session of before must not fit again"
    );
}

#[test]
fn a_reset_kills_the_open_invite_and_keeps_api_keys_unless_asked() {
    let reset = invited("bob").reset_password(lasting_password(), false, &act());
    let (_, bob, _, consequences) = reset.into_parts();
    assert!(bob.invite.is_none());
    assert!(!consequences.contains(&Consequence::RevokeApiKeys));
    let reset = bob.reset_password(lasting_password(), true, &act());
    assert!(reset.into_parts().3.contains(&Consequence::RevokeApiKeys));
}

#[test]
fn an_invite_is_used_once_and_only_in_time() {
    let bob = stored(invited("bob").accept_invite(hash(), &act()).unwrap());
    assert!(bob.is_usable_admin(noon()));
    assert_eq!(
        bob.accept_invite(hash(), &act()).unwrap_err(),
        UserError::InviteInvalid
    );
    let late = act_by(Actor::system("tests"), noon() + Duration::hours(72));
    assert_eq!(
        invited("eve").accept_invite(hash(), &late).unwrap_err(),
        UserError::InviteInvalid
    );
    let off = stored(changed(
        invited("eve").deactivate(&NOBODY_ELSE, &act()).unwrap(),
    ));
    assert_eq!(
        off.accept_invite(hash(), &act()).unwrap_err(),
        UserError::InviteInvalid
    );
}

#[test]
fn only_somebody_without_a_password_is_invited_again() {
    let invite = Invite {
        token_hash: TokenHash::from_bytes([2; 32]),
        expires_at: noon(),
    };
    assert!(invited("bob").reinvite(invite.clone(), &act()).is_ok());
    assert_eq!(
        admin("ann").reinvite(invite, &act()).unwrap_err(),
        UserError::PasswordSet
    );
}

#[test]
fn recovery_restores_everything_at_once() {
    let off = stored(changed(admin("ann").deactivate(&ONE_MORE, &act()).unwrap()));
    let recovery = Recovery {
        password: lasting_password(),
    };
    let (_, ann, _, consequences) = off.recover(recovery, &act()).into_parts();
    assert!(ann.is_usable_admin(noon()));
    for wanted in [
        Consequence::RemoveSecondFactor,
        Consequence::LiftLocks,
        Consequence::EndSessions { except: None },
    ] {
        assert!(consequences.contains(&wanted), "{wanted:?}");
    }
}

#[test]
fn ending_sessions_but_one_keeps_that_one_valid() {
    let ann = admin("ann");
    let epoch = ann.security_epoch;
    let keep = SessionId::from_random([3; 16]);
    let (_, ann, _, consequences) = ann.revoke_sessions(Some(keep), &act()).into_parts();
    assert_eq!(ann.security_epoch, epoch);
    assert_eq!(
        consequences,
        [Consequence::EndSessions { except: Some(keep) }]
    );
}

#[test]
fn status_follows_its_order_of_precedence() {
    let locked = Some(noon() + Duration::minutes(5));
    let off = stored(changed(
        invited("bob").deactivate(&NOBODY_ELSE, &act()).unwrap(),
    ));
    assert_eq!(off.status(locked, noon()), Status::Inactive);
    assert_eq!(invited("bob").status(locked, noon()), Status::Locked);
    assert_eq!(invited("bob").status(None, noon()), Status::Invited);
    let later = noon() + Duration::hours(72);
    assert_eq!(invited("bob").status(None, later), Status::InviteExpired);
    assert_eq!(admin("ann").status(None, noon()), Status::Active);
    assert_eq!(
        admin("ann").status(Some(noon()), noon()),
        Status::Active,
        "a lock ends in time"
    );
}

#[test]
fn an_admin_counts_only_while_they_could_sign_in_and_act_everywhere() {
    assert!(admin("ann").is_usable_admin(noon()));
    assert!(!invited("bob").is_usable_admin(noon()));
    let mut lapsed = admin("ann");
    lapsed.password.as_mut().unwrap().expires_at = Some(noon());
    assert!(!lapsed.is_usable_admin(noon()));
    let mut scoped = admin("ann");
    scoped.access = WorkspaceAccess::nowhere();
    assert!(!scoped.is_usable_admin(noon()));
}

#[test]
fn an_old_password_must_be_changed_when_ageing_is_on() {
    let password = admin("ann").password.unwrap();
    let after = |days| noon() + Duration::days(days);
    assert!(!password.must_be_changed(0, after(9_999)));
    assert!(!password.must_be_changed(30, after(-31)));
    assert!(!password.must_be_changed(30, after(30)));
    assert!(password.must_be_changed(30, after(30) + Duration::microseconds(1)));
}

#[test]
fn every_change_raises_the_version_by_one_and_names_the_one_it_was_decided_on() {
    let ann = admin("ann");
    let (base, after, events, _) = ann.clone().unlock(&act()).into_parts();
    assert_eq!(base, ann.version);
    assert_eq!(after.version, base.next());
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].name, EventName::ACCOUNT_UNLOCKED);
}
