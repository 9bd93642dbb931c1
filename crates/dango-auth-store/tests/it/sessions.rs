//! Sessions: their fields, touches, ends and sweeps.

use chrono::TimeDelta;
use dango_auth_core::id::SessionId;
use dango_auth_core::session::{Ending, Session, Stage, Transport};
use dango_auth_core::user::User;
use dango_auth_store::Store;
use dango_auth_store::ports::{
    InstallationReads as _, SessionChanges as _, SessionReads as _, SessionWrites as _, Touch,
    UserReads as _,
};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    every_field_of_a_session_comes_back_with_its_owner,
    an_ended_session_is_gone_for_ever,
    ending_all_but_one_leaves_that_one,
    touches_move_forward_only_and_pass_over_ended_ones,
    the_oldest_sessions_beyond_the_limit_are_displaced_and_caches_hear_of_it,
    a_sweep_ends_lapsed_and_idle_sessions_and_removes_old_ones,
    a_change_ends_the_sessions_it_says_and_counts_them,
    deleting_somebody_takes_the_sessions_along,
}

fn keep(store: &Store, session: &Session) {
    store.write(|tx| tx.insert_session(session)).unwrap();
}

fn find(store: &Store, session: &Session) -> Option<Session> {
    store
        .read(|tx| tx.session_by_token(&session.token_hash))
        .unwrap()
        .map(|row| row.session)
}

fn signed_in(store: &Store, user: &User, minute: i64) -> Session {
    let session = full_session(user, minutes(minute));
    keep(store, &session);
    session
}

fn every_field_of_a_session_comes_back_with_its_owner(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let full = full_session(&user, noon());
    let mut partial = Session::partial(new_session(&user), minutes(1));
    partial.transport = Transport::Bearer;
    partial.ip = None;
    partial.user_agent = None;
    for session in [&full, &partial] {
        keep(&store, session);
        let row = store
            .read(|tx| tx.session_by_token(&session.token_hash))
            .unwrap()
            .unwrap();
        assert_eq!(format!("{:?}", row.session), format!("{session:?}"));
        assert_eq!(row.user.username, user.username);
        assert!(!row.second_factor_on);
    }
    assert_eq!(partial.stage, Stage::Partial);
    let full_only = store.read(|tx| tx.sessions_of(user.id)).unwrap();
    assert_eq!(
        full_only.iter().map(|s| s.id).collect::<Vec<_>>(),
        [full.id]
    );
    assert!(
        store
            .read(|tx| tx.session_by_token(&token()))
            .unwrap()
            .is_none()
    );
}

fn an_ended_session_is_gone_for_ever(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let session = signed_in(&store, &user, 0);
    let end = || {
        store
            .change(|tx| tx.end_session(session.id, Ending::SignedOut, minutes(1)))
            .unwrap()
    };
    assert!(end());
    assert!(!end());
    assert!(find(&store, &session).is_none());
    assert_eq!(
        base.values("SELECT ending AS value FROM sessions"),
        ["signed_out"]
    );
}

fn ending_all_but_one_leaves_that_one(base: &Base) {
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "viewer"),
    );
    let kept = signed_in(&store, &ann, 0);
    for minute in 1..4 {
        signed_in(&store, &ann, minute);
    }
    keep(&store, &Session::partial(new_session(&ann), noon()));
    let other = signed_in(&store, &bob, 0);
    let ended = store
        .change(|tx| tx.end_sessions(ann.id, Some(kept.id), minutes(4)))
        .unwrap();
    assert_eq!(ended, 3);
    assert!(find(&store, &kept).is_some());
    assert!(find(&store, &other).is_some());
    assert_eq!(
        base.values("SELECT id AS value FROM sessions WHERE ended_at IS NULL")
            .len(),
        2
    );
}

