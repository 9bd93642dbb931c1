//! Guessing passwords: how often, how long, and who is kept out by it.

use chrono::Duration;
use dango_auth::Kind;
use dango_auth::core::audit::Outcome;
use dango_auth::core::user::Status;
use dango_auth::error::Error;
use dango_auth::sign_in::SignIn;

use crate::house::{House, at_once};
use crate::people::{HOME, PASSWORD, WRONG, attempt, complete, password, recognise};

const AWAY: &str = "198.51.100.7";

/// Some wrong passwords; tells the last answer.
fn fail(house: &House, login: &str, address: &str, times: usize) -> Error {
    for _ in 1..times {
        house.try_password(login, WRONG, address).unwrap_err();
    }
    house.try_password(login, WRONG, address).unwrap_err()
}

fn remaining(answer: Result<SignIn, Error>) -> u64 {
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), Kind::Locked, "{error}");
    assert_eq!(error.code(), "account_locked");
    assert_eq!(error.retry_after_seconds(), error.remaining_seconds());
    error.remaining_seconds().unwrap()
}

fn the_fifth_failure_locks_and_says_so_once(house: &House) {
    let bob = house.person("bob", "viewer");
    assert_eq!(fail(house, "bob", HOME, 4).kind(), Kind::BadCredentials);
    let row = house.row(bob.user.id);
    assert_eq!(row.lock.failed_attempts, 4);
    assert_eq!(
        row.user.status(row.lock.locked_until, house.now()),
        Status::Active
    );
    let (answer, events) = house.traced(|| house.try_password("bob", WRONG, HOME));
    assert_eq!(remaining(answer), 900);
    let names = crate::house::names(&events);
    assert_eq!(names, ["account_locked", "login_failed"]);
    assert_eq!(events[0].event.details["layer"], "pair");
    assert_eq!(
        events[0].event.target.as_ref().unwrap().id,
        Some(bob.user.id.to_string())
    );
    let row = house.row(bob.user.id);
    assert_eq!(
        row.user.status(row.lock.locked_until, house.now()),
        Status::Locked
    );
    assert_eq!(
        row.lock.locked_until,
        Some(house.now() + Duration::minutes(15))
    );
    let status = house.auth.status().report(&house.system()).unwrap();
    assert_eq!(status.with_status(Status::Locked), 1);
}

fn a_locked_account_refuses_the_right_password_until_the_clock_ends_it(house: &House) {
    house.person("bob", "viewer");
    fail(house, "bob", HOME, 5);
    let start = house.now();
    for passed in [1, 60, 899] {
        house.clock.set(start + Duration::seconds(passed));
        let (answer, events) = house.traced(|| house.try_password("bob", PASSWORD, HOME));
        assert_eq!(remaining(answer), u64::try_from(900 - passed).unwrap());
        assert_eq!(events[0].event.outcome, Outcome::Denied);
        assert_eq!(events[0].event.details["reason"], "locked");
    }
    house.clock.set(start + Duration::seconds(900));
    complete(house.try_password("bob", PASSWORD, HOME));
    // The slate is clean: four more failures lock nothing.
    assert_eq!(fail(house, "bob", HOME, 4).kind(), Kind::BadCredentials);
    complete(house.try_password("bob", PASSWORD, HOME));
}

fn each_further_lock_lasts_twice_as_long(house: &House) {
    house.person("bob", "viewer");
    for minutes in [15_u64, 30, 60] {
        fail(house, "bob", HOME, 4);
        assert_eq!(
            remaining(house.try_password("bob", WRONG, HOME)),
            minutes * 60
        );
        house.pass(Duration::minutes(i64::try_from(minutes).unwrap()));
    }
}

fn of_many_guesses_at_once_exactly_five_are_evaluated(house: &House) {
    house.person("bob", "viewer");
    let guess = || || house.try_password("bob", WRONG, HOME).unwrap_err();
    let answers = at_once((0..32).map(|_| guess()).collect());
    assert!(answers.iter().any(|error| error.kind() == Kind::Locked));
    let evaluated = |event: &dango_auth::ports::StoredEvent| {
        event.event.name.as_str() == "login_failed" && event.event.outcome == Outcome::Failure
    };
    assert_eq!(
        house
            .events()
            .iter()
            .filter(|event| evaluated(event))
            .count(),
        5
    );
    assert_eq!(house.count("account_locked"), 1);
    assert_eq!(remaining(house.try_password("bob", PASSWORD, HOME)), 900);
}

