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
            let ways = if writer == 0 {
                &WITH_PASSWORD
            } else {
                &WITH_INVITE
            };
            scope.spawn(move || write(url, token, &prefix, ways, acknowledged))
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

/// How one of them makes people and changes their role: method, path and body.
struct Ways {
    create: fn(&str) -> (&'static str, Value),
    promote: fn(&str) -> (&'static str, String, Value),
}

/// With a password, which costs the work of a hash.
const WITH_PASSWORD: Ways = Ways {
    create: |name| {
        let body = json!({"username": name, "password": PASSWORD, "role": "viewer"});
        ("/api/v1/users", body)
    },
    promote: |id| {
        let body = json!({"role": "editor"});
        ("PATCH", format!("/api/v1/users/{id}"), body)
    },
};

/// With an invite, so that most of the time is the database's.
const WITH_INVITE: Ways = Ways {
    create: |name| ("/api/admin/users", json!({"email": name, "role": "viewer"})),
    promote: |id| {
        let body = json!({"role": "editor"});
        ("PUT", format!("/api/admin/users/{id}/role"), body)
    },
};

fn write(url: &str, token: &str, prefix: &str, ways: &Ways, acknowledged: &AtomicUsize) -> Ledger {
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
        let (path, body) = (ways.create)(&name);
        let Some(made) = change("POST", path, &body, &mut ledger.odd) else {
            break;
        };
        ledger.made.insert(name.clone());
        // A kill may cut the body of an answer that was acknowledged.
        let Some(id) = id_of(&made) else { break };
        let (method, path, body) = (ways.promote)(&id);
        if change(method, &path, &body, &mut ledger.odd).is_none() {
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
