//! The network between server and database cut, and the database kept busy by others.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use dango_testkit::http::{Client as _, Response};
use dango_testkit::postgres::Database;
use dango_testkit::programs::Program;
use dango_testkit::proxy::Proxy;

use super::{everything_is_unavailable, recovers, unavailable};
use crate::campaign::{Job, rounds, together};
use crate::installation::Installation;
use crate::people::verify;

#[test]
fn a_cut_network_closes_the_doors_until_it_is_mended() {
    let Some(database) = Database::create() else {
        return;
    };
    let proxy = Proxy::start(&database.socket_folder());
    let place = Installation::on_url(&proxy.url(database.name())).ready();
    let server = place.server(0);
    let admin = server.admin();
    for _ in 0..rounds(2, 50) {
        proxy.close();
        everything_is_unavailable(&admin);
        let refused = place.run(&["auth", "list-users"]);
        assert_eq!(refused.code, 8, "{refused:?}");
        proxy.open();
        recovers(|| verify(&admin, "users.manage"), 204);
        proxy.cut();
        recovers(|| verify(&admin, "users.manage"), 204);
    }
    assert_eq!(place.usable_admins(), 1);
}

#[test]
fn more_requests_than_connections_wait_or_are_told_to() {
    let Some(place) = Installation::on_postgres() else {
        return;
    };
    let place = place.ready();
    let server = place.server(0);
    let admin = server.token(crate::installation::ADMIN, crate::installation::PASSWORD);
    let mut psql = Command::new(Program::Psql.find().unwrap());
    psql.args([
        "-X",
        "-q",
        "-A",
        "-t",
        "-d",
        &place.database().unwrap().url(),
    ]);
    let mut other = psql
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = other.stdin.take().unwrap();
    writeln!(
        input,
        "begin; lock table guard, sessions, users; select 'locked';"
    )
    .unwrap();
    let said = BufReader::new(other.stdout.take().unwrap());
    assert_eq!(said.lines().next().unwrap().unwrap(), "locked");
    let ask = || verify(&server.bearer(&admin), "users.manage");
    let jobs = (0..24).map(|_| Box::new(ask) as Job<'_, Response>);
    for answer in together::<Response>(jobs.collect()) {
        unavailable(answer);
    }
    assert_eq!(server.anonymous().get("/healthz").status, 200);
    drop(input);
    assert!(other.wait().unwrap().success());
    recovers(ask, 204);
}
