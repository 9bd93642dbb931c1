//! Sessions: how long they last, and that their end is seen everywhere at once.

use chrono::Duration;
use dango_auth::core::id::SessionId;
use dango_auth::ports::{SessionWrites as _, Touch};
use dango_auth::sign_in::SignedIn;
use dango_auth::users::ResetPassword;
use dango_auth::{Auth, Caller, Kind};

use crate::house::{House, names};
use crate::people::{
    HOME, PASSWORD, WRONG, attempt, complete, password, recognise, role, username,
};

/// A project with the limits of the cloud: one hour idle, thirty days in all.
fn cloud(house: &House) -> Auth {
    house.another(&[("DANGO_AUTH__PROFILE", "cloud")])
}

fn sign_in(auth: &Auth, login: &str) -> SignedIn {
    complete(
        auth.sign_in()
            .with_password(&attempt(login, PASSWORD, HOME)),
    )
}

fn refused(auth: &Auth, signed_in: &SignedIn) {
    let error = recognise(auth, signed_in).unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthenticated);
    assert_eq!(error.code(), "unauthenticated");
}

/// Uses a session and writes that down, as a server does once a second.
fn used(auth: &Auth, signed_in: &SignedIn) {
    recognise(auth, signed_in).unwrap();
    auth.sessions().flush().unwrap();
}

fn a_session_ends_when_nobody_used_it_for_the_idle_limit(house: &House) {
    house.person("bob", "viewer");
    let auth = cloud(house);
    let signed_in = sign_in(&auth, "bob");
    for _ in 0..3 {
        house.pass(Duration::minutes(60) - Duration::microseconds(1));
        used(&auth, &signed_in);
    }
    house.pass(Duration::minutes(60));
    let ((), events) = house.traced(|| {
        refused(&auth, &signed_in);
        refused(&house.auth, &signed_in);
    });
    assert_eq!(names(&events), ["session_expired"]);
    assert_eq!(events[0].event.details["reason"], "idle");
    // A clock that jumps back revives nothing.
    house.pass(Duration::minutes(-30));
    refused(&auth, &signed_in);
}

fn a_session_ends_at_the_absolute_limit_however_busy(house: &House) {
    house.person("bob", "viewer");
    let auth = cloud(house);
    let signed_in = sign_in(&auth, "bob");
    let end = house.now() + Duration::days(30);
    assert_eq!(signed_in.expires_at, end);
    for _ in 0..3 {
        house.pass(Duration::minutes(59));
        used(&auth, &signed_in);
    }
    let store = house.store();
    let touch = Touch {
        id: signed_in.session.id,
        at: end - Duration::minutes(1),
    };
    let touched = store.write(|tx| tx.touch_sessions(&[touch]));
    touched.unwrap();
    house.clock.set(end - Duration::microseconds(1));
    recognise(&auth, &signed_in).unwrap();
    house.clock.set(end);
    refused(&auth, &signed_in);
    let last = house.events().pop().unwrap();
    assert_eq!(last.event.details["reason"], "expired");
}

fn the_shortest_idle_limit_does_not_end_a_session_in_use(house: &House) {
    let auth = house.another(&[("DANGO_AUTH__IDLE_TIMEOUT_MINUTES", "1")]);
    house.person("bob", "viewer");
    let signed_in = sign_in(&auth, "bob");
    for _ in 0..6 {
        house.pass(Duration::seconds(30));
        used(&auth, &signed_in);
    }
    house.pass(Duration::seconds(60));
    refused(&auth, &signed_in);
}

fn activity_is_written_at_most_once_a_minute_and_only_forwards(house: &House) {
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let start = house.now();
    let written = || {
        let caller = recognise(&house.auth, &signed_in).unwrap();
        house.auth.sessions().flush().unwrap();
        let shown = house.auth.sessions().list(&caller).unwrap();
        shown[0].session.last_activity
    };
    house.pass(Duration::seconds(59));
    assert_eq!(written(), start);
    house.pass(Duration::seconds(1));
    assert_eq!(written(), start + Duration::seconds(60));
    house.pass(Duration::seconds(-30));
    assert_eq!(written(), start + Duration::seconds(60));
    // Used through another process: the later instant stays.
    let other = house.another(&[]);
    house.clock.set(start + Duration::minutes(10));
    recognise(&house.auth, &signed_in).unwrap();
    house.pass(Duration::minutes(1));
    used(&other, &signed_in);
    assert_eq!(written(), start + Duration::minutes(11));
}

