//! Whether an attempt tells by its cost what the account is like (contract §3.9): counted always, and timed
//! in a thorough run.

use std::io::Write as _;
use std::time::{Duration, Instant};

use dango_auth::core::audit::Origin;
use dango_auth::core::{HashParameters, PasswordHash};
use dango_auth::sign_in::PasswordAttempt;
use dango_auth::{Auth, Kind};

use crate::house::House;
use crate::people::{INVITE, PASSWORD, WRONG, attempt, new_user, set_hash};

/// `Lantern-over-42-hills` at cost 4.
const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuusH.tk1.83OT5841UBW6HQL/b1kXjc.e";
/// A third of the work of [`today`].
const CHEAPER: &str = "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// What every other attempt is compared with.
const BASELINE: &str = "bob";
/// Pairs of attempts between two looks at how sure the measurement is, and the most there are.
const PAIRS: usize = 400;
const MOST_PAIRS: usize = 8_000;
/// Pairs are added until the interval is no wider, wherever it lies.
const WIDTH: f64 = 0.06;
/// How far the medians may differ, in parts of the whole.
const TOLERANCE: f64 = 0.05;

fn today() -> HashParameters {
    HashParameters::checked(7_168, 5, 1).unwrap()
}

/// People of every sort; each is refused with [`WRONG`].
const CASES: [(&str, &str); 5] = [
    ("unknown", "nobody"),
    ("inactive", "idle"),
    ("invited", "guest@x.org"),
    ("cheaper Argon2id", "cheap"),
    ("bcrypt cost 4", "moved"),
];

fn populate(house: &House, auth: &Auth) {
    let person = |name: &str| {
        let request = new_user(name, "viewer", crate::people::ready());
        auth.users().create(&house.system(), request).unwrap().user
    };
    let _ = house.admin();
    let _ = person(BASELINE);
    let idle = person("idle").user.id;
    auth.users().deactivate(&house.system(), idle).unwrap();
    let _ = house.create(new_user("guest@x.org", "viewer", INVITE));
    for (name, hash) in [("cheap", CHEAPER), ("moved", BCRYPT)] {
        set_hash(
            house,
            &person(name).user,
            &PasswordHash::parse(hash).unwrap(),
        );
    }
}

/// From the machine itself, where no source is judged, so that many attempts can be made.
fn refused(auth: &Auth, login: &str) {
    let attempt = PasswordAttempt {
        origin: Origin {
            ip: None,
            ..crate::people::from(crate::people::HOME)
        },
        ..attempt(login, WRONG, crate::people::HOME)
    };
    let error = auth.sign_in().with_password(&attempt).unwrap_err();
    assert_eq!(error.kind(), Kind::BadCredentials, "{login}: {error}");
}

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

/// Times of attempts by the person compared with, and how much longer the other one's took.
#[derive(Default)]
struct Sample {
    baselines: Vec<f64>,
    differences: Vec<f64>,
}

impl Sample {
    fn grow(&mut self, house: &House, auth: &Auth, login: &str) {
        for _ in 0..PAIRS {
            let round = self.baselines.len();
            // Who goes first changes, so that neither profits from a warm cache.
            let (one, other) = if round.is_multiple_of(2) {
                let one = time(house, auth, BASELINE, round);
                (one, time(house, auth, login, round))
            } else {
                let other = time(house, auth, login, round);
                (time(house, auth, BASELINE, round), other)
            };
            self.differences
                .push(other.as_secs_f64() - one.as_secs_f64());
            self.baselines.push(one.as_secs_f64());
        }
    }

    /// The 99 % interval of the median of the differences, in parts of the baseline's median.
    fn interval(&mut self) -> (f64, f64) {
        self.differences.sort_by(f64::total_cmp);
        self.baselines.sort_by(f64::total_cmp);
        let middle = self.baselines.len() / 2;
        // Ranks of the binomial distribution around the median: 2.576 standard deviations of sqrt(n)/2,
        // which is below 1.3 times the root, rounded up.
        let spread = self.baselines.len().isqrt() * 13 / 10 + 1;
        let part = |rank: usize| self.differences[rank] / self.baselines[middle];
        (part(middle - spread), part(middle + spread))
    }
}

/// Measures one case until the interval is narrow.
fn interval(house: &House, auth: &Auth, login: &str) -> (usize, f64, f64) {
    let mut sample = Sample::default();
    loop {
        sample.grow(house, auth, login);
        let (pairs, (low, high)) = (sample.baselines.len(), sample.interval());
        if high - low <= WIDTH || pairs >= MOST_PAIRS {
            return (pairs, low, high);
        }
    }
}

/// Measures every case; answers those whose interval leaves the tolerance.
fn measured(house: &House, auth: &Auth, how: &str) -> Vec<&'static str> {
    populate(house, auth);
    let mut wrong = Vec::new();
    for (name, login) in CASES {
        let (pairs, low, high) = interval(house, auth, login);
        let (percent_low, percent_high) = (low * 100.0, high * 100.0);
        let line = format!(
            "sign-in time, {how}, {name:<17} {pairs} pairs, 99 % of the median {percent_low:+.2} to {percent_high:+.2} %"
        );
        // Nobody may be reading.
        let _ = writeln!(std::io::stdout(), "{line}");
        if low < -TOLERANCE || high > TOLERANCE {
            wrong.push(name);
        }
    }
    wrong
}

#[test]
fn attempts_take_equally_long_and_without_dummy_work_they_do_not() {
    if !dango_testkit::variables::thorough() {
        // A measurement of time has no place in a run beside others; the counts above stand for it.
        return;
    }
    let house = House::on_sqlite();
    let real = HashParameters::default();
    let auth = house.opened(|options| *options = options.clone().with_hash_parameters(real));
    assert_eq!(measured(&house, &auth, "equal work"), [""; 0]);
    let house = House::on_sqlite();
    let lazy = house.opened(|options| {
        let lazy = options.clone().with_hash_parameters(real);
        *options = lazy.with_unequal_work_for_tests();
    });
    let noticed = measured(&house, &lazy, "left out");
    assert!(
        noticed.contains(&"unknown") && noticed.contains(&"invited"),
        "{noticed:?}"
    );
}
