//! The time of a refusal, measured. A measurement has no place in a run beside others, so these are for
//! thorough runs; the counted work stands for them in every run.

use std::io::Write as _;
use std::time::{Duration, Instant};

use dango_auth::core::HashParameters;
use dango_auth::{Auth, Kind};

use super::sample::{Interval, compare};
use super::{BASELINE, CASES, populate, refused, wrong};
use crate::house::House;

/// How long one refused attempt takes; the lock that it brings nearer is lifted outside of it.
fn time(house: &House, auth: &Auth, login: &str, round: usize) -> Duration {
    let unknown = format!("{login}{round}");
    let exists = login != "nobody";
    let started = Instant::now();
    refused(auth, if exists { login } else { &unknown });
    let took = started.elapsed();
    if exists {
        let id = house.named(login).user.id;
        auth.users().unlock(&house.system(), id).unwrap();
    }
    took
}

fn tell(how: &str, name: &str, interval: &Interval) {
    let (low, high) = (interval.low * 100.0, interval.high * 100.0);
    let pairs = interval.pairs;
    let line = format!(
        "sign-in time, {how}, {name:<17} {pairs} pairs, 99 % of the median {low:+.2} to {high:+.2} %"
    );
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Measures a sort of people against [`BASELINE`], with hashes of the real cost.
fn measured(auth: &Auth, house: &House, how: &str, name: &str) -> Interval {
    populate(house, auth);
    let (_, login) = CASES.iter().find(|(case, _)| *case == name).unwrap();
    let interval = compare(
        |round| time(house, auth, BASELINE, round),
        |round| time(house, auth, login, round),
    );
    tell(how, name, &interval);
    interval
}

fn as_long_as_a_wrong_password(name: &str) {
    if !dango_testkit::variables::thorough() {
        return;
    }
    let house = House::on_sqlite();
    let real = HashParameters::default();
    let auth = house.opened(|options| *options = options.clone().with_hash_parameters(real));
    let interval = measured(&auth, &house, "equal work", name);
    assert!(interval.is_equal(), "{name}");
}

#[test]
fn an_unknown_name_takes_as_long() {
    as_long_as_a_wrong_password("unknown");
}

#[test]
fn an_inactive_person_takes_as_long() {
    as_long_as_a_wrong_password("inactive");
}

#[test]
fn an_invited_person_takes_as_long() {
    as_long_as_a_wrong_password("invited");
}

#[test]
fn a_cheaper_hash_takes_as_long() {
    as_long_as_a_wrong_password("cheaper Argon2id");
}

#[test]
fn a_hash_of_another_sort_takes_as_long() {
    as_long_as_a_wrong_password("bcrypt cost 4");
}

/// Without the dummy work the same measurement tells each sort of people apart.
#[test]
fn work_that_is_left_out_shows() {
    if !dango_testkit::variables::thorough() {
        return;
    }
    // An inactive person's hash is there to be checked, so nothing is left out.
    for name in ["unknown", "invited", "cheaper Argon2id", "bcrypt cost 4"] {
        let house = House::on_sqlite();
        let lazy = house.opened(|options| {
            let real = HashParameters::default();
            let lazy = options.clone().with_hash_parameters(real);
            *options = lazy.with_unequal_work_for_tests();
        });
        let interval = measured(&lazy, &house, "left out", name);
        assert!(interval.is_unequal(), "{name}");
    }
}

/// How long one attempt takes while a lock holds.
fn time_locked(auth: &Auth, login: &str) -> Duration {
    let started = Instant::now();
    let error = auth.sign_in().with_password(&wrong(login)).unwrap_err();
    let took = started.elapsed();
    assert_eq!(error.kind(), Kind::Locked, "{login}: {error}");
    took
}

#[test]
fn a_lock_takes_as_long_for_everybody() {
    if !dango_testkit::variables::thorough() {
        return;
    }
    for (name, login) in CASES {
        let house = House::on_sqlite();
        populate(&house, &house.auth);
        for locked in [BASELINE, login] {
            for _ in 0..5 {
                let attempt = wrong(locked);
                let _ = house.auth.sign_in().with_password(&attempt).unwrap_err();
            }
        }
        let interval = compare(
            |_| time_locked(&house.auth, BASELINE),
            |_| time_locked(&house.auth, login),
        );
        tell("locked", name, &interval);
        assert!(interval.is_equal(), "{name}");
    }
}