fn a_session_ended_elsewhere_is_ended_at_the_next_request(house: &House) {
    let admin = house.admin();
    let other = house.another(&[]);
    let id = house.person("bob", "viewer").user.id;
    let users = other.users();
    let ways: [(&str, &dyn Fn()); 3] = [
        ("sessions_revoked", &|| {
            assert_eq!(users.revoke_sessions(&admin, id).unwrap(), 1);
        }),
        ("password_reset", &|| {
            let how = ResetPassword::Given {
                password: password(PASSWORD),
                must_change: false,
            };
            users.reset_password(&admin, id, how, false).unwrap();
        }),
        ("user_deactivated", &|| {
            assert!(users.deactivate(&admin, id).unwrap().changed);
        }),
    ];
    for (event, end) in ways {
        let signed_in = house.signed_in("bob");
        recognise(&house.auth, &signed_in).unwrap();
        let ((), events) = house.traced(end);
        assert_eq!(names(&events), [event]);
        assert_eq!(events[0].event.details["sessions_ended"], 1, "{event}");
        refused(&house.auth, &signed_in);
        assert!(
            house
                .auth
                .sessions()
                .list_of(&admin, id)
                .unwrap()
                .is_empty()
        );
    }
}

fn reactivating_revives_no_session(house: &House) {
    let admin = house.admin();
    let signed_in = {
        house.person("bob", "viewer");
        house.signed_in("bob")
    };
    let id = signed_in.session.user;
    house.auth.users().deactivate(&admin, id).unwrap();
    refused(&house.auth, &signed_in);
    let (done, events) = house.trace(|| {
        let done = house.auth.users().reactivate(&admin, id).unwrap();
        assert!(!house.auth.users().reactivate(&admin, id).unwrap().changed);
        done
    });
    assert!(done.changed);
    assert_eq!(events, ["user_reactivated"]);
    refused(&house.auth, &signed_in);
    recognise(&house.auth, &house.signed_in("bob")).unwrap();
}

fn changing_the_password_replaces_the_session_and_ends_the_others(house: &House) {
    house.person("bob", "viewer");
    let (one, two) = (house.signed_in("bob"), house.signed_in("bob"));
    let caller = recognise(&house.auth, &one).unwrap();
    let account = house.auth.account();
    let change =
        |old: &str, new: &str| account.change_password(&caller, &password(old), &password(new));
    assert_eq!(
        change(WRONG, "another-good-one").unwrap_err().code(),
        "wrong_password"
    );
    assert_eq!(
        change(PASSWORD, PASSWORD).unwrap_err().code(),
        "password_reused"
    );
    let weak = change(PASSWORD, "short").unwrap_err();
    assert_eq!(weak.code(), "weak_password");
    assert!(!weak.issues().is_empty());
    let (fresh, events) = house.trace(|| change(PASSWORD, "another-good-one").unwrap());
    assert_eq!(events, ["password_change"]);
    assert_eq!(fresh.session.transport, one.session.transport);
    refused(&house.auth, &one);
    refused(&house.auth, &two);
    let caller = recognise(&house.auth, &fresh).unwrap();
    assert_eq!(house.auth.sessions().list(&caller).unwrap().len(), 1);
    assert!(house.try_password("bob", PASSWORD, HOME).is_err());
    complete(house.try_password("bob", "another-good-one", HOME));
}

fn of_two_changes_of_one_password_at_once_one_is_done(house: &House) {
    house.person("bob", "viewer");
    let callers = [house.sign_in("bob"), house.sign_in("bob")];
    let change = |caller: &Caller, new: &str| {
        let account = house.auth.account();
        account
            .change_password(caller, &password(PASSWORD), &password(new))
            .is_ok()
    };
    let change = &change;
    let changes = callers.iter().zip(["first-good-one", "second-good-one"]);
    let done = crate::house::at_once(changes.map(|(by, new)| move || change(by, new)).collect());
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
    assert_eq!(house.count("password_change"), 1);
}

fn a_new_role_counts_from_the_next_request(house: &House) {
    let admin = house.admin();
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let caller = recognise(&house.auth, &signed_in).unwrap();
    let may = |caller: &Caller| {
        let decision = house.auth.decide(caller, "query.execute", None);
        decision.unwrap().is_allowed()
    };
    assert!(!may(&caller));
    let id = caller.user_id().unwrap();
    let other = house.another(&[]);
    other
        .users()
        .change_role(&admin, id, &role("editor"))
        .unwrap();
    let caller = recognise(&house.auth, &signed_in).unwrap();
    assert!(may(&caller));
    assert_eq!(caller.role_name(), "editor");
}

