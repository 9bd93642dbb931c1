//! Two administrators go for each other, through every mix of doors.

use dango_testkit::http::{Client as _, WithBearer};
use serde_json::json;

use crate::campaign::{Tally, together, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::people::make;
use crate::server::Server;

on_both_databases![exactly_one_usable_admin_stays];

/// How an administrator is got rid of.
const BLOWS: [&str; 3] = ["demote", "deactivate", "delete"];

struct Person {
    name: String,
    id: String,
    token: String,
}

fn exactly_one_usable_admin_stays(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let token = servers[0].token(ADMIN, PASSWORD);
    let me = servers[0]
        .bearer(&token)
        .get("/api/auth/me")
        .expect(200)
        .json();
    let mut first = Person {
        name: ADMIN.to_owned(),
        id: me["id"].as_str().unwrap().to_owned(),
        token,
    };
    let mut tally = Tally::new("last admin: demote, deactivate, delete", place.backend());
    for round in turns(27, 1_000) {
        let second = rival(&servers, &first, round);
        let (one, other) = (BLOWS[round % 3], BLOWS[round / 3 % 3]);
        let doors = round / 9 % 3;
        let successes = together::<bool>(vec![
            Box::new(|| {
                strike(
                    &place,
                    &servers[0],
                    (doors == 2).then_some(()),
                    &first,
                    &second,
                    one,
                )
            }),
            Box::new(|| {
                strike(
                    &place,
                    &servers[1],
                    (doors > 0).then_some(()),
                    &second,
                    &first,
                    other,
                )
            }),
        ]);
        let won = successes.iter().filter(|success| **success).count();
        let standing: Vec<bool> = [&first, &second]
            .map(|person| stands(&servers[2], person))
            .to_vec();
        let admins = place.usable_admins();
        let right = won == 1 && admins == 1 && standing[0] != standing[1];
        tally.count(right, || {
            format!("{one}/{other} by doors {doors}: {won} won, {admins} admins, {standing:?}")
        });
        if standing[1] {
            first = second;
        }
    }
    tally.finish();
}

/// A fresh administrator beside the one that is left.
fn rival(servers: &[Server], first: &Person, round: usize) -> Person {
    let name = format!("admin{round}@example.org");
    let id = make(&servers[2].bearer(&first.token), &name, "admin");
    let token = servers[1].token(&name, PASSWORD);
    Person { name, id, token }
}

/// Tells whether the blow was struck.
fn strike(
    place: &Installation,
    server: &Server,
    by_command: Option<()>,
    by: &Person,
    target: &Person,
    blow: &str,
) -> bool {
    if by_command.is_some() {
        let words: &[&str] = match blow {
            "demote" => &["auth", "change-role", &target.name, "viewer", "--yes"],
            "deactivate" => &["auth", "deactivate-user", &target.name, "--yes"],
            _ => &["auth", "delete-user", &target.name, "--yes"],
        };
        let run = place.run(words);
        assert!([0, 5].contains(&run.code), "{words:?}: {run:?}");
        return run.code == 0;
    }
    let (client, path) = (
        server.bearer(&by.token),
        format!("/api/v1/users/{}", target.id),
    );
    let answer = match blow {
        "demote" => client.patch(&path, &json!({"role": "viewer"})),
        "deactivate" => client.patch(&path, &json!({"isDisabled": true})),
        _ => client.delete(&path),
    };
    let expected = [200, 204, 401, 403, 409];
    assert!(
        expected.contains(&answer.status),
        "{blow}: {}",
        answer.text()
    );
    answer.status < 300
}

/// Tells whether somebody is still an administrator.
fn stands(server: &Server, person: &Person) -> bool {
    let client: WithBearer = server.bearer(&person.token);
    let me = client.get("/api/auth/me");
    me.status == 200 && me.json()["role"] == "admin"
}
