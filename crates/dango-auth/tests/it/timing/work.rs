//! The work of a refusal, counted: hashes, and the blocks of memory they fill.

use dango_auth::{Auth, Kind};

use super::{BASELINE, CASES, populate, refused, today};
use crate::house::House;
use crate::people::{PASSWORD, WRONG, attempt};

/// The work of one refused attempt: hashes, and blocks of one KiB.
fn work(auth: &Auth, login: &str) -> (u64, u64) {
    let counts = || {
        while auth.hashing().queued > 0 {
            std::thread::yield_now();
        }
        let counts = auth.hashing();
        (counts.done, counts.blocks_checked)
    };
    let before = counts();
    refused(auth, login);
    let after = counts();
    (after.0 - before.0, after.1 - before.1)
}

/// The cases whose work is more than a hundredth away from that of a wrong password.
fn unequal(auth: &Auth) -> Vec<&'static str> {
    let (hashes, whole) = work(auth, BASELINE);
    assert_eq!((hashes, whole), (1, today().blocks()));
    let differs = |(_, login): &&(&str, &str)| {
        let (hashes, blocks) = work(auth, login);
        hashes != 1 || blocks.abs_diff(whole) * 100 > whole
    };
    let found = CASES.iter().filter(differs);
    found.map(|(name, _)| *name).collect()
}

fn every_refusal_is_the_same_work(house: &House) {
    let auth = house.opened(|options| *options = options.clone().with_hash_parameters(today()));
    populate(house, &auth);
    assert_eq!(unequal(&auth), [""; 0]);
}

fn the_count_notices_work_that_is_left_out(house: &House) {
    let auth = house.opened(|options| {
        let lazy = options.clone().with_hash_parameters(today());
        *options = lazy.with_unequal_work_for_tests();
    });
    populate(house, &auth);
    // An inactive person's hash is there to be checked, so nothing is left out.
    let expected = ["unknown", "invited", "cheaper Argon2id", "bcrypt cost 4"];
    assert_eq!(unequal(&auth), expected);
}

fn a_lock_is_no_work_for_anybody(house: &House) {
    let auth = house.opened(|options| *options = options.clone().with_hash_parameters(today()));
    populate(house, &auth);
    let tries = |login: &str| {
        let before = auth.hashing().blocks_checked;
        for _ in 0..5 {
            let attempt = attempt(login, WRONG, crate::people::HOME);
            let _ = auth.sign_in().with_password(&attempt).unwrap_err();
        }
        let between = auth.hashing().blocks_checked;
        let attempt = attempt(login, PASSWORD, crate::people::HOME);
        let error = auth.sign_in().with_password(&attempt).unwrap_err();
        assert_eq!(error.kind(), Kind::Locked, "{login}");
        let after = auth.hashing().blocks_checked;
        (between - before, after - between)
    };
    let known = tries(BASELINE);
    assert_eq!(known, (5 * today().blocks(), 0));
    assert_eq!(tries("nobody"), known);
    assert_eq!(tries("guest@x.org"), known);
}

on_both_databases!(
    every_refusal_is_the_same_work,
    the_count_notices_work_that_is_left_out,
    a_lock_is_no_work_for_anybody,
);
