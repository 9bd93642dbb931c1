//! Limits count once for all servers of a database, whichever server is asked.

use dango_testkit::http::{Client as _, Request, Response};
use serde_json::json;

use crate::campaign::{Job, Tally, together};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::people::make;
use crate::server::Server;

on_both_databases![
    ten_sign_ins_are_admitted_over_all_servers,
    a_lock_holds_on_every_server_and_for_its_source_alone,
];

/// Servers behind a proxy on this machine, which says where a request comes from.
fn behind_proxy(place: Installation) -> Installation {
    // The window is longer than any test takes; only the number counts here.
    place
        .with("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")
        .with("DANGO_AUTH__RATE_LIMIT__LOGIN__WINDOW_SECONDS", "86400")
        .ready()
}

fn sign_in(server: &Server, from: &str, name: &str, password: &str) -> Response {
    let body = json!({"username": name, "password": password});
    let request = Request::new("POST", "/api/v1/auth/login")
        .json(&body)
        .same_origin();
    server
        .anonymous()
        .send(request.header("X-Forwarded-For", from))
}

fn ten_sign_ins_are_admitted_over_all_servers(place: Installation) {
    let place = behind_proxy(place);
    let servers = place.servers(3);
    let attempt = &|number: usize| {
        let name = format!("nobody{number}");
        sign_in(&servers[number % 3], "203.0.113.7", &name, "wrong password")
    };
    let jobs = (0..24).map(|number| Box::new(move || attempt(number)) as Job<'_, Response>);
    let answers = together::<Response>(jobs.collect());
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    let mut tally = Tally::new("24 parallel sign-ins, 10 admitted", place.backend());
    tally.count(refused.len() == 14, || format!("{} refused", refused.len()));
    for answer in refused {
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!(seconds > 0, "{answer:?}");
    }
    for server in &servers {
        assert_eq!(sign_in(server, "203.0.113.7", ADMIN, PASSWORD).status, 429);
        assert_eq!(sign_in(server, "198.51.100.1", ADMIN, PASSWORD).status, 200);
    }
    tally.finish();
}

fn a_lock_holds_on_every_server_and_for_its_source_alone(place: Installation) {
    let place = behind_proxy(place);
    let servers = place.servers(3);
    let admin = servers[0].bearer(
        sign_in(&servers[0], "192.0.2.1", ADMIN, PASSWORD)
            .expect(200)
            .json()["token"]
            .as_str()
            .unwrap(),
    );
    let _ = make(&admin, "ann@example.org", "viewer");
    let by =
        |server: &Server, from, password| sign_in(server, from, "ann@example.org", password).status;
    for failure in 0..5 {
        let _ = by(&servers[failure % 3], "203.0.113.9", "wrong password");
    }
    for server in &servers {
        assert_eq!(by(server, "203.0.113.9", PASSWORD), 429);
    }
    assert_eq!(
        by(&servers[2], "198.51.100.2", PASSWORD),
        200,
        "the owner is elsewhere"
    );
    assert_eq!(place.events("account_locked").len(), 1);
    place.ok(&["auth", "unlock", "ann@example.org"]);
    assert_eq!(by(&servers[1], "203.0.113.9", PASSWORD), 200);
}
