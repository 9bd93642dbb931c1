//! Signing in with a password: who gets in, and that all others get one answer.

use chrono::Duration;
use dango_auth::core::audit::{ActorKind, Outcome};
use dango_auth::core::password::PasswordHash;
use dango_auth::users::{CreatedSecret, FirstCredential};
use dango_auth::{Kind, Obligation};

use crate::house::House;
use crate::people::{HOME, INVITE, PASSWORD, WRONG, attempt, complete, new_user, recognise};

/// `Lantern-over-42-hills` at cost 4.
const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuusH.tk1.83OT5841UBW6HQL/b1kXjc.e";

fn the_right_password_opens_a_session_by_either_name(house: &House) {
    house.person("bob@x.org", "viewer");
    let mut bea = new_user("bea", "viewer", crate::people::ready());
    bea.email = Some(crate::people::email("bea@x.org"));
    house.create(bea);
    for login in ["bob@x.org", " BOB@X.org ", "bea", "bea@x.org"] {
        let (signed_in, events) = house.traced(|| house.signed_in(login));
        let caller = recognise(&house.auth, &signed_in).unwrap();
        assert_eq!(caller.user_id(), Some(signed_in.user.user.id), "{login}");
        let [event] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(event.event.name.as_str(), "login_success");
        assert_eq!(event.event.outcome, Outcome::Success);
        assert_eq!(event.event.actor.kind(), ActorKind::User);
        assert_eq!(event.event.origin.ip, Some(HOME.parse().unwrap()));
    }
}

fn every_refusal_reads_the_same(house: &House) {
    let admin = house.admin();
    let bob = house.person("bob", "viewer");
    let idle = house.person("idle", "viewer");
    let users = house.auth.users();
    users.deactivate(&admin, idle.user.id).unwrap();
    house.create(new_user("guest@x.org", "viewer", INVITE));
    let cases = [
        ("bob", WRONG, "wrong_password"),
        ("nobody", PASSWORD, "unknown_user"),
        ("idle", PASSWORD, "inactive"),
        ("idle", WRONG, "inactive"),
        ("guest@x.org", PASSWORD, "invited"),
        ("no such name \u{202e}", PASSWORD, "unknown_user"),
        (&"x".repeat(2_000), PASSWORD, "malformed_name"),
    ];
    for (at, (login, typed, reason)) in cases.into_iter().enumerate() {
        let address = format!("198.51.100.{at}");
        let (answer, events) = house.traced(|| house.try_password(login, typed, &address));
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), Kind::BadCredentials, "{login}");
        assert_eq!(error.code(), "invalid_credentials");
        assert_eq!(error.to_string(), "Invalid email or password");
        assert_eq!(error.retry_after_seconds(), None);
        let [stored] = &events[..] else {
            panic!("{events:?}")
        };
        let event = &stored.event;
        assert_eq!(event.name.as_str(), "login_failed");
        assert_eq!(event.actor.kind(), ActorKind::Anonymous);
        assert_eq!(event.outcome, Outcome::Failure);
        assert_eq!(event.details["reason"], reason, "{login}");
    }
    assert_eq!(house.row(bob.user.id).lock.failed_attempts, 1);
}

fn every_refusal_costs_one_hash(house: &House) {
    let admin = house.admin();
    house.person("bob", "viewer");
    let idle = house.person("idle", "viewer").user.id;
    house.auth.users().deactivate(&admin, idle).unwrap();
    house.create(new_user("guest@x.org", "viewer", INVITE));
    let done = || {
        while house.auth.hashing().queued > 0 {
            std::thread::yield_now();
        }
        house.auth.hashing().done
    };
    for login in ["bob", "nobody", "idle", "guest@x.org", "no \u{202e} name"] {
        let before = done();
        house.try_password(login, WRONG, HOME).unwrap_err();
        assert_eq!(done() - before, 1, "{login}");
    }
}

fn a_session_is_not_open_to_another_transport_or_a_made_up_token(house: &House) {
    use dango_auth::core::session::Transport;
    use dango_auth::sessions::Presented;
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let sessions = house.auth.sessions();
    let cases = [
        Presented::Nothing,
        Presented::Session {
            token: signed_in.token.expose(),
            transport: Transport::Bearer,
        },
        Presented::Session {
            token: &"A".repeat(43),
            transport: Transport::Cookie,
        },
        Presented::Session {
            token: "short",
            transport: Transport::Cookie,
        },
        Presented::ApiKey(signed_in.token.expose()),
    ];
    for presented in cases {
        let answer = sessions.authenticate(presented, crate::people::from(HOME));
        assert_eq!(answer.unwrap_err().kind(), Kind::Unauthenticated);
    }
    assert!(recognise(&house.auth, &signed_in).is_ok());
}

