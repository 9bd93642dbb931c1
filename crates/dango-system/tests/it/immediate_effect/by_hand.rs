//! What somebody changes with SQL while servers run, together with the guard row.

use crate::campaign::{Tally, rounds};
use crate::installation::{Installation, PASSWORD, on_both_databases};
use crate::people::{make, verify};
use crate::server::Server;

const ANN: &str = "ann@example.org";

on_both_databases![what_sql_changes_counts_at_the_next_request];

/// Runs statements in one transaction that moves the epoch, as `docs/adr/0012` asks of hand-written SQL.
fn change(place: &Installation, statement: &str) {
    place.sql(&format!(
        "BEGIN; UPDATE guard SET epoch = epoch + 1; {statement}; COMMIT;"
    ));
}

fn answers(servers: &[Server], token: &str) -> Vec<u16> {
    let ask = |server: &Server| verify(&server.bearer(token), "query.execute").status;
    servers.iter().map(ask).collect()
}

fn what_sql_changes_counts_at_the_next_request(place: Installation) {
    if dango_testkit::skip::unless_installed(dango_testkit::programs::Program::Sqlite3).is_none() {
        return;
    }
    let place = place.ready();
    let servers = place.servers(2);
    let _ = make(&servers[0].admin(), ANN, "editor");
    let own = format!("(SELECT id FROM users WHERE username = '{ANN}')");
    let (off, on) = match place.backend() {
        "SQLite" => ("1", "0"),
        _ => ("true", "false"),
    };
    let mut tally = Tally::new("SQL at the next request", place.backend());
    for round in 0..rounds(3, 50) {
        let token = servers[round % 2].token(ANN, PASSWORD);
        let name = format!("key {round}");
        let made = place.json(&["auth", "key", "create", ANN, "--name", &name]);
        let key = made["key"].as_str().unwrap();
        let mut step = |what: &str, statement: String, token: &str, expected: u16| {
            change(&place, &statement);
            let got = answers(&servers, token);
            tally.count(got == [expected; 2], || format!("{what}: {got:?}"));
        };
        let role = |role: &str| format!("UPDATE users SET role = '{role}' WHERE id = {own}");
        let switch = |value: &str| format!("UPDATE installation SET auth_disabled = {value}");
        step("role", role("viewer"), &token, 403);
        step("role", role("editor"), &token, 204);
        step("role of a key", role("viewer"), key, 403);
        step("role of a key", role("editor"), key, 204);
        step("switched off", switch(off), "nothing", 204);
        step("switched on", switch(on), "nothing", 401);
        let revoke = format!("UPDATE api_keys SET revoked_at = 1 WHERE owner_id = {own}");
        step("revoked", revoke, key, 401);
        let end = "UPDATE sessions SET ended_at = 1, ending = 'revoked'";
        step("ended", format!("{end} WHERE user_id = {own}"), &token, 401);
    }
    tally.finish();
}
