//! Signing in with the second factor: codes that work once, and the guessing budget.

use chrono::Duration;
use dango_auth::Kind;
use dango_auth::core::session::Transport;
use dango_auth::core::totp::{code_at, step_at};
use dango_auth::sign_in::{SignIn, SignedIn};

use crate::enrolled::{enrol, give, give_recovery, half, second};
use crate::house::{House, at_once, names, rounds};
use crate::people::{HOME, PASSWORD, WRONG, attempt, from, recognise};

fn a_partial_session_is_good_for_nothing_but_the_code(house: &House) {
    use dango_auth::sessions::Presented;
    let bob = enrol(house, house.member("bob", "viewer"));
    let token = half(house, "bob");
    let presented = Presented::Session {
        token: &token,
        transport: Transport::Cookie,
    };
    let refused = house.auth.sessions().authenticate(presented, from(HOME));
    assert_eq!(refused.unwrap_err().kind(), Kind::Unauthenticated);
    assert_eq!(house.auth.sessions().list(&bob.caller).unwrap().len(), 1);
    let mut by_bearer = second(&token, &bob.code(house), false);
    by_bearer.transport = Transport::Bearer;
    let refused = house.auth.sign_in().with_second_factor(&by_bearer);
    assert_eq!(refused.unwrap_err().kind(), Kind::Unauthenticated);
    house.pass(Duration::minutes(5));
    let late = give(&house.auth, &token, &bob.code(house)).unwrap_err();
    assert_eq!(late.kind(), Kind::Unauthenticated);
    // A full session's token is no partial one.
    let token = half(house, "bob");
    let full = give(&house.auth, &token, &bob.code(house)).unwrap();
    house.pass(Duration::seconds(60));
    for token in [token.as_str(), full.token.expose(), "nonsense"] {
        let refused = give(&house.auth, token, &bob.code(house)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Unauthenticated);
    }
}

fn a_code_works_once(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let code = bob.code(house);
    let (first, again) = (half(house, "bob"), half(house, "bob"));
    give(&house.auth, &first, &code).unwrap();
    let (replayed, events) = house.traced(|| give(&house.auth, &again, &code));
    assert_eq!(replayed.unwrap_err().code(), "invalid_code");
    assert_eq!(names(&events), ["two_fa_failed"]);
    // Nor the one before it, which the window would allow.
    let before = code_at(&bob.seed, step_at(house.now()) - 1);
    assert_eq!(
        give(&house.auth, &again, &before).unwrap_err().code(),
        "invalid_code"
    );
    house.pass(Duration::seconds(30));
    give(&house.auth, &again, &bob.code(house)).unwrap();
}

fn a_code_given_twice_at_once_lets_one_in(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let other = house.another(&[]);
    for _ in 0..rounds(5, 1_000) {
        house.pass(Duration::seconds(60));
        let code = bob.code(house);
        let halves: Vec<String> = (0..4).map(|_| half(house, "bob")).collect();
        let tries = halves.iter().enumerate().map(|(at, token)| {
            let (auth, code) = (if at % 2 == 0 { &house.auth } else { &other }, &code);
            move || give(auth, token, code).is_ok()
        });
        let won = at_once(tries.collect());
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    }
}

fn a_recovery_code_works_once_also_at_once(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let area = house.auth.second_factor();
    let other = house.another(&[]);
    let typed = bob.recovery[0].to_lowercase().replace('-', " ");
    let halves: Vec<String> = (0..4).map(|_| half(house, "bob")).collect();
    let tries = halves.iter().enumerate().map(|(at, token)| {
        let (auth, typed) = (if at % 2 == 0 { &house.auth } else { &other }, &typed);
        move || give_recovery(auth, token, typed)
    });
    let mut let_in: Vec<SignedIn> = at_once(tries.collect()).into_iter().flatten().collect();
    assert_eq!(let_in.len(), 1);
    let caller = recognise(&house.auth, &let_in.remove(0)).unwrap();
    assert_eq!(area.status(&caller).unwrap().codes_left, 9);
    assert_eq!(house.count("recovery_code_used"), 1);
    // The other nine are untouched, and a code of the app is none of them.
    let token = half(house, "bob");
    let refused = give_recovery(&house.auth, &token, &bob.code(house)).unwrap_err();
    assert_eq!(refused.code(), "invalid_code");
    let (_, events) =
        house.traced(|| give_recovery(&house.auth, &token, &bob.recovery[9]).unwrap());
    assert_eq!(names(&events), ["recovery_code_used", "login_success"]);
    assert_eq!(events[0].event.details["codes_left"], 8);
    assert_eq!(events[1].event.details["method"], "recovery_code");
}

