//! One invite, three who accept it.

use dango_testkit::http::{Client as _, WithCookies};
use serde_json::json;

use crate::campaign::{Tally, together, turns};
use crate::installation::{Installation, on_both_databases};

on_both_databases![an_invite_is_accepted_once];

/// What each of them would have as a password.
const PASSWORDS: [&str; 3] = [
    "the first who accepts",
    "the second who accepts",
    "the third who accepts",
];

fn an_invite_is_accepted_once(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].admin();
    let mut tally = Tally::new("an invite accepted twice", place.backend());
    for round in turns(15, 1_000) {
        let email = format!("guest{round}@example.org");
        let invited = admin
            .post("/api/admin/users", &json!({"email": email}))
            .expect(201);
        let link = invited.json()["invite_url"].as_str().unwrap().to_owned();
        let token = link.rsplit('/').next().unwrap();
        let passwords = PASSWORDS;
        let accept = |number: usize| {
            let body = json!({"token": token, "password": passwords[number]});
            let client = WithCookies::new(servers[number].url());
            client.post("/api/auth/accept-invite", &body).status
        };
        let mut got = together::<u16>(vec![
            Box::new(|| accept(0)),
            Box::new(|| accept(1)),
            Box::new(|| accept(2)),
        ]);
        let works =
            passwords.map(|password| servers[0].try_sign_in(&email, password).status == 200);
        let agree = got
            .iter()
            .map(|status| *status == 200)
            .eq(works.iter().copied());
        got.sort_unstable();
        tally.count(got == [200, 400, 400] && agree, || {
            format!("{got:?} {works:?}")
        });
    }
    tally.finish();
}
