//! Servers that use what was true a moment ago, and changes that wait until that moment is over (ADR 0014).

use std::time::{Duration, Instant};

use dango_testkit::postgres::Database;
use dango_testkit::proxy::Proxy;

use super::hammer::no_answer_is_older_than_an_acknowledged_change;
use crate::campaign::{Tally, rounds};
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::people::{make, verify};
use crate::server::Server;

const ANN: &str = "ann@example.org";
const LEASE: (&str, &str) = ("DANGO_AUTH__FRESHNESS", "lease");
/// How long a lease lasts.
const LENGTH: Duration = Duration::from_millis(60);

fn leasing() -> Option<Installation> {
    let place = Installation::on_postgres()?;
    Some(place.with(LEASE.0, LEASE.1).ready())
}

/// A lease's length and the wait after a commit, as the guard row has them.
fn lengths(place: &Installation) -> String {
    let columns = "select lease_micros, wait_micros from guard";
    place.database().unwrap().sql(columns).trim().to_owned()
}

/// Starts servers that lease, and waits until they do.
fn servers(place: &Installation, count: usize) -> Vec<Server> {
    let servers = place.servers(count);
    let admin = servers[0].token(ADMIN, PASSWORD);
    for server in &servers {
        assert_eq!(verify(&server.bearer(&admin), "users.manage").status, 204);
    }
    assert_eq!(lengths(place), "60000|62000");
    servers
}

#[test]
fn no_answer_of_a_leasing_server_is_older_than_an_acknowledged_change() {
    if let Some(place) = leasing() {
        no_answer_is_older_than_an_acknowledged_change(place);
    }
}

/// The control: the same servers do answer by what was before as long as nobody waits for them.
#[test]
fn a_change_that_nobody_waits_for_is_answered_by_what_was_before() {
    let Some(place) = leasing() else { return };
    let servers = servers(&place, 2);
    let _ = make(&servers[0].admin(), ANN, "editor");
    let token = servers[0].token(ANN, PASSWORD);
    let (mut stale, rounds) = (0, rounds(30, 300));
    for round in 0..rounds {
        let (role, old) = [("viewer", 204), ("editor", 403)][round % 2];
        let ask = || {
            servers
                .iter()
                .map(|server| verify(&server.bearer(&token), "query.execute"))
        };
        assert!(ask().all(|answer| answer.status == old), "round {round}");
        place.sql(&format!(
            "BEGIN; UPDATE guard SET epoch = epoch + 1; \
             UPDATE users SET role = '{role}' WHERE username = '{ANN}'; COMMIT;"
        ));
        stale += ask().filter(|answer| answer.status == old).count();
        // A lease later nobody answers by it any more.
        std::thread::sleep(LENGTH);
        assert!(ask().all(|answer| answer.status != old), "round {round}");
    }
    assert!(stale > 0, "no lease was used in {rounds} rounds");
}

#[test]
fn whoever_cannot_reach_the_database_stops_answering_before_a_change_is_acknowledged() {
    let Some(database) = Database::create() else {
        return;
    };
    let proxy = Proxy::start(&database.socket_folder());
    let direct = Installation::on_url(&database.url())
        .with(LEASE.0, LEASE.1)
        .ready();
    let behind = Installation::on_url(&proxy.url(database.name())).with(LEASE.0, LEASE.1);
    let server = behind.server(0);
    let _ = make(&server.admin(), ANN, "editor");
    let token = server.token(ANN, PASSWORD);
    let mut tally = Tally::new("changes while a leasing server is cut off", "PostgreSQL");
    for round in 0..rounds(5, 50) {
        let (role, old) = [("viewer", 204), ("editor", 403)][round % 2];
        assert_eq!(verify(&server.bearer(&token), "query.execute").status, old);
        proxy.close();
        direct.ok(&["auth", "change-role", ANN, role, "--yes"]);
        let answers = [(); 5].map(|()| verify(&server.bearer(&token), "query.execute").status);
        tally.count(answers == [503; 5], || format!("{answers:?}"));
        proxy.open();
        let new = 607 - old;
        crate::faults::recovers(|| verify(&server.bearer(&token), "query.execute"), new);
    }
    tally.finish();
}

#[test]
fn a_strict_server_that_starts_ends_all_leases() {
    let Some(place) = leasing() else { return };
    let mut servers = servers(&place, 1);
    let _ = make(&servers[0].admin(), ANN, "editor");
    let token = servers[0].token(ANN, PASSWORD);
    let place = place.with(LEASE.0, "strict");
    servers.push(place.server(1));
    // It answers once it has settled that.
    assert_eq!(
        verify(&servers[1].bearer(&token), "query.execute").status,
        204
    );
    assert_eq!(lengths(&place), "0|0");
    for round in 0..rounds(5, 50) {
        let (role, new) = [("viewer", 403), ("editor", 204)][round % 2];
        place.ok(&["auth", "change-role", ANN, role, "--yes"]);
        for server in &servers {
            assert_eq!(verify(&server.bearer(&token), "query.execute").status, new);
        }
    }
}

#[test]
fn every_program_holds_a_change_back_whatever_it_is_told() {
    let Some(place) = leasing() else { return };
    let servers = servers(&place, 1);
    let _ = make(&servers[0].admin(), ANN, "editor");
    // The command neither leases nor knows that anybody does.
    let place = place.with(LEASE.0, "strict");
    for role in ["viewer", "editor"] {
        let start = Instant::now();
        place.ok(&["auth", "change-role", ANN, role, "--yes"]);
        assert!(start.elapsed() > LENGTH);
        assert_eq!(lengths(&place), "60000|62000");
    }
}