fn five_wrong_codes_lock_the_factor_and_end_the_partial_session(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let token = half(house, "bob");
    let wrong = bob.wrong_code(house);
    for _ in 0..4 {
        assert_eq!(
            give(&house.auth, &token, &wrong).unwrap_err().code(),
            "invalid_code"
        );
    }
    let (last, events) = house.traced(|| give_recovery(&house.auth, &token, "AAAA"));
    let last = last.unwrap_err();
    assert_eq!(
        (last.kind(), last.code()),
        (Kind::Unauthenticated, "too_many_attempts")
    );
    assert_eq!(names(&events), ["two_fa_failed", "account_locked"]);
    assert_eq!(events[1].event.details["layer"], "second_factor");
    let over = give(&house.auth, &token, &bob.code(house)).unwrap_err();
    assert_eq!(
        (over.kind(), over.code()),
        (Kind::Unauthenticated, "unauthenticated")
    );
    // Another right password gives no further guesses, nor does another process.
    let token = half(house, "bob");
    let refused = give(&house.another(&[]), &token, &bob.code(house)).unwrap_err();
    assert_eq!(refused.remaining_seconds(), Some(900));
    house.pass(Duration::minutes(15));
    let token = half(house, "bob");
    give(&house.auth, &token, &bob.code(house)).unwrap();
}

fn many_codes_at_once_are_five_guesses(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let wrong = bob.wrong_code(house);
    let halves: Vec<String> = (0..12).map(|_| half(house, "bob")).collect();
    let tries = halves.iter().map(|token| {
        let (auth, wrong) = (&house.auth, &wrong);
        move || give(auth, token, wrong).unwrap_err()
    });
    let errors = at_once(tries.collect());
    let count = |code: &str| errors.iter().filter(|error| error.code() == code).count();
    assert_eq!(count("invalid_code"), 4);
    assert_eq!(count("too_many_attempts"), 1);
    assert_eq!(count("account_locked"), 7);
}

fn a_completed_sign_in_ends_the_failures_on_the_way_to_it(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    for _ in 0..4 {
        house.try_password("bob", WRONG, HOME).unwrap_err();
    }
    let token = half(house, "bob");
    let id = bob.caller.user_id().unwrap();
    // The password alone resets nothing.
    assert_eq!(house.row(id).lock.failed_attempts, 4);
    give(&house.auth, &token, &bob.code(house)).unwrap();
    assert_eq!(house.row(id).lock.failed_attempts, 0);
}

fn a_known_device_stays_known_through_the_second_factor(house: &House) {
    let bob = enrol(house, house.member("bob", "viewer"));
    let token = half(house, "bob");
    let device = give(&house.auth, &token, &bob.code(house)).unwrap().device;
    let known = Some(device.expose().to_owned());
    for at in 1..=4 {
        for _ in 0..5 {
            let address = format!("198.51.100.{at}");
            house.try_password("bob", WRONG, &address).unwrap_err();
        }
    }
    house.pass(Duration::seconds(60));
    let mut first = attempt("bob", PASSWORD, HOME);
    first.device.clone_from(&known);
    let SignIn::SecondFactorNeeded { token, .. } =
        house.auth.sign_in().with_password(&first).unwrap()
    else {
        panic!("no second factor is asked for");
    };
    let mut code = second(token.expose(), &bob.code(house), false);
    code.device = known;
    let signed_in = house.auth.sign_in().with_second_factor(&code).unwrap();
    assert_eq!(signed_in.device.expose(), device.expose());
}

on_both_databases!(
    a_partial_session_is_good_for_nothing_but_the_code,
    a_code_works_once,
    a_code_given_twice_at_once_lets_one_in,
    a_recovery_code_works_once_also_at_once,
    five_wrong_codes_lock_the_factor_and_end_the_partial_session,
    many_codes_at_once_are_five_guesses,
    a_completed_sign_in_ends_the_failures_on_the_way_to_it,
    a_known_device_stays_known_through_the_second_factor,
);
