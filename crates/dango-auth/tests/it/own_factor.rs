//! The own second factor: enrolment, the ways out, and where it is required.

use chrono::Duration;
use dango_auth::core::TotpSeed;
use dango_auth::core::totp::{code_at, step_at};
use dango_auth::{Kind, Obligation};

use crate::enrolled::{begin, enrol, give, give_recovery, half, seed_of};
use crate::house::{House, names};
use crate::people::{PASSWORD, WRONG, password, recognise};

fn it_is_on_with_the_first_code_and_asked_for_from_then_on(house: &House) {
    let elsewhere = {
        house.person("bob", "viewer");
        house.signed_in("bob")
    };
    let bob = house.sign_in("bob");
    let area = house.auth.second_factor();
    let (enrolment, events) = house.trace(|| begin(house, &bob));
    assert!(events.is_empty(), "{events:?}");
    assert_eq!(enrolment.recovery_codes.len(), 10);
    assert!(enrolment.qr_svg.contains("<svg"));
    assert!(enrolment.provisioning_uri.expose().contains("issuer=Dango"));
    // Not on yet: the password alone still does.
    house.signed_in("bob");
    let code = code_at(&seed_of(&enrolment), step_at(house.now()));
    let ((), events) = house.traced(|| area.confirm(&bob, &code).unwrap());
    assert_eq!(names(&events), ["two_fa_enabled"]);
    assert_eq!(events[0].event.details["sessions_ended"], 2);
    assert!(recognise(&house.auth, &elsewhere).is_err());
    assert_eq!(
        area.confirm(&bob, &code).unwrap_err().code(),
        "second_factor_on"
    );
    assert_eq!(
        area.begin(&bob, &password(PASSWORD)).unwrap_err().code(),
        "second_factor_on"
    );

    house.pass(Duration::seconds(60));
    let (token, events) = house.trace(|| half(house, "bob"));
    assert!(events.is_empty(), "{events:?}");
    let code = code_at(&seed_of(&enrolment), step_at(house.now()));
    let (signed_in, events) = house.traced(|| give(&house.auth, &token, &code).unwrap());
    assert_eq!(names(&events), ["login_success"]);
    assert_eq!(events[0].event.details["method"], "totp");
    let caller = recognise(&house.auth, &signed_in).unwrap();
    assert!(caller.person().unwrap().second_factor_on);
    assert_ne!(signed_in.token.expose(), token);
}

fn an_enrolment_needs_the_password_the_code_and_ten_minutes_at_most(house: &House) {
    let bob = house.member("bob", "viewer");
    let area = house.auth.second_factor();
    assert_eq!(
        area.confirm(&bob, "000000").unwrap_err().code(),
        "second_factor_not_pending"
    );
    let refused = area.begin(&bob, &password(WRONG)).unwrap_err();
    assert_eq!(refused.code(), "wrong_password");
    let first = seed_of(&begin(house, &bob));
    let enrolment = begin(house, &bob);
    let code = |seed: &TotpSeed| code_at(seed, step_at(house.now()));
    // The seed shown before is forgotten.
    assert_eq!(
        area.confirm(&bob, &code(&first)).unwrap_err().code(),
        "invalid_code"
    );
    house.pass(Duration::minutes(10));
    let late = area.confirm(&bob, &code(&seed_of(&enrolment)));
    assert_eq!(late.unwrap_err().code(), "second_factor_not_pending");
    assert!(!area.status(&bob).unwrap().on);
}

fn switching_it_off_needs_the_password_and_a_code(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let area = house.auth.second_factor();
    let right = password(PASSWORD);
    let refused = area.disable(&bob.caller, &password(WRONG), &bob.code(house));
    assert_eq!(refused.unwrap_err().code(), "wrong_password");
    let refused = area.disable(&bob.caller, &right, &bob.wrong_code(house));
    assert_eq!(refused.unwrap_err().code(), "invalid_code");
    let ((), events) = house.trace(|| {
        area.disable(&bob.caller, &right, &bob.code(house)).unwrap();
    });
    assert_eq!(events, ["two_fa_disabled"]);
    let status = area.status(&bob.caller).unwrap();
    assert_eq!((status.on, status.codes_left), (false, 0));
    let off = area.disable(&bob.caller, &right, &bob.code(house));
    assert_eq!(off.unwrap_err().code(), "second_factor_off");
    house.signed_in("bob");
}

