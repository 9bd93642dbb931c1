//! Keys made while rights go, and sessions used while they end.

use dango_testkit::http::{Client as _, Request, Response};
use serde_json::json;

use crate::campaign::{Tally, together, turns};
use crate::installation::{Installation, PASSWORD, on_both_databases};
use crate::people::{make, verify};
use crate::server::Server;

on_both_databases![
    a_key_made_during_a_demotion_has_no_more_rights_than_its_owner,
    a_session_used_during_its_end_stays_ended,
];

fn a_key_made_during_a_demotion_has_no_more_rights_than_its_owner(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].admin();
    let id = make(&admin, "ann", "editor");
    let path = format!("/api/admin/users/{id}/role");
    let demote = |by_command: bool| {
        if by_command {
            place.ok(&["auth", "change-role", "ann", "viewer", "--yes"]);
        } else {
            let _ = admin.put(&path, &json!({"role": "viewer"})).expect(200);
        }
    };
    let token = servers[1].token("ann", PASSWORD);
    let mut tally = Tally::new("key creation against demotion", place.backend());
    for round in turns(15, 1_000) {
        let _ = admin.put(&path, &json!({"role": "editor"})).expect(200);
        let body = json!({"name": format!("key {round}"), "role": "editor"});
        let got = together::<Option<Response>>(vec![
            Box::new(|| Some(servers[1].bearer(&token).post("/api/auth/api-keys", &body))),
            Box::new(|| {
                demote(round % 2 == 1);
                None
            }),
        ]);
        let made = got.into_iter().flatten().next().unwrap();
        assert!(made.status < 500, "{}", made.text());
        let excess = excess_rights(&servers, &made);
        tally.count(excess.is_empty(), || format!("{excess:?}"));
    }
    tally.finish();
}

/// What a key that was made, if it was, may do on each server although its owner may not.
fn excess_rights(servers: &[Server], made: &Response) -> Vec<u16> {
    if made.status != 200 {
        return Vec::new();
    }
    let body = made.json();
    let key = body["key"].as_str().unwrap();
    let ask = |server: &Server| verify(&server.bearer(key), "query.execute").status;
    let statuses = servers.iter().map(ask);
    statuses.filter(|status| *status != 403).collect()
}

fn a_session_used_during_its_end_stays_ended(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].admin();
    let id = make(&admin, "ann", "viewer");
    let path = format!("/api/admin/users/{id}/revoke-sessions");
    let mut tally = Tally::new("activity against revocation", place.backend());
    let mut ended = Vec::new();
    for round in turns(15, 1_000) {
        let token = servers[round % 3].token("ann", PASSWORD);
        let use_it = |server: &Server| {
            for _ in 0..5 {
                assert!(
                    [204, 401].contains(&verify(&server.bearer(&token), "dashboard.view").status)
                );
            }
        };
        together::<()>(vec![
            Box::new(|| use_it(&servers[1])),
            Box::new(|| use_it(&servers[2])),
            Box::new(|| {
                if round % 2 == 1 {
                    place.ok(&["auth", "sessions", "revoke", "ann", "--yes"]);
                } else {
                    let request = Request::new("POST", &path).same_origin();
                    let _ = admin.send(request).expect(200);
                }
            }),
        ]);
        ended.push(token);
        // The last instants of use are written later; none of them may bring a session back.
        let look_at = if round % 10 == 9 { 11 } else { 1 };
        let alive = |server: &Server, token: &String| {
            server.bearer(token).get("/api/auth/me").status != 401
        };
        let back = servers.iter().any(|server| {
            ended
                .iter()
                .rev()
                .take(look_at)
                .any(|token| alive(server, token))
        });
        tally.count(!back, || format!("a session came back by round {round}"));
    }
    tally.finish();
}
