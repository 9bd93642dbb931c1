//! Connections on which nobody says anything.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Vitals;
use crate::campaign::{Tally, rounds};
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::wire::{ask, connect, request};

/// How long the server may keep them: five seconds for a first byte, and a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Memory that a server may hold at most, in MiB.
const MEMORY: usize = 400;

#[test]
fn thousands_of_idle_connections_are_let_go_and_others_are_served_meanwhile() {
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    let token = server.token(ADMIN, PASSWORD);
    let vitals = Vitals::of(&server.process());
    let before = vitals.sockets();
    let count = rounds(500, 10_000);
    let mut tally = Tally::new("idle connections", place.backend());
    let idle: Vec<TcpStream> = (0..count).map(|_| connect(server.url()).unwrap()).collect();
    let (started, mut most, mut asked) = (Instant::now(), 0, 0);
    loop {
        let open = vitals.sockets();
        most = most.max(open);
        for path in ["/healthz", "/api/auth/me"] {
            let answer = ask(
                server.url(),
                &request("GET", path, Some(&token), &Value::Null),
            );
            assert_eq!(answer.unwrap().status, 200, "{path}");
            asked += 1;
        }
        // Some of what is open now belongs to the questions just asked.
        if open <= before + 8 {
            break;
        }
        assert!(
            started.elapsed() < PATIENCE,
            "{open} sockets are still open"
        );
    }
    let (took, memory) = (started.elapsed(), vitals.peak_memory());
    // A slow machine opens them more slowly than the server lets them go.
    assert!(most > 250, "only {most} were open at a time");
    assert!(memory < MEMORY, "{memory} MiB");
    tally.add(idle.len(), Vec::new());
    tally.note(&format!(
        "{most} open at a time, let go after {took:.1?}, peak {memory} MiB, {asked} others served"
    ));
    tally.finish();
}
