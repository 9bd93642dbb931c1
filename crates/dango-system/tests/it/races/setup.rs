//! Three servers start in the same empty place; three people and a command make the first administrator.

use dango_testkit::http::{Client as _, Response};
use serde_json::{Value, json};

use crate::campaign::{Tally, together, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, Run};
use crate::server::Server;

#[test]
fn there_is_one_first_administrator_on_sqlite() {
    campaign("SQLite", || Some(Installation::on_sqlite()));
}

#[test]
fn there_is_one_first_administrator_on_postgres() {
    if Installation::on_postgres().is_some() {
        campaign("PostgreSQL", Installation::on_postgres);
    }
}

fn campaign(backend: &'static str, fresh: fn() -> Option<Installation>) {
    let mut tally = Tally::new("first start and first admin", backend);
    for round in turns(4, 1_000) {
        let place = fresh().unwrap();
        let start = |number: usize| place.server(number);
        let servers = together::<Server>(vec![
            Box::new(|| start(0)),
            Box::new(|| start(1)),
            Box::new(|| start(2)),
        ]);
        let (won, wrong) = race(&place, &servers, round % 2 == 0);
        let users = place.json(&["auth", "list-users", "--role", "admin"]);
        let name = |user: &Value| user["username"].as_str().unwrap().to_owned();
        let users: Vec<_> = users.as_array().unwrap().iter().map(name).collect();
        // A project that was set up is shown by the command, so its success alone says nothing.
        let by_command = users == [ADMIN];
        let right = wrong.is_empty() && users.len() == 1 && (by_command || won == users);
        let right = right && (!by_command || won.is_empty());
        tally.count(right, || format!("{won:?} won, {users:?}: {wrong:?}"));
    }
    tally.finish();
}

/// Everybody at once; answers who was told to have won, and what should not have been said.
fn race(place: &Installation, servers: &[Server], by_command: bool) -> (Vec<String>, Vec<String>) {
    let set_up = |number: usize| {
        let body = json!({"username": format!("root{number}"), "password": PASSWORD});
        let client = servers[number].anonymous();
        Some(client.post("/api/v1/auth/setup", &body))
    };
    let init = || {
        if by_command {
            let mut init = place.command(&["init", "--skip-wizard"]);
            let run = Run::of(init.env("DANGO_ADMIN_PASSWORD", PASSWORD));
            assert!([0, 4].contains(&run.code), "{run:?}");
        }
        None
    };
    let answers = together::<Option<Response>>(vec![
        Box::new(|| set_up(0)),
        Box::new(|| set_up(1)),
        Box::new(|| set_up(2)),
        Box::new(init),
    ]);
    let (mut won, mut wrong) = (Vec::new(), Vec::new());
    for (number, answer) in answers.into_iter().flatten().enumerate() {
        match answer.status {
            200 => won.push(format!("root{number}")),
            403 if answer.code() == "setup_completed" => {}
            _ => wrong.push(answer.text()),
        }
    }
    (won, wrong)
}