fn own_codes_are_counted_like_those_at_the_door(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let area = house.auth.second_factor();
    let wrong = bob.wrong_code(house);
    for _ in 0..5 {
        let refused = area.regenerate(&bob.caller, &password(PASSWORD), &wrong);
        assert_eq!(refused.unwrap_err().code(), "invalid_code");
    }
    assert_eq!(house.count("account_locked"), 1);
    let refused = area.disable(&bob.caller, &password(PASSWORD), &bob.code(house));
    assert_eq!(refused.unwrap_err().kind(), Kind::Locked);
    let token = half(house, "bob");
    assert_eq!(
        give(&house.auth, &token, &bob.code(house))
            .unwrap_err()
            .kind(),
        Kind::Locked
    );
    // Nothing but the count was changed by all this.
    house.pass(Duration::minutes(15));
    let token = half(house, "bob");
    give(&house.auth, &token, &bob.code(house)).unwrap();
}

fn new_recovery_codes_replace_the_old_ones(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let area = house.auth.second_factor();
    let (codes, events) = house.trace(|| {
        let code = bob.code(house);
        area.regenerate(&bob.caller, &password(PASSWORD), &code)
            .unwrap()
    });
    assert_eq!(events, ["recovery_codes_regenerated"]);
    assert_eq!(codes.len(), 10);
    let token = half(house, "bob");
    let old = give_recovery(&house.auth, &token, &bob.recovery[0]);
    assert_eq!(old.unwrap_err().code(), "invalid_code");
    give_recovery(&house.auth, &token, codes[0].expose()).unwrap();
    // The code that proved it cannot be used again.
    let token = half(house, "bob");
    let replayed = give(&house.auth, &token, &bob.code(house));
    assert_eq!(replayed.unwrap_err().code(), "invalid_code");
}

fn an_administrator_removes_the_factor_of_somebody_who_lost_it(house: &House) {
    let admin = house.admin();
    let bob = enrol(house, house.member("bob", "viewer"));
    let id = bob.caller.user_id().unwrap();
    let token = half(house, "bob");
    for _ in 0..5 {
        give(&house.auth, &token, &bob.wrong_code(house)).unwrap_err();
    }
    let users = house.auth.users();
    let (done, events) = house.trace(|| {
        let done = users.reset_second_factor(&admin, id).unwrap();
        assert!(!users.reset_second_factor(&admin, id).unwrap().changed);
        done
    });
    assert!(done.changed && !done.value.second_factor_on);
    assert_eq!(events, ["two_fa_reset"]);
    let ended = house.auth.sessions().list(&bob.caller);
    assert!(ended.unwrap().is_empty());
    let bob = house.sign_in("bob");
    // The count went with the factor.
    let bob = enrol(house, bob);
    let token = half(house, "bob");
    give(&house.auth, &token, &bob.code(house)).unwrap();
}

fn where_it_is_required_nothing_else_answers_before_it_is_on(house: &House) {
    let admin = house.admin();
    let before = house.member("bob", "editor");
    let values = [("require_2fa".to_owned(), true.into())];
    house
        .auth
        .configuration()
        .put(&admin, &values.into())
        .unwrap();
    let signed_in = house.signed_in("bob");
    assert!(signed_in.requires_2fa_setup);
    assert_eq!(signed_in.obligation, Some(Obligation::SetUpSecondFactor));
    let again = recognise(&house.auth, &signed_in).unwrap();
    assert_eq!(again.obligation(), Some(Obligation::SetUpSecondFactor));
    let denied = house.auth.api_keys().list_own(&again).unwrap_err();
    assert_eq!(
        (denied.kind(), denied.code()),
        (Kind::Obliged, "second_factor_setup_required")
    );
    // A caller recognised before the rule is bound by it in the command's transaction.
    let denied = house.auth.sessions().end_others(&before).unwrap_err();
    assert_eq!(denied.kind(), Kind::Obliged);
    let bob = enrol(house, again);
    let token = half(house, "bob");
    let signed_in = give(&house.auth, &token, &bob.code(house)).unwrap();
    assert_eq!(signed_in.obligation, None);
    assert!(!signed_in.requires_2fa_setup);
    let caller = recognise(&house.auth, &signed_in).unwrap();
    assert!(house.auth.api_keys().list_own(&caller).unwrap().is_empty());
}

on_both_databases!(
    it_is_on_with_the_first_code_and_asked_for_from_then_on,
    an_enrolment_needs_the_password_the_code_and_ten_minutes_at_most,
    switching_it_off_needs_the_password_and_a_code,
    own_codes_are_counted_like_those_at_the_door,
    new_recovery_codes_replace_the_old_ones,
    an_administrator_removes_the_factor_of_somebody_who_lost_it,
    where_it_is_required_nothing_else_answers_before_it_is_on,
);
