//! One request under one `Idempotency-Key`, or one form of a page, sent to three servers at the same moment.

use dango_testkit::http::{Client as _, Request, WithCookies};
use serde_json::json;

use crate::campaign::{Tally, together, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};

on_both_databases![
    a_request_with_a_key_of_its_own_is_done_once_and_answered_everywhere,
    a_form_that_reaches_every_server_makes_one_key_and_shows_it_everywhere,
];

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

fn a_form_that_reaches_every_server_makes_one_key_and_shows_it_everywhere(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let browser = servers[0].browser(ADMIN, PASSWORD);
    let session = browser.cookie("dango_session").unwrap();
    let mut tally = Tally::new("a form sent twice", place.backend());
    let mut clicks = 0;
    // An account has a hundred keys at most.
    for round in turns(10, 99) {
        clicks += 1;
        let page = browser.get("/settings/account").expect(200).text();
        let (_, form) = page.split_once("/settings/account/api-keys\"").unwrap();
        let (_, token) = form.split_once("name=\"csrf_token\" value=\"").unwrap();
        let token = token.split('"').next().unwrap();
        let name = format!("form {round}");
        let send = |number: usize| {
            // One browser, whose balancer takes the second click somewhere else.
            let client = WithCookies::new(servers[number].url());
            client.set_cookie("dango_session", &session);
            let form = Request::new("POST", "/settings/account/api-keys")
                .header("Accept", "text/html")
                .header("Sec-Fetch-Site", "same-origin");
            let answer = client.send(form.form(&[("csrf_token", token), ("name", &name)]));
            let text = answer.text();
            let key = text.split("dango_ak_").nth(1).unwrap_or_default();
            (
                answer.status,
                key.split(['"', '<']).next().unwrap().to_owned(),
            )
        };
        let got = together::<(u16, String)>(vec![
            Box::new(|| send(0)),
            Box::new(|| send(1)),
            Box::new(|| send(2)),
        ]);
        let same = got.iter().all(|answer| *answer == got[0]);
        let shown = got[0].0 == 200 && got[0].1.len() > 20;
        tally.count(same && shown, || format!("{got:?}"));
    }
    tally.finish();
    assert_eq!(place.events("api_key_created").len(), clicks, "each once");
}