fn of_many_right_passwords_at_once_all_get_in(house: &House) {
    house.person("bob", "viewer");
    // No more than the lock allows: attempts under way count as failed.
    let enter = || || house.try_password("bob", PASSWORD, HOME);
    for answer in at_once((0..5).map(|_| enter()).collect()) {
        complete(answer);
    }
    assert_eq!(house.count("account_locked"), 0);
    complete(house.try_password("bob", PASSWORD, HOME));
}

fn names_that_do_not_exist_lock_like_those_that_do(house: &House) {
    house.person("bob", "viewer");
    for login in ["bob", "nobody", "nobody@x.org"] {
        let answers: Vec<_> = (0..7)
            .map(|_| house.try_password(login, WRONG, HOME).unwrap_err())
            .map(|error| (error.code(), error.to_string(), error.remaining_seconds()))
            .collect();
        let first = (
            "invalid_credentials",
            "Invalid email or password".to_owned(),
            None,
        );
        assert_eq!(answers[..4], vec![first; 4], "{login}");
        assert_eq!(answers[6].2, Some(900), "{login}");
    }
}

fn both_login_names_of_a_person_count_together(house: &House) {
    let mut bea = crate::people::new_user("bea", "viewer", crate::people::ready());
    bea.email = Some(crate::people::email("bea@x.org"));
    house.create(bea);
    fail(house, "bea", HOME, 3);
    fail(house, "bea@x.org", HOME, 1);
    assert_eq!(remaining(house.try_password("BEA", WRONG, HOME)), 900);
}

fn a_stranger_does_not_lock_the_owner_out(house: &House) {
    house.person("bob", "viewer");
    assert_eq!(fail(house, "bob", AWAY, 5).kind(), Kind::Locked);
    complete(house.try_password("bob", PASSWORD, HOME));
    assert_eq!(remaining(house.try_password("bob", PASSWORD, AWAY)), 900);
}

fn a_known_device_gets_in_while_strangers_are_kept_out(house: &House) {
    house.person("bob", "viewer");
    let device = house.signed_in("bob").device;
    for at in 1..=4 {
        fail(house, "bob", &format!("198.51.100.{at}"), 5);
    }
    // Guarded now: nobody unknown is evaluated, wherever they come from.
    assert!(remaining(house.try_password("bob", PASSWORD, HOME)) <= 900);
    let with_device = |typed: &str| {
        let mut attempt = attempt("bob", typed, AWAY);
        attempt.device = Some(device.expose().to_owned());
        house.auth.sign_in().with_password(&attempt)
    };
    let signed_in = complete(with_device(PASSWORD));
    assert_eq!(signed_in.device.expose(), device.expose());
    // The device answers for its own failures.
    for _ in 0..4 {
        assert_eq!(with_device(WRONG).unwrap_err().kind(), Kind::BadCredentials);
    }
    assert_eq!(remaining(with_device(WRONG)), 900);
    house.pass(Duration::minutes(15));
    complete(with_device(PASSWORD));
}

fn somebody_elses_device_is_nobodys(house: &House) {
    house.person("bob", "viewer");
    house.person("eve", "viewer");
    let device = house.signed_in("eve").device;
    fail(house, "bob", HOME, 5);
    let mut attempt = attempt("bob", PASSWORD, HOME);
    attempt.device = Some(device.expose().to_owned());
    assert_eq!(remaining(house.auth.sign_in().with_password(&attempt)), 900);
}

fn a_device_that_fails_ten_times_in_a_row_is_known_no_more(house: &House) {
    house.person("bob", "viewer");
    let device = house.signed_in("bob").device;
    let mut wrong = attempt("bob", WRONG, HOME);
    wrong.device = Some(device.expose().to_owned());
    for _ in 0..2 {
        for _ in 0..5 {
            house.auth.sign_in().with_password(&wrong).unwrap_err();
        }
        house.pass(Duration::minutes(15));
    }
    for at in 1..=4 {
        fail(house, "bob", &format!("198.51.100.{at}"), 5);
    }
    let mut right = attempt("bob", PASSWORD, HOME);
    right.device = Some(device.expose().to_owned());
    assert!(remaining(house.auth.sign_in().with_password(&right)) > 0);
}

