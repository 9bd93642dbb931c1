//! Whole sign-ins against the bare hash they contain, and what a storm of them does to everybody else.

mod paced;
mod storm;

use std::process::Command;
use std::time::{Duration, Instant};

use dango_auth::HasherLimits;
use dango_auth::core::name::Username;
use dango_auth::core::password::{HashMemory, Password, hash};
use dango_auth::core::session::Transport;
use dango_auth::users::{CreateUser, FirstCredential};

use crate::child::Server;
use crate::effort::Effort;
use crate::measure::{Pair, Spread, in_turn};
use crate::pin::Pinned;
use crate::place::{PASSWORD, Place};
use crate::report::{Budget, Row};
use crate::{Failure, programs};

/// Sign-ins on their way at the same time, where their number per second is measured.
const AT_ONCE: usize = 4;

/// Signs in as fast as it goes, and by the thousand.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let place = Place::hashing_as(HasherLimits::SERVER)?;
    // So many that nobody is on their way more often at once than a lockout bears.
    let people = people(&place, effort.pick(20, 100, 200))?;
    let mut rows = vec![speed(effort, &place, &people)?];
    rows.extend(storm(effort, &place, &people)?);
    Ok(rows)
}

/// Sign-ins per second beside hashes per second, each on the one thread that hashes.
fn speed(effort: Effort, place: &Place, people: &[String]) -> Result<Row, Failure> {
    let parameters = place.auth.settings()?.hash_parameters();
    let password = Password::new(PASSWORD)?;
    let mut memory = HashMemory::new();
    let count = effort.pick(AT_ONCE, 12, 40);
    let pair = in_turn(
        effort.pick(1, 3, 9),
        || rate(count, || all_at_once(place, people, count)),
        || {
            rate(count, || {
                for _ in 0..count {
                    let _ = hash(&password, &parameters, [7; 16], &mut memory)?;
                }
                Ok(())
            })
        },
    )?;
    let row = Row::beside(
        format!("sign-ins, {AT_ONCE} at once"),
        "per s",
        pair,
        "hashes",
    );
    Ok(row.within(Budget::RatioAtLeast(0.95)))
}

fn all_at_once(place: &Place, people: &[String], count: usize) -> Result<(), Failure> {
    let sign_in = |part: usize| -> Result<(), String> {
        let names = people.iter().cycle().skip(part).step_by(AT_ONCE);
        for name in names.take(count / AT_ONCE) {
            let done = place.sign_in_as(name, Transport::Bearer);
            done.map_err(|failure| failure.to_string())?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let parts = (0..AT_ONCE).map(|part| scope.spawn(move || sign_in(part)));
        let parts: Vec<_> = parts.collect();
        let ended = parts.into_iter().map(|part| match part.join() {
            Ok(outcome) => outcome.map_err(Failure::from),
            Err(_) => Err("a thread that signs in has ended".into()),
        });
        ended.collect()
    })
}

fn rate(count: usize, all: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    all()?;
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

/// Everybody signs in at once at a server, while somebody who has a session goes on working.
fn storm(effort: Effort, place: &Place, people: &[String]) -> Result<Vec<Row>, Failure> {
    let token = place.sign_in()?;
    let mut command = Command::new(programs::path("dango-server")?);
    command.args(["--listen", "127.0.0.1:0"]);
    command.current_dir(place.folder()).env_clear();
    let server = Server::start(command.envs(place.variables()).env("DANGO_LOG", "warn"))?;
    let _asker = Pinned::asker();
    let span = Duration::from_millis(effort.pick(200, 2_000, 15_000) as u64);
    let for_a_span = |elapsed| elapsed < span;
    // Long enough for everybody, where there is time for it.
    let longest = Duration::from_millis(effort.pick(200, 2_000, 120_000) as u64);
    let callers = effort.pick(20, 2_000, 2_000);
    let _warm = paced::session_checks(&server.address, &token, |elapsed| elapsed < span / 10)?;
    let quiet = paced::session_checks(&server.address, &token, for_a_span)?;
    let before = server.resident()?;
    let (stormy, outcome) = std::thread::scope(|scope| {
        let storm = scope.spawn(|| {
            storm::run(&server.address, people, callers, longest)
                .map_err(|failure| failure.to_string())
        });
        let stormy = paced::session_checks(&server.address, &token, |_| !storm.is_finished());
        (stormy, storm.join())
    });
    let (stormy, after) = (stormy?, server.resident()?);
    let outcome = outcome.map_err(|_| "the storm has ended early")??;
    let one = |figure: f64| Spread::of(vec![figure]);
    let name = |what: &str| format!("storm of {callers}: {what}");
    let share = |share: f64| Pair::of(vec![stormy.quantile(share)], vec![quiet.quantile(share)]);
    Ok(vec![
        Row::beside(name("session check, median"), "µs", share(0.5), "quiet"),
        Row::beside(name("session check, 99 of 100"), "µs", share(0.99), "quiet")
            .within(Budget::RatioAtMost(2.0)),
        Row::alone(name("signed in"), "per s", one(outcome.done_per_second)),
        Row::alone(
            name("asked to come again"),
            "answers",
            one(outcome.refused as f64),
        ),
        Row::alone(
            name("asked and not answered yet"),
            "callers",
            one(outcome.waiting as f64),
        ),
        Row::beside(
            name("server, resident"),
            "MiB",
            Pair::of(vec![after], vec![before]),
            "before",
        ),
    ])
}

fn people(place: &Place, count: usize) -> Result<Vec<String>, Failure> {
    let add = |number: usize| -> Result<String, Failure> {
        let name = format!("person{number}@example.org");
        let request = CreateUser {
            username: Username::parse(&name)?,
            email: None,
            role: place.auth.parse_role("viewer")?,
            access: None,
            first: FirstCredential::Password {
                password: Password::new(PASSWORD)?,
                must_change: false,
            },
        };
        let _ = place.auth.users().create(&place.caller, request)?;
        Ok(name)
    };
    (0..count).map(add).collect()
}
