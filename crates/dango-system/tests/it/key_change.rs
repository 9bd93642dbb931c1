//! `dango auth rotate-key` beside running servers, and killed at any moment.

use std::process::Command;
use std::time::Duration;

use dango_testkit::http::Client as _;
use serde_json::{Value, json};

use crate::campaign::{Tally, rounds};
use crate::installation::{ADMIN, Installation, PASSWORD, Run, on_both_databases};

on_both_databases! {
    servers_go_on_while_the_key_is_replaced,
    a_kill_at_any_moment_leaves_everything_readable_and_the_next_run_finishes,
}

/// A key nobody used before, as text.
fn fresh_key(number: usize) -> String {
    format!("{:064x}", 0xfeed_0000 + number)
}

/// The key commands and servers get instead of the file, where the installation works with a variable.
struct Keys {
    old: String,
    new: String,
}

impl Keys {
    fn set(&self, place: &Installation, command: &mut Command) {
        if place.backend() == "PostgreSQL" {
            command.env("DANGO_SECRET_KEY", format!("{},{}", self.new, self.old));
        }
    }
}

fn first(number: usize) -> Keys {
    Keys {
        old: "6a7ec0de".repeat(8),
        new: fresh_key(number),
    }
}

fn rotate(place: &Installation, keys: &Keys) -> Run {
    let mut command = place.command(&["auth", "rotate-key", "--json"]);
    keys.set(place, &mut command);
    Run::of(&mut command)
}

fn document(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{run:?}");
    serde_json::from_str(&run.out).unwrap()
}

fn servers_go_on_while_the_key_is_replaced(place: Installation) {
    let place = place.ready();
    let keys = first(0);
    let mut command = place.server_command(0);
    keys.set(&place, &mut command);
    let server = crate::server::Server::start(&mut command);
    let admin = server.admin();
    let rotated = document(&rotate(&place, &keys));
    assert_eq!(rotated["resumed"], false);
    assert_ne!(rotated["old_key_id"], rotated["key_id"]);
    assert_eq!(rotated["sealed"], 1, "the password of the one user");
    let made = admin.post(
        "/api/v1/users",
        &json!({"username": "late", "password": PASSWORD, "role": "viewer"}),
    );
    let _ = made.expect(201);
    server.token(ADMIN, PASSWORD);
    server.token("late", PASSWORD);
    if place.backend() == "SQLite" {
        let text = std::fs::read_to_string(place.file("secret.key")).unwrap();
        assert_eq!(text.lines().count(), 1, "only the new key is left");
        let old = std::fs::read_to_string(rotated["old_key_file"].as_str().unwrap()).unwrap();
        assert_ne!(old, text);
        assert_eq!(place.json(&["auth", "audit", "--verify"])["intact"], true);
        assert_eq!(place.events("key_rotated").len(), 1);
    } else {
        assert_eq!(rotated["old_key_file"], Value::Null);
        let again = rotate(&place, &keys);
        assert_eq!(again.code, 5, "there is no other new key: {again:?}");
        // Whoever still has the old key alone is refused, and told.
        let stale = place.run(&["auth", "list-users"]);
        assert_eq!(stale.code, 8, "{stale:?}");
        assert!(stale.err.contains("the one that replaced it"), "{stale:?}");
    }
}

fn a_kill_at_any_moment_leaves_everything_readable_and_the_next_run_finishes(place: Installation) {
    let place = place.ready();
    for number in 0..20 {
        place.ok(&[
            "auth",
            "add-user",
            &format!("p{number}@example.org"),
            "--password",
        ]);
    }
    let mut tally = Tally::new("rotate-key killed", place.backend());
    let mut keys = first(1);
    for round in 0..rounds(12, 150) {
        let mut command = place.command(&["auth", "rotate-key"]);
        keys.set(&place, &mut command);
        let mut killed = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round as u64 * 5 % 60));
        killed.kill().unwrap();
        killed.wait().unwrap();
        let mut command = place.server_command(0);
        keys.set(&place, &mut command);
        let server = crate::server::Server::start(&mut command);
        let entry = server.try_sign_in(ADMIN, PASSWORD);
        server.stop();
        let finished = rotate(&place, &keys);
        let mut command = place.command(&["auth", "audit", "--verify"]);
        keys.set(&place, &mut command);
        let chain = Run::of(&mut command);
        let all_used = finished.code == 5 && finished.err.contains("DANGO_SECRET_KEY");
        let is_right = entry.status == 200 && (finished.code == 0 || all_used) && chain.code == 0;
        tally.count(is_right, || {
            format!("round {round}: {finished:?} {chain:?}")
        });
        keys = Keys {
            old: keys.new,
            new: fresh_key(round + 100),
        };
    }
    tally.finish();
}
