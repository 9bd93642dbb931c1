//! Everybody signs in at the same moment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Vitals;
use crate::campaign::{Job, Tally, rounds, together};
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::people::make;
use crate::server::Server;
use crate::wire::{Answer, ask, request};

/// Memory that a server may hold at most, in MiB: one hash at a time, sixty-four that wait.
const MEMORY: usize = 400;
/// How long somebody who is signed in may wait for an answer meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);
/// People with passwords that work.
const PEOPLE: usize = 20;

#[test]
fn a_storm_of_sign_ins_is_answered_and_hurts_nobody_else() {
    // What hashes cost by default, so that the queue fills.
    let place = Installation::on_sqlite()
        .with("DANGO_AUTH__HASHING__MEMORY_KIB", "47104")
        .with("DANGO_AUTH__HASHING__ITERATIONS", "1")
        .ready();
    let server = place.server(0);
    let token = server.token(ADMIN, PASSWORD);
    for number in 0..PEOPLE {
        let _ = make(&server.bearer(&token), &format!("ann{number}"), "viewer");
    }
    let mut tally = Tally::new("simultaneous sign-ins", place.backend());
    let over = AtomicBool::new(false);
    let started = Instant::now();
    let (answers, (asked, slowest)) = std::thread::scope(|scope| {
        let others = scope.spawn(|| others(&server, &token, &over));
        let answers = storm(&server, rounds(300, 2_000));
        over.store(true, SeqCst);
        (answers, others.join().unwrap())
    });
    let took = started.elapsed();
    let mut statuses = BTreeMap::new();
    for answer in answers {
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        *statuses.entry(status).or_insert(0_usize) += 1;
        tally.count(is_right(answer.as_ref()), || format!("{answer:?}"));
    }
    let memory = Vitals::of(&server.process()).peak_memory();
    assert!(memory < MEMORY, "{memory} MiB");
    assert!(
        statuses.contains_key(&200) && statuses.contains_key(&503),
        "{statuses:?}"
    );
    assert!(slowest < PATIENCE, "somebody waited for {slowest:?}");
    tally.note(&format!(
        "{statuses:?} in {took:.1?}, peak {memory} MiB, {asked} others answered, the slowest in {slowest:.1?}"
    ));
    tally.finish();
}

/// Signs in all at once: with the right password, a wrong one, or a name that nobody has.
fn storm(server: &Server, count: usize) -> Vec<Option<Answer>> {
    let attempt = |number: usize| {
        let (name, password) = match number % 3 {
            0 => (format!("ann{}", number / 3 % PEOPLE), PASSWORD),
            1 => (format!("ann{}", number / 3 % PEOPLE), "wrong password"),
            _ => (format!("nobody{number}"), PASSWORD),
        };
        let body = json!({"username": name, "password": password});
        ask(
            server.url(),
            &request("POST", "/api/v1/auth/login", None, &body),
        )
    };
    let attempt = &attempt;
    let jobs = (0..count).map(|number| Box::new(move || attempt(number)) as Job<'_, _>);
    together(jobs.collect())
}

fn is_right(answer: Option<&Answer>) -> bool {
    let Some(answer) = answer else { return false };
    match answer.status {
        200 => answer.json()["token"].is_string(),
        401 => true,
        423 | 429 | 503 => answer.has("retry-after"),
        _ => false,
    }
}

/// Asks what does not need a hash until it is over; answers how often, and the longest wait.
fn others(server: &Server, token: &str, over: &AtomicBool) -> (usize, Duration) {
    let (mut asked, mut slowest) = (0, Duration::ZERO);
    while !over.load(SeqCst) {
        for path in ["/healthz", "/api/auth/me"] {
            let started = Instant::now();
            let answer = ask(
                server.url(),
                &request("GET", path, Some(token), &Value::Null),
            );
            let answer = answer.unwrap_or_else(|| panic!("no answer from {path}"));
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            slowest = slowest.max(started.elapsed());
            asked += 1;
        }
    }
    (asked, slowest)
}