fn rights_taken_away_between_request_and_command_are_gone(house: &House) {
    let admin = house.admin();
    house.person("bob", "admin");
    let bob = house.sign_in("bob");
    let id = bob.user_id().unwrap();
    house
        .auth
        .users()
        .change_role(&admin, id, &role("viewer"))
        .unwrap();
    let (refused, events) = house.trace(|| {
        let request = crate::people::new_user("eve", "viewer", crate::people::ready());
        house.auth.users().create(&bob, request).unwrap_err()
    });
    assert_eq!(refused.kind(), Kind::Denied);
    assert!(events.is_empty(), "{events:?}");
    house.auth.users().deactivate(&admin, id).unwrap();
    let keys = house.auth.sessions().end_others(&bob);
    assert_eq!(keys.unwrap_err().kind(), Kind::Unauthenticated);
}

fn people_list_and_end_their_own_sessions_and_nobody_elses(house: &House) {
    house.person("bob", "viewer");
    let eve = house.member("eve", "viewer");
    let (one, two, three) = (
        house.signed_in("bob"),
        house.signed_in("bob"),
        house.signed_in("bob"),
    );
    let bob = recognise(&house.auth, &one).unwrap();
    let sessions = house.auth.sessions();
    let views = sessions.list(&bob).unwrap();
    let current: Vec<bool> = views.iter().map(|view| view.is_current).collect();
    assert_eq!(views.len(), 3);
    assert_eq!(current.iter().filter(|current| **current).count(), 1);

    let own = sessions.end(&bob, one.session.id).unwrap_err();
    assert_eq!(own.kind(), Kind::Invalid);
    assert_eq!(own.fields()[0].code, "current_session");
    assert_eq!(
        sessions.end(&eve, two.session.id).unwrap_err().kind(),
        Kind::NotFound
    );
    let nobodys = SessionId::from_random([9; 16]);
    assert_eq!(
        sessions.end(&bob, nobodys).unwrap_err().kind(),
        Kind::NotFound
    );
    let ((), events) = house.traced(|| sessions.end(&bob, two.session.id).unwrap());
    assert_eq!(names(&events), ["sessions_revoked"]);
    let target = events[0].event.target.clone().unwrap();
    assert_eq!(target.id, Some(two.session.id.to_string()));
    refused(&house.auth, &two);
    assert_eq!(
        sessions.end(&bob, two.session.id).unwrap_err().kind(),
        Kind::NotFound
    );
    assert_eq!(sessions.end_others(&bob).unwrap(), 1);
    refused(&house.auth, &three);
    assert_eq!(sessions.end_others(&bob).unwrap(), 0);
    recognise(&house.auth, &one).unwrap();
}

fn sweeping_ends_what_lapsed_once(house: &House) {
    house.person("bob", "viewer");
    house.person("eve", "viewer");
    let auth = cloud(house);
    sign_in(&auth, "bob");
    house.pass(Duration::minutes(30));
    let later = sign_in(&auth, "eve");
    house.pass(Duration::minutes(30));
    let other = cloud(house);
    let (ended, events) =
        house.traced(|| auth.sessions().sweep().unwrap() + other.sessions().sweep().unwrap());
    assert_eq!(ended, 1);
    assert_eq!(names(&events), ["session_expired"]);
    assert_eq!(events[0].event.target.as_ref().unwrap().name, "bob");
    recognise(&auth, &later).unwrap();
    house.pass(Duration::days(40));
    assert_eq!(auth.sessions().sweep().unwrap(), 1);
    assert_eq!(auth.sessions().sweep().unwrap(), 0);
    assert_eq!(house.count("session_expired"), 2);
}

fn a_renamed_person_stays_signed_in(house: &House) {
    let admin = house.admin();
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let revision = dango_auth::users::Revision {
        username: Some(username("robert")),
        ..Default::default()
    };
    let id = signed_in.session.user;
    house
        .auth
        .users()
        .revise(&admin, id, &revision, None)
        .unwrap();
    assert_eq!(recognise(&house.auth, &signed_in).unwrap().name(), "robert");
    house.signed_in("robert");
    assert!(house.try_password("bob", PASSWORD, HOME).is_err());
}

on_both_databases!(
    a_session_ends_when_nobody_used_it_for_the_idle_limit,
    a_session_ends_at_the_absolute_limit_however_busy,
    the_shortest_idle_limit_does_not_end_a_session_in_use,
    activity_is_written_at_most_once_a_minute_and_only_forwards,
    a_session_ended_elsewhere_is_ended_at_the_next_request,
    reactivating_revives_no_session,
    changing_the_password_replaces_the_session_and_ends_the_others,
    of_two_changes_of_one_password_at_once_one_is_done,
    a_new_role_counts_from_the_next_request,
    rights_taken_away_between_request_and_command_are_gone,
    people_list_and_end_their_own_sessions_and_nobody_elses,
    sweeping_ends_what_lapsed_once,
    a_renamed_person_stays_signed_in,
);