fn an_older_hash_is_replaced_once_the_password_was_right(house: &House) {
    let store = house.store();
    let bob = house.person("bob", "viewer").user;
    let old = PasswordHash::parse(BCRYPT).unwrap();
    crate::people::set_hash(house, &bob, &old);
    let hash = |store: &dango_auth_store::Store| {
        use dango_auth::ports::UserReads as _;
        let user = store.read(|tx| tx.user(bob.id)).unwrap().unwrap();
        user.password.unwrap().hash
    };
    assert!(house.try_password("bob", WRONG, HOME).is_err());
    assert_eq!(hash(&store), old);
    let signed_in = house.signed_in("bob");
    let new = hash(&store);
    assert!(new.describe().starts_with("argon2id"), "{}", new.describe());
    assert!(recognise(&house.auth, &signed_in).is_ok());
    house.signed_in("bob");
    assert_eq!(hash(&store), new);
    let status = house.auth.status().report(&house.system()).unwrap();
    assert_eq!(status.hash_kinds, [("argon2id m=8,t=1,p=1".to_owned(), 1)]);
}

fn a_temporary_password_must_be_changed_and_lapses(house: &House) {
    let first = FirstCredential::TemporaryPassword;
    let made = house.create(new_user("bob", "viewer", first));
    let Some(CreatedSecret::TemporaryPassword(secret)) = made.secret else {
        panic!("a temporary password is shown");
    };
    let try_it = || house.try_password("bob", secret.expose(), HOME);
    let signed_in = complete(try_it());
    assert!(signed_in.must_change_password);
    assert_eq!(signed_in.obligation, Some(Obligation::ChangePassword));
    house.pass(Duration::hours(dango_auth::users::TEMPORARY_PASSWORD_HOURS) - Duration::seconds(1));
    complete(try_it());
    house.pass(Duration::seconds(1));
    let (answer, events) = house.traced(try_it);
    assert_eq!(answer.unwrap_err().code(), "invalid_credentials");
    assert_eq!(events[0].event.details["reason"], "password_lapsed");
}

fn the_last_login_shown_is_the_one_before(house: &House) {
    house.person("bob", "viewer");
    let first = house.signed_in("bob");
    assert_eq!(first.user.user.last_login, None);
    let then = house.now();
    house.pass(Duration::minutes(3));
    assert_eq!(house.signed_in("bob").user.user.last_login, Some(then));
    assert_eq!(house.named("bob").user.last_login, Some(house.now()));
}

fn changing_the_password_is_no_sign_in(house: &House) {
    let bob = house.member("bob", "viewer");
    let then = house.now();
    house.pass(Duration::minutes(3));
    let (old, new) = (
        crate::people::password(PASSWORD),
        crate::people::password("another-good-one"),
    );
    house
        .auth
        .account()
        .change_password(&bob, &old, &new)
        .unwrap();
    assert_eq!(house.named("bob").user.last_login, Some(then));
}

fn signing_out_ends_the_session_everywhere_and_once(house: &House) {
    house.person("bob", "viewer");
    let other = house.another(&[]);
    let signed_in = house.signed_in("bob");
    let caller = recognise(&other, &signed_in).unwrap();
    let ((), events) = house.trace(|| {
        house.auth.sign_in().sign_out(&caller).unwrap();
        house.auth.sign_in().sign_out(&caller).unwrap();
    });
    assert_eq!(events, ["logout"]);
    assert!(recognise(&other, &signed_in).is_err());
    assert!(recognise(&house.auth, &signed_in).is_err());
}

fn nobody_holds_more_than_fifty_sessions(house: &House) {
    house.person("bob", "viewer");
    let first = house.signed_in("bob");
    let second = house.signed_in("bob");
    for _ in 0..49 {
        house.pass(Duration::seconds(1));
        complete(
            house
                .auth
                .sign_in()
                .with_password(&attempt("bob", PASSWORD, HOME)),
        );
    }
    assert!(recognise(&house.auth, &first).is_err());
    let caller = recognise(&house.auth, &second).unwrap();
    assert_eq!(house.auth.sessions().list(&caller).unwrap().len(), 50);
}

on_both_databases!(
    the_right_password_opens_a_session_by_either_name,
    every_refusal_reads_the_same,
    every_refusal_costs_one_hash,
    a_session_is_not_open_to_another_transport_or_a_made_up_token,
    an_older_hash_is_replaced_once_the_password_was_right,
    a_temporary_password_must_be_changed_and_lapses,
    the_last_login_shown_is_the_one_before,
    changing_the_password_is_no_sign_in,
    signing_out_ends_the_session_everywhere_and_once,
    nobody_holds_more_than_fifty_sessions,
);
