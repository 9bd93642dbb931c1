//! One request under one `Idempotency-Key`, sent to three servers at the same moment.

use dango_testkit::http::{Client as _, Request};
use serde_json::json;

use crate::campaign::{Tally, together, turns};
use crate::installation::{ADMIN, Installation, on_both_databases};

on_both_databases![a_request_with_a_key_of_its_own_is_done_once_and_answered_everywhere];

fn a_request_with_a_key_of_its_own_is_done_once_and_answered_everywhere(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    // Keys of requests belong to the credential, so all servers see the same one.
    let made = place.json(&["auth", "key", "create", ADMIN, "--name", "races"]);
    let key = made["key"].as_str().unwrap();
    let mut tally = Tally::new("a repeated request done twice", place.backend());
    let mut asked = 0;
    for round in turns(10, 1_000) {
        asked += 1;
        let body = json!({"email": format!("twin{round}@example.org"), "generate_password": true});
        let name = format!("request {round}");
        let ask = |number: usize| {
            let request = Request::new("POST", "/api/admin/users").json(&body);
            let answer = servers[number]
                .bearer(key)
                .send(request.header("Idempotency-Key", &name));
            (answer.status, answer.text())
        };
        let got = together::<(u16, String)>(vec![
            Box::new(|| ask(0)),
            Box::new(|| ask(1)),
            Box::new(|| ask(2)),
        ]);
        let same = got.iter().all(|answer| *answer == got[0]) && got[0].0 == 201;
        tally.count(same, || format!("{got:?}"));
    }
    tally.finish();
    let made = place.events("user_created").len();
    assert_eq!(made, asked, "each once");
}