fn touches_move_forward_only_and_pass_over_ended_ones(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let (alive, ended) = (signed_in(&store, &user, 0), signed_in(&store, &user, 0));
    store
        .change(|tx| tx.end_session(ended.id, Ending::Revoked, noon()))
        .unwrap();
    let touch = |id, minute| Touch {
        id,
        at: minutes(minute),
    };
    for minute in [5, 3] {
        let touches = [touch(ended.id, minute), touch(alive.id, minute)];
        store.write(|tx| tx.touch_sessions(&touches)).unwrap();
    }
    assert_eq!(find(&store, &alive).unwrap().last_activity, minutes(5));
    assert!(find(&store, &ended).is_none());
    let nobody = touch(SessionId::from_random(fresh()), 1);
    store.write(|tx| tx.touch_sessions(&[nobody])).unwrap();
}

fn the_oldest_sessions_beyond_the_limit_are_displaced_and_caches_hear_of_it(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let sessions: Vec<_> = (0..5)
        .map(|minute| signed_in(&store, &user, minute))
        .collect();
    let epoch = || store.read(|tx| tx.epoch()).unwrap();
    let before = epoch();
    let displace = |keep| {
        store
            .write(|tx| tx.displace_sessions(user.id, keep, minutes(9)))
            .unwrap()
    };
    assert_eq!(displace(5), 0);
    assert_eq!(epoch(), before);
    assert_eq!(displace(3), 2);
    assert!(epoch() > before);
    let left = store.read(|tx| tx.sessions_of(user.id)).unwrap();
    let ids = |sessions: &[Session]| sessions.iter().map(|s| s.id).collect::<Vec<_>>();
    assert_eq!(ids(&left), ids(&sessions[2..]));
}

fn a_sweep_ends_lapsed_and_idle_sessions_and_removes_old_ones(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let old = signed_in(&store, &user, -3_000);
    let lapsed = signed_in(&store, &user, -1_500);
    let idle = signed_in(&store, &user, -90);
    let alive = signed_in(&store, &user, -10);
    store
        .change(|tx| tx.end_session(old.id, Ending::Revoked, minutes(-2_000)))
        .unwrap();
    let sweep = |limit| {
        let day_ago = noon() - TimeDelta::days(1);
        let mut ended = store
            .write(|tx| tx.sweep_sessions(noon(), minutes(-60), day_ago, limit))
            .unwrap();
        ended.sort_by_key(|(_, _, ending)| ending.as_str());
        ended
    };
    assert_eq!(sweep(1), [(lapsed.id, user.id, Ending::Expired)]);
    assert_eq!(sweep(10), [(idle.id, user.id, Ending::Idle)]);
    assert_eq!(sweep(10), []);
    assert!(find(&store, &alive).is_some());
    let mut endings = base.values("SELECT COALESCE(ending, 'alive') AS value FROM sessions");
    endings.sort();
    assert_eq!(endings, ["alive", "expired", "idle"]);
}

fn a_change_ends_the_sessions_it_says_and_counts_them(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let (here, there) = (signed_in(&store, &user, 0), signed_in(&store, &user, 1));
    add(&store, || {
        user.clone().revoke_sessions(Some(here.id), &act())
    });
    assert!(find(&store, &here).is_some());
    assert!(find(&store, &there).is_none());
    let changed = store.read(|tx| tx.user(user.id)).unwrap().unwrap();
    add(&store, || changed.clone().change_password(hash(), &act()));
    assert!(find(&store, &here).is_none());
    let details = base.values("SELECT details AS value FROM audit_events ORDER BY id DESC LIMIT 2");
    for text in details {
        assert!(text.contains("\"sessions_ended\":1"), "{text}");
    }
}

fn deleting_somebody_takes_the_sessions_along(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "viewer");
    let session = signed_in(&store, &user, 0);
    store
        .change(|tx| {
            use dango_auth_store::ports::UserChanges as _;
            let census = tx.admin_census(user.id, noon())?;
            tx.record(user.clone().delete(&census, &act()).unwrap())
        })
        .unwrap();
    assert!(find(&store, &session).is_none());
    assert_eq!(
        base.values("SELECT id AS value FROM sessions"),
        Vec::<String>::new()
    );
}
