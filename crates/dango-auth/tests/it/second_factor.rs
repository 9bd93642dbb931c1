//! The second factor: enrolment, codes that work once, the guessing budget, the ways out.

use chrono::Duration;
use dango_auth::core::TotpSeed;
use dango_auth::core::session::Transport;
use dango_auth::core::totp::{code_at, step_at};
use dango_auth::error::Error;
use dango_auth::second_factor::Enrolment;
use dango_auth::sign_in::{SecondFactorAttempt, SignIn, SignedIn};
use dango_auth::{Auth, Caller, Kind, Obligation};

use crate::house::{House, at_once, names, rounds};
use crate::people::{HOME, PASSWORD, WRONG, attempt, from, password, recognise};

/// Somebody with a second factor.
struct Enrolled {
    caller: Caller,
    seed: TotpSeed,
    recovery: Vec<String>,
}

impl Enrolled {
    /// The code of now.
    fn code(&self, house: &House) -> String {
        code_at(&self.seed, step_at(house.now()))
    }

    /// A code that is certainly wrong now.
    fn wrong_code(&self, house: &House) -> String {
        let step = step_at(house.now());
        let near: Vec<String> = (-1..=1).map(|by| code_at(&self.seed, step + by)).collect();
        let mut tries = (0..10).map(|digit| digit.to_string().repeat(6));
        tries.find(|code| !near.contains(code)).unwrap()
    }
}

fn seed_of(enrolment: &Enrolment) -> TotpSeed {
    TotpSeed::from_base32(enrolment.secret.expose()).unwrap()
}

fn begin(house: &House, caller: &Caller) -> Enrolment {
    let area = house.auth.second_factor();
    area.begin(caller, &password(PASSWORD)).unwrap()
}

/// Enrols somebody and lets the time step of the first code pass.
fn enrol(house: &House, caller: Caller) -> Enrolled {
    let enrolment = begin(house, &caller);
    let enrolled = Enrolled {
        seed: seed_of(&enrolment),
        recovery: enrolment
            .recovery_codes
            .iter()
            .map(|code| code.expose().to_owned())
            .collect(),
        caller,
    };
    let code = enrolled.code(house);
    house
        .auth
        .second_factor()
        .confirm(&enrolled.caller, &code)
        .unwrap();
    house.pass(Duration::seconds(60));
    enrolled
}

/// The partial session after the right password.
fn half(house: &House, login: &str) -> String {
    match house.try_password(login, PASSWORD, HOME).unwrap() {
        SignIn::SecondFactorNeeded { token, expires_at } => {
            assert_eq!(expires_at, house.now() + Duration::minutes(5));
            token.expose().to_owned()
        }
        SignIn::Complete(_) => panic!("no second factor is asked for"),
    }
}

fn second(token: &str, code: &str, recovery: bool) -> SecondFactorAttempt {
    SecondFactorAttempt {
        token: token.to_owned(),
        transport: Transport::Cookie,
        code: code.to_owned(),
        recovery,
        device: None,
        origin: from(HOME),
    }
}

fn give(auth: &Auth, token: &str, code: &str) -> Result<SignedIn, Error> {
    auth.sign_in()
        .with_second_factor(&second(token, code, false))
}

fn give_recovery(auth: &Auth, token: &str, code: &str) -> Result<SignedIn, Error> {
    auth.sign_in()
        .with_second_factor(&second(token, code, true))
}

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
    a_partial_session_is_good_for_nothing_but_the_code,
    a_code_works_once,
    a_code_given_twice_at_once_lets_one_in,
    a_recovery_code_works_once_also_at_once,
    five_wrong_codes_lock_the_factor_and_end_the_partial_session,
    many_codes_at_once_are_five_guesses,
    a_completed_sign_in_ends_the_failures_on_the_way_to_it,
    a_known_device_stays_known_through_the_second_factor,
    switching_it_off_needs_the_password_and_a_code,
    own_codes_are_counted_like_those_at_the_door,
    new_recovery_codes_replace_the_old_ones,
    an_administrator_removes_the_factor_of_somebody_who_lost_it,
    where_it_is_required_nothing_else_answers_before_it_is_on,
);
