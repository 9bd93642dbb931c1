//! People who make changes until the server is gone.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::ScopedJoinHandle;

use serde_json::{Value, json};

use super::ledger::Ledger;
use crate::installation::PASSWORD;
use crate::wire::{Answer, ask, request};

/// Threads that write.
const WRITERS: usize = 4;
/// Changes one of them makes at most.
const MOST: usize = 100;

/// Lets people write as an administrator while `disturb` does its worst once `enough` were acknowledged;
/// they stop at the first answer that does not come or is 503.
pub(super) fn write_until(
    url: &str,
    token: &str,
    prefix: &str,
    enough: usize,
    disturb: impl FnOnce(),
) -> Ledger {
    let acknowledged = &AtomicUsize::new(0);
    let mut ledger = Ledger::default();
    std::thread::scope(|scope| {
        let write = |writer| {
            let prefix = format!("{prefix}w{writer}");
            scope.spawn(move || write(url, token, &prefix, acknowledged))
        };
        let writing: Vec<_> = (0..WRITERS).map(write).collect();
        while acknowledged.load(SeqCst) < enough
            && !writing.iter().all(ScopedJoinHandle::is_finished)
        {
            std::thread::yield_now();
        }
        disturb();
        for writer in writing {
            ledger.add(writer.join().unwrap());
        }
    });
    ledger
}

fn write(url: &str, token: &str, prefix: &str, acknowledged: &AtomicUsize) -> Ledger {
    let mut ledger = Ledger::default();
    let change = |method: &str, path: &str, body: &Value, odd: &mut Vec<String>| {
        let answer = ask(url, &request(method, path, Some(token), body))?;
        if [200, 201].contains(&answer.status) {
            acknowledged.fetch_add(1, SeqCst);
            return Some(answer);
        }
        if answer.status != 503 || !answer.has("retry-after") {
            odd.push(format!("{answer:?}"));
        }
        None
    };
    for number in 0..MOST {
        let name = format!("{prefix}n{number}@example.org");
        let body = json!({"username": name, "password": PASSWORD, "role": "viewer"});
        let Some(made) = change("POST", "/api/v1/users", &body, &mut ledger.odd) else {
            break;
        };
        ledger.made.insert(name.clone());
        // A kill may cut the body of an answer that was acknowledged.
        let Some(id) = id_of(&made) else { break };
        let path = format!("/api/v1/users/{id}");
        let body = json!({"role": "editor"});
        if change("PATCH", &path, &body, &mut ledger.odd).is_none() {
            break;
        }
        ledger.moved.insert(name);
    }
    ledger
}

fn id_of(made: &Answer) -> Option<String> {
    let made: Value = serde_json::from_str(&made.body).ok()?;
    Some(made["user"]["id"].as_str()?.to_owned())
}
