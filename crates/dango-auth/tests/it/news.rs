//! What somebody hears, after signing in, of what happened to their account meanwhile.

use chrono::Duration;
use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::news::News;
use dango_auth::users::ResetPassword;
use dango_auth::{Caller, Kind};

use crate::house::House;
use crate::people::{HOME, PASSWORD, WRONG, by_key, key_name, password};

fn news(house: &House, caller: &Caller) -> News {
    house.auth.account().news(caller).unwrap()
}

fn a_quiet_time_is_no_news(house: &House) {
    let first = house.member("bob", "viewer");
    assert_eq!(news(house, &first), News::default(), "the first sign-in");
    let first = house.now();
    house.pass(Duration::hours(1));
    let bob = house.sign_in("bob");
    let quiet = News {
        since: Some(first),
        ..News::default()
    };
    assert_eq!(news(house, &bob), quiet);
}

fn failures_since_the_sign_in_before_are_told(house: &House) {
    house.member("bob", "viewer");
    house.member("eve", "viewer");
    house.pass(Duration::hours(1));
    for name in ["bob", "bob", "eve"] {
        let _ = house.try_password(name, WRONG, "198.51.100.7").unwrap_err();
    }
    let failed = house.now();
    house.pass(Duration::hours(1));
    let bob = house.sign_in("bob");
    let told = news(house, &bob);
    assert_eq!((told.failures, told.last_failure), (2, Some(failed)));
    assert_eq!(told.changed, None);
    // A failure meanwhile is told as well, and all of it is over with the next sign-in.
    let _ = house.try_password("bob", WRONG, HOME).unwrap_err();
    assert_eq!(news(house, &bob).failures, 3);
    house.pass(Duration::hours(1));
    let bob = house.sign_in("bob");
    assert_eq!(news(house, &bob).failures, 1);
    house.pass(Duration::hours(1));
    let bob = house.sign_in("bob");
    assert_eq!(news(house, &bob).failures, 0);
}

fn a_change_by_somebody_else_is_told(house: &House) {
    let bob = house.member("bob", "viewer");
    house.pass(Duration::hours(1));
    let how = ResetPassword::Given {
        password: password(PASSWORD),
        must_change: false,
    };
    let id = bob.user_id().unwrap();
    let users = house.auth.users();
    users
        .reset_password(&house.system(), id, how, false)
        .unwrap();
    let changed = house.now();
    house.pass(Duration::hours(1));
    let bob = house.sign_in("bob");
    assert_eq!(news(house, &bob).changed, Some(changed));
    let account = house.auth.account();
    let new = password("another-good-one");
    account
        .change_password(&bob, &password(PASSWORD), &new)
        .unwrap();
}

fn news_are_for_whoever_signed_in(house: &House) {
    let refused = house.auth.account().news(&house.system()).unwrap_err();
    assert_eq!(refused.kind(), Kind::Unauthenticated);
    let bob = house.member("bob", "viewer");
    let request = CreateKey {
        name: key_name("ci"),
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    };
    let made = house.auth.api_keys().create_own(&bob, &request).unwrap();
    let by_key = by_key(&house.auth, made.token.expose()).unwrap();
    let refused = house.auth.account().news(&by_key).unwrap_err();
    assert_eq!(refused.code(), "session_required");
}

on_both_databases!(
    a_quiet_time_is_no_news,
    failures_since_the_sign_in_before_are_told,
    a_change_by_somebody_else_is_told,
    news_are_for_whoever_signed_in,
);