fn unlocking_clears_every_lock_and_count(house: &House) {
    let admin = house.admin();
    let bob = house.person("bob", "viewer");
    for at in 1..=4 {
        fail(house, "bob", &format!("198.51.100.{at}"), 5);
    }
    let (done, events) = house.traced(|| house.auth.users().unlock(&admin, bob.user.id).unwrap());
    assert_eq!(done.value.lock.locked_until, None);
    assert_eq!(done.value.lock.failed_attempts, 0);
    assert_eq!(crate::house::names(&events), ["account_unlocked"]);
    assert_eq!(events[0].event.actor.name(), "ann@x.org");
    complete(house.try_password("bob", PASSWORD, "198.51.100.1"));
    assert_eq!(
        fail(house, "bob", "198.51.100.2", 4).kind(),
        Kind::BadCredentials
    );
}

fn one_who_tries_a_password_on_everybody_is_refused_as_a_source(house: &House) {
    house.person("bob", "viewer");
    for at in 0..19 {
        let answer = house.try_password(&format!("name{at}"), WRONG, AWAY);
        assert_eq!(answer.unwrap_err().kind(), Kind::BadCredentials, "{at}");
    }
    let (_, events) = house.trace(|| house.try_password("name19", WRONG, AWAY));
    assert_eq!(events, ["rate_limit_hit", "login_failed"]);
    assert_eq!(remaining(house.try_password("bob", PASSWORD, AWAY)), 900);
    complete(house.try_password("bob", PASSWORD, HOME));
}

fn the_limits_of_the_lockout_follow_the_settings_at_once(house: &House) {
    let admin = house.admin();
    house.person("bob", "viewer");
    let values = [("lockout.max_attempts", 2), ("lockout.lockout_minutes", 1)];
    let values = values.map(|(name, value)| (name.to_owned(), value.into()));
    house
        .auth
        .configuration()
        .put(&admin, &values.into())
        .unwrap();
    fail(house, "bob", HOME, 1);
    assert_eq!(remaining(house.try_password("bob", WRONG, HOME)), 60);
}

fn password_prompts_inside_a_session_count_for_that_session_alone(house: &House) {
    house.person("bob", "viewer");
    let thief = house.sign_in("bob");
    let bob = house.sign_in("bob");
    let prompt = |caller, typed| {
        house
            .auth
            .account()
            .prove_password(caller, &password(typed))
    };
    for _ in 0..4 {
        assert_eq!(prompt(&thief, WRONG).unwrap_err().code(), "wrong_password");
    }
    let (answer, events) = house.traced(|| prompt(&thief, WRONG));
    assert_eq!(answer.unwrap_err().remaining_seconds(), Some(900));
    assert_eq!(
        crate::house::names(&events),
        ["login_failed", "account_locked"]
    );
    assert_eq!(events[0].event.actor.name(), "bob");
    assert_eq!(prompt(&thief, PASSWORD).unwrap_err().kind(), Kind::Locked);
    prompt(&bob, PASSWORD).unwrap();
    complete(house.try_password("bob", PASSWORD, HOME));
    house.pass(Duration::minutes(15));
    prompt(&thief, PASSWORD).unwrap();
}

fn strangers_at_the_door_do_not_keep_the_owner_from_changing_the_password(house: &House) {
    house.person("bob", "viewer");
    let bob = house.sign_in("bob");
    for at in 1..=4 {
        fail(house, "bob", &format!("198.51.100.{at}"), 5);
    }
    fail(house, "bob", HOME, 5);
    let (old, new) = (password(PASSWORD), password("another-good-one"));
    let changed = house
        .auth
        .account()
        .change_password(&bob, &old, &new)
        .unwrap();
    assert!(recognise(&house.auth, &changed).is_ok());
}

on_both_databases!(
    the_fifth_failure_locks_and_says_so_once,
    a_locked_account_refuses_the_right_password_until_the_clock_ends_it,
    each_further_lock_lasts_twice_as_long,
    of_many_guesses_at_once_exactly_five_are_evaluated,
    of_many_right_passwords_at_once_all_get_in,
    names_that_do_not_exist_lock_like_those_that_do,
    both_login_names_of_a_person_count_together,
    a_stranger_does_not_lock_the_owner_out,
    a_known_device_gets_in_while_strangers_are_kept_out,
    somebody_elses_device_is_nobodys,
    a_device_that_fails_ten_times_in_a_row_is_known_no_more,
    unlocking_clears_every_lock_and_count,
    one_who_tries_a_password_on_everybody_is_refused_as_a_source,
    the_limits_of_the_lockout_follow_the_settings_at_once,
    password_prompts_inside_a_session_count_for_that_session_alone,
    strangers_at_the_door_do_not_keep_the_owner_from_changing_the_password,
);
