//! Many checks across three servers while somebody's role and sessions change all the time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use dango_testkit::http::{Client as _, Request};
use serde_json::json;

use crate::campaign::{Tally, clock, rounds};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
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
    /// How many are enough; fewer once time is over.
    total: AtomicUsize,
    /// The session of the last sign-in.
    token: Mutex<String>,
}

impl Changes {
    fn is_enough(&self) -> bool {
        self.checks.load(SeqCst) >= self.total.load(SeqCst)
    }
}

/// The right answer after each of the four changes that follow one another.
fn status_after(change: usize) -> u16 {
    [204, 403, 204, 401][change % 4]
}

/// Those who change: servers, the command line, and Ann herself by signing in.
struct Hands<'a> {
    place: &'a Installation,
    servers: &'a [Server],
    admin: &'a str,
    id: &'a str,
}

pub(super) fn no_answer_is_older_than_an_acknowledged_change(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].token(ADMIN, PASSWORD);
    let id = make(&servers[0].bearer(&admin), ANN, "editor");
    let changes = Changes {
        total: AtomicUsize::new(rounds(2_000, 100_000)),
        token: Mutex::new(servers[0].token(ANN, PASSWORD)),
        ..Changes::default()
    };
    let hands = Hands {
        place: &place,
        servers: &servers,
        admin: &admin,
        id: &id,
    };
    let name = "checks while role and sessions change";
    let mut tally = Tally::new(name, place.backend());
    std::thread::scope(|scope| {
        let (changes, servers) = (&changes, &servers);
        let ask = |number| scope.spawn(move || read(&servers[number % 3], changes));
        let readers: Vec<_> = (0..READERS).map(ask).collect();
        change_all_the_time(&hands, changes);
        for reader in readers {
            let (certain, stale) = reader.join().unwrap();
            tally.add(certain, stale);
        }
    });
    let count = changes.begun.load(SeqCst);
    assert!(count > 10, "hardly anything changed");
    tally.note(&format!("{count} changes"));
    tally.finish();
}

/// Asks until enough was asked; answers how often the right answer was certain, and each wrong one.
fn read(server: &Server, changes: &Changes) -> (usize, Vec<String>) {
    let (mut certain, mut stale) = (0, Vec::new());
    while !changes.is_enough() {
        let acknowledged = changes.acknowledged.load(SeqCst);
        let token = changes.token.lock().unwrap().clone();
        let status = verify(&server.bearer(&token), "query.execute").status;
        // While a change is on its way either answer is right.
        if changes.begun.load(SeqCst) != acknowledged {
            assert!([204, 401, 403].contains(&status), "{status}");
            continue;
        }
        certain += 1;
        changes.checks.fetch_add(1, SeqCst);
        if status != status_after(acknowledged) {
            stale.push(format!("{status} after change {acknowledged}"));
        }
    }
    (certain, stale)
}

/// Changes through every door in turn, each time after some checks.
fn change_all_the_time(hands: &Hands<'_>, changes: &Changes) {
    let in_time = clock();
    let between = rounds(2, 10) * READERS;
    for change in 1.. {
        let checks = changes.checks.load(SeqCst);
        changes.begun.store(change, SeqCst);
        hands.change(change, &changes.token);
        changes.acknowledged.store(change, SeqCst);
        if !in_time() {
            changes.total.store(0, SeqCst);
        }
        while changes.checks.load(SeqCst) < checks + between && !changes.is_enough() {
            std::thread::sleep(Duration::from_micros(300));
        }
        if changes.is_enough() {
            return;
        }
    }
}

impl Hands<'_> {
    /// Signing in anew, viewer, editor, and the end of all sessions.
    fn change(&self, change: usize, token: &Mutex<String>) {
        let by_command = change / 4 % 4 == 3;
        match change % 4 {
            0 => *token.lock().unwrap() = self.servers[change / 4 % 3].token(ANN, PASSWORD),
            1 => self.set_role("viewer", change, by_command),
            2 => self.set_role("editor", change, by_command),
            _ => self.end_sessions(change, by_command),
        }
    }

    fn set_role(&self, role: &str, change: usize, by_command: bool) {
        if by_command {
            self.place.ok(&["auth", "change-role", ANN, role, "--yes"]);
        } else {
            let path = format!("/api/admin/users/{}/role", self.id);
            let client = self.servers[change % 3].bearer(self.admin);
            let _ = client.put(&path, &json!({"role": role})).expect(200);
        }
    }

    fn end_sessions(&self, change: usize, by_command: bool) {
        if by_command {
            self.place.ok(&["auth", "sessions", "revoke", ANN, "--yes"]);
        } else {
            let path = format!("/api/admin/users/{}/revoke-sessions", self.id);
            let client = self.servers[change % 3].bearer(self.admin);
            let request = Request::new("POST", &path).same_origin();
            let _ = client.send(request).expect(200);
        }
    }
}
