//! Many checks across three servers while a role changes all the time.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use dango_testkit::http::Client as _;
use serde_json::json;

use crate::campaign::{Tally, rounds};
use crate::installation::{Installation, PASSWORD, on_both_databases};
use crate::people::{make, verify};
use crate::server::Server;

const ANN: &str = "ann@example.org";
/// Threads that ask.
const READERS: usize = 6;

on_both_databases![no_answer_is_older_than_an_acknowledged_change];

/// The number of the change that has begun last, and of the one acknowledged last.
#[derive(Default)]
struct Changes {
    begun: AtomicUsize,
    acknowledged: AtomicUsize,
    checks: AtomicUsize,
}

/// Even changes make an editor, odd ones a viewer.
fn role_after(change: usize) -> (&'static str, u16) {
    [("editor", 204), ("viewer", 403)][change % 2]
}

fn no_answer_is_older_than_an_acknowledged_change(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].token(crate::installation::ADMIN, PASSWORD);
    let id = make(&servers[0].bearer(&admin), ANN, "editor");
    let token = servers[0].token(ANN, PASSWORD);
    let (changes, total) = (Changes::default(), rounds(2_000, 100_000));
    let mut tally = Tally::new("checks while a role changes", place.backend());
    std::thread::scope(|scope| {
        let (changes, token, servers) = (&changes, &token, &servers);
        let ask = |number| scope.spawn(move || read(&servers[number % 3], token, changes, total));
        let readers: Vec<_> = (0..READERS).map(ask).collect();
        write(&place, servers, &admin, &id, changes, total);
        for reader in readers {
            let (certain, stale) = reader.join().unwrap();
            tally.add(certain, stale);
        }
    });
    assert!(changes.begun.load(SeqCst) > 10, "the role hardly changed");
    tally.finish();
}

/// Asks until enough was asked; answers how often the right answer was certain, and each wrong one.
fn read(server: &Server, token: &str, changes: &Changes, total: usize) -> (usize, Vec<String>) {
    let client = server.bearer(token);
    let (mut certain, mut stale) = (0, Vec::new());
    while changes.checks.load(SeqCst) < total {
        let acknowledged = changes.acknowledged.load(SeqCst);
        let status = verify(&client, "query.execute").status;
        // While a change is on its way either answer is right.
        if changes.begun.load(SeqCst) != acknowledged {
            assert!([204, 403].contains(&status), "{status}");
            continue;
        }
        certain += 1;
        changes.checks.fetch_add(1, SeqCst);
        if status != role_after(acknowledged).1 {
            stale.push(format!("{status} after change {acknowledged}"));
        }
    }
    (certain, stale)
}

/// Changes the role through every door in turn, each time after some checks.
fn write(
    place: &Installation,
    servers: &[Server],
    admin: &str,
    id: &str,
    changes: &Changes,
    total: usize,
) {
    for change in 1.. {
        let role = role_after(change).0;
        let checks = changes.checks.load(SeqCst);
        changes.begun.store(change, SeqCst);
        if change % 8 == 0 {
            place.ok(&["auth", "change-role", ANN, role, "--yes"]);
        } else {
            let client = servers[change % 3].bearer(admin);
            let path = format!("/api/admin/users/{id}/role");
            let _ = client.put(&path, &json!({"role": role})).expect(200);
        }
        changes.acknowledged.store(change, SeqCst);
        while changes.checks.load(SeqCst) < (checks + 2 * READERS).min(total) {
            std::thread::yield_now();
        }
        if changes.checks.load(SeqCst) >= total {
            return;
        }
    }
}
