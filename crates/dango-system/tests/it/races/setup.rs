//! Two servers start in the same empty place, and two people make themselves the first administrator.

use dango_testkit::http::{Client as _, Response};
use serde_json::json;

use crate::campaign::{Tally, together, turns};
use crate::installation::{Installation, PASSWORD};
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
    for _ in turns(4, 1_000) {
        let place = fresh().unwrap();
        let servers = together::<Server>(vec![
            Box::new(|| place.server(0)),
            Box::new(|| place.server(1)),
        ]);
        let set_up = |number: usize| {
            let body = json!({"username": format!("root{number}"), "password": PASSWORD});
            servers[number]
                .anonymous()
                .post("/api/v1/auth/setup", &body)
        };
        let mut answers =
            together::<Response>(vec![Box::new(|| set_up(0)), Box::new(|| set_up(1))]);
        answers.sort_unstable_by_key(|answer| answer.status);
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        let admins = place.usable_admins();
        let right = statuses == [200, 403] && answers[1].code() == "setup_completed" && admins == 1;
        tally.count(right, || format!("{statuses:?}, {admins} admins"));
    }
    tally.finish();
}
