//! What must be done first, and that nothing else answers before (contract §3.5).

use chrono::Duration;
use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::error::Error;
use dango_auth::users::ResetPassword;
use dango_auth::{Caller, Kind, Obligation};

use crate::house::House;
use crate::people::{PASSWORD, by_key, key_name, password, recognise};

fn new_key() -> CreateKey {
    CreateKey {
        name: key_name("ci"),
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    }
}

/// Everything that has to wait, by name.
fn refusals(house: &House, caller: &Caller) -> Vec<(&'static str, Option<Error>)> {
    let auth = &house.auth;
    let id = dango_auth::core::id::ApiKeyId::from_random([1; 16]);
    let session = dango_auth::core::id::SessionId::from_random([1; 16]);
    let right = password(PASSWORD);
    let filter = dango_auth::ports::UserFilter::default();
    let cursor = dango_auth::ports::UserCursor::CreatedAt(None);
    vec![
        ("list sessions", auth.sessions().list(caller).err()),
        ("end a session", auth.sessions().end(caller, session).err()),
        ("end others", auth.sessions().end_others(caller).err()),
        ("list keys", auth.api_keys().list_own(caller).err()),
        (
            "make a key",
            auth.api_keys().create_own(caller, &new_key()).err(),
        ),
        ("end a key", auth.api_keys().revoke_own(caller, id).err()),
        (
            "factor off",
            auth.second_factor().disable(caller, &right, "000000").err(),
        ),
        (
            "new codes",
            auth.second_factor()
                .regenerate(caller, &right, "000000")
                .err(),
        ),
        (
            "list people",
            auth.users().list(caller, &filter, &cursor, 10).err(),
        ),
        ("workspaces", auth.workspaces().list(caller, None, 10).err()),
        ("settings", auth.configuration().show(caller).err()),
        ("status", auth.status().report(caller).err()),
        ("decide", auth.decide(caller, "dashboard.view", None).err()),
    ]
}

fn before_a_password_is_changed_nothing_else_answers(house: &House) {
    let admin = house.admin();
    let bob = house.member("bob", "admin");
    let key = house.auth.api_keys().create_own(&bob, &new_key()).unwrap();
    let how = ResetPassword::Given {
        password: password(PASSWORD),
        must_change: true,
    };
    let id = bob.user_id().unwrap();
    house
        .auth
        .users()
        .reset_password(&admin, id, how, false)
        .unwrap();
    let signed_in = house.signed_in("bob");
    assert_eq!(signed_in.obligation, Some(Obligation::ChangePassword));
    assert!(signed_in.must_change_password);
    let bob = recognise(&house.auth, &signed_in).unwrap();
    let (refused, events) = house.trace(|| refusals(house, &bob));
    for (what, error) in refused {
        let error = error.unwrap_or_else(|| panic!("{what} answers"));
        assert_eq!(error.kind(), Kind::Obliged, "{what}: {error}");
        assert_eq!(error.code(), "password_change_required", "{what}");
    }
    assert!(events.is_empty(), "{events:?}");
    // The key of somebody with a duty is refused as a whole.
    let by_key = by_key(&house.auth, key.token.expose()).unwrap();
    assert_eq!(
        house.auth.account().profile(&by_key).unwrap_err().kind(),
        Kind::Obliged
    );
    let people = house.auth.users().find(&by_key, "bob");
    assert_eq!(people.unwrap_err().kind(), Kind::Obliged);

    // What is left: the own profile, the factor's setup, changing the password, signing out.
    assert_eq!(house.auth.account().profile(&bob).unwrap().user.user.id, id);
    house
        .auth
        .second_factor()
        .begin(&bob, &password(PASSWORD))
        .unwrap();
    let account = house.auth.account();
    let (old, new) = (password(PASSWORD), password("another-good-one"));
    let fresh = account.change_password(&bob, &old, &new).unwrap();
    assert_eq!(fresh.obligation, None);
    let bob = recognise(&house.auth, &fresh).unwrap();
    assert_eq!(house.auth.api_keys().list_own(&bob).unwrap().len(), 1);
    house.auth.sign_in().sign_out(&bob).unwrap();
}

fn a_password_that_grew_too_old_must_be_changed(house: &House) {
    let auth = house.another(&[("DANGO_AUTH__PASSWORD__MAX_AGE_DAYS", "30")]);
    let bob = house.member("bob", "viewer");
    assert_eq!(bob.obligation(), None);
    house.pass(Duration::days(31));
    let signed_in = house.signed_in("bob");
    assert_eq!(signed_in.obligation, None);
    let bob = recognise(&auth, &signed_in).unwrap();
    assert_eq!(bob.obligation(), Some(Obligation::ChangePassword));
    assert_eq!(
        auth.sessions().list(&bob).unwrap_err().kind(),
        Kind::Obliged
    );
}

fn the_password_comes_before_the_second_factor(house: &House) {
    use dango_auth::users::FirstCredential;
    let auth = house.another(&[("DANGO_AUTH__REQUIRE_2FA", "true")]);
    let first = FirstCredential::Password {
        password: password(PASSWORD),
        must_change: true,
    };
    house.create(crate::people::new_user("bob", "viewer", first));
    let signed_in = house.signed_in("bob");
    let bob = recognise(&auth, &signed_in).unwrap();
    assert_eq!(bob.obligation(), Some(Obligation::ChangePassword));
    let (old, new) = (password(PASSWORD), password("another-good-one"));
    let fresh = auth.account().change_password(&bob, &old, &new).unwrap();
    assert_eq!(fresh.obligation, Some(Obligation::SetUpSecondFactor));
}

on_both_databases!(
    before_a_password_is_changed_nothing_else_answers,
    a_password_that_grew_too_old_must_be_changed,
    the_password_comes_before_the_second_factor,
);
