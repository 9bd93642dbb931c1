//! What the command line changes while servers run.

use dango_testkit::http::Client as _;
use serde_json::json;

use crate::campaign::{Tally, turns};
use crate::installation::{Installation, PASSWORD, on_both_databases};
use crate::people::{make, verify};
use crate::server::Server;

const ANN: &str = "ann@example.org";
/// How many servers have to notice.
const SERVERS: usize = 3;

on_both_databases![
    a_changed_role_counts_at_the_next_request,
    deactivation_ends_everything_and_reactivation_revives_nothing,
    a_revoked_key_is_refused_at_the_next_request,
    a_reset_password_ends_the_sessions,
    an_unlocked_account_can_sign_in_at_once,
];

/// Three servers and somebody with a role.
fn with_ann(place: &Installation, role: &str) -> Vec<Server> {
    let servers = place.servers(SERVERS);
    let _ = make(&servers[0].admin(), ANN, role);
    servers
}

/// What each server answers to the same question.
fn answers(servers: &[Server], token: &str, permission: &str) -> Vec<u16> {
    let ask = |server: &Server| verify(&server.bearer(token), permission).status;
    servers.iter().map(ask).collect()
}

fn a_changed_role_counts_at_the_next_request(place: Installation) {
    let place = place.ready();
    let servers = with_ann(&place, "editor");
    let token = servers[1].token(ANN, PASSWORD);
    let mut tally = Tally::new("change-role at the next request", place.backend());
    for round in turns(10, 100) {
        let (role, status) = [("viewer", 403), ("editor", 204)][round % 2];
        place.ok(&["auth", "change-role", ANN, role, "--yes"]);
        let got = answers(&servers, &token, "query.execute");
        tally.count(got == [status; SERVERS], || format!("{role}: {got:?}"));
    }
    tally.finish();
}

fn deactivation_ends_everything_and_reactivation_revives_nothing(place: Installation) {
    let place = place.ready();
    let servers = with_ann(&place, "viewer");
    let key = place.json(&["auth", "key", "create", ANN, "--name", "nightly"]);
    let key = key["key"].as_str().unwrap();
    let mut tally = Tally::new("deactivate- and reactivate-user", place.backend());
    for round in turns(10, 100) {
        let token = servers[round % SERVERS].token(ANN, PASSWORD);
        let ask = |token: &str| answers(&servers, token, "dashboard.view");
        let before = [ask(&token), ask(key)];
        place.ok(&["auth", "deactivate-user", ANN, "--yes"]);
        let inactive = [ask(&token), ask(key)];
        place.ok(&["auth", "reactivate-user", ANN, "--yes"]);
        let after = ask(&token);
        let right = before == [[204; SERVERS], [204; SERVERS]]
            && inactive == [[401; SERVERS], [401; SERVERS]];
        tally.count(right && after == [401; SERVERS], || {
            format!("{before:?} {inactive:?} {after:?}")
        });
    }
    tally.finish();
}

fn a_revoked_key_is_refused_at_the_next_request(place: Installation) {
    let place = place.ready();
    let servers = with_ann(&place, "viewer");
    let mut tally = Tally::new("key revoke at the next request", place.backend());
    for round in turns(10, 100) {
        let name = format!("key {round}");
        let made = place.json(&["auth", "key", "create", ANN, "--name", &name]);
        let key = made["key"].as_str().unwrap();
        let before = answers(&servers, key, "dashboard.view");
        let listed = place.json(&["auth", "key", "list", ANN]);
        let listed = listed.as_array().unwrap();
        let row = listed.iter().find(|row| row["name"] == name).unwrap();
        let id = row["id"].as_str().unwrap();
        place.ok(&["auth", "key", "revoke", id, "--yes"]);
        let after = answers(&servers, key, "dashboard.view");
        tally.count(before == [204; SERVERS] && after == [401; SERVERS], || {
            format!("{before:?} {after:?}")
        });
    }
    tally.finish();
}

fn a_reset_password_ends_the_sessions(place: Installation) {
    let place = place.ready();
    let servers = with_ann(&place, "viewer");
    let mut password = PASSWORD.to_owned();
    let mut tally = Tally::new("reset-password at the next request", place.backend());
    for round in turns(10, 100) {
        let token = servers[round % SERVERS].token(ANN, &password);
        let reset = place.json(&["auth", "reset-password", ANN, "--yes"]);
        let old = answers(&servers, &token, "dashboard.view");
        let refused = servers[0].try_sign_in(ANN, &password).status;
        // A failure a round would put the account on its guard in a long campaign.
        place.ok(&["auth", "unlock", ANN]);
        let temporary = reset["temp_password"].as_str().unwrap().to_owned();
        let token = servers[1].token(ANN, &temporary);
        let obliged = answers(&servers, &token, "dashboard.view");
        password = format!("correct horse battery {round}");
        let body = json!({"currentPassword": temporary, "newPassword": password});
        let client = servers[0].bearer(&token);
        let _ = client
            .post("/api/v1/auth/change-password", &body)
            .expect(200);
        let right = old == [401; SERVERS] && refused == 401 && obliged == [403; SERVERS];
        tally.count(right, || format!("{old:?} {refused} {obliged:?}"));
    }
    tally.finish();
}

fn an_unlocked_account_can_sign_in_at_once(place: Installation) {
    let place = place.ready();
    let servers = with_ann(&place, "viewer");
    let mut tally = Tally::new("unlock at the next request", place.backend());
    for round in turns(10, 100) {
        for failure in 0..5 {
            let _ = servers[failure % SERVERS].try_sign_in(ANN, "wrong password");
        }
        let sign_in = |server: &Server| server.try_sign_in(ANN, PASSWORD).status;
        let locked: Vec<_> = servers.iter().map(sign_in).collect();
        place.ok(&["auth", "unlock", ANN]);
        let free = sign_in(&servers[round % SERVERS]);
        tally.count(locked == [429; SERVERS] && free == 200, || {
            format!("{locked:?} {free}")
        });
    }
    tally.finish();
}
