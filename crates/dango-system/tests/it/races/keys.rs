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
    let servers = place.servers(2);
    let admin = servers[0].admin();
    let id = make(&admin, "ann", "editor");
    let path = format!("/api/admin/users/{id}/role");
    let token = servers[1].token("ann", PASSWORD);
    let mut tally = Tally::new("key creation against demotion", place.backend());
    for round in turns(15, 1_000) {
        let _ = admin.put(&path, &json!({"role": "editor"})).expect(200);
        let body = json!({"name": format!("key {round}"), "role": "editor"});
        let got = together::<Response>(vec![
            Box::new(|| servers[1].bearer(&token).post("/api/auth/api-keys", &body)),
            Box::new(|| admin.put(&path, &json!({"role": "viewer"}))),
        ]);
        assert_eq!(got[1].status, 200, "{}", got[1].text());
        assert!(got[0].status < 500, "{}", got[0].text());
        let made = got[0].status == 200;
        let excess: Vec<_> = (servers.iter().filter(|_| made))
            .map(|server| {
                verify(
                    &server.bearer(got[0].json()["key"].as_str().unwrap()),
                    "query.execute",
                )
                .status
            })
            .filter(|status| *status != 403)
            .collect();
        tally.count(excess.is_empty(), || format!("{excess:?}"));
    }
    tally.finish();
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
                let _ = admin
                    .send(Request::new("POST", &path).same_origin())
                    .expect(200);
            }),
        ]);
        ended.push(token);
        // The last instants of use are written later; none of them may bring a session back.
        let alive = |server: &Server, token: &String| {
            server.bearer(token).get("/api/auth/me").status != 401
        };
        let back = servers
            .iter()
            .any(|server| ended.iter().rev().take(5).any(|token| alive(server, token)));
        tally.count(!back, || format!("a session came back by round {round}"));
    }
    tally.finish();
}
