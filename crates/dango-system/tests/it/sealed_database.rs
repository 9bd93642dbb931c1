//! Servers and command line on a PostgreSQL that is reached by TLS only.

use std::time::Instant;

use dango_testbase::certificates::Authority;
use dango_testbase::postgres::Cluster;
use dango_testkit::http::Client as _;
use dango_testkit::postgres::sql_at;
use dango_testkit::programs::Program;
use dango_testkit::skip;

use crate::faults::{RECOVERY, recovers};
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::people::verify;

const SECRET: &str = "canary-password";

/// A cluster that lets `dango` in by password and TLS only, with its port.
fn sealed(authority: &Authority) -> Option<(Cluster, u16)> {
    let cluster = Cluster::start(&skip::unless_installed(Program::Initdb)?).unwrap();
    sql_at(
        &cluster.url(),
        &format!("create role dango superuser login password '{SECRET}'"),
    );
    let rules = "hostssl all dango 127.0.0.1/32 scram-sha-256\n";
    let port = cluster
        .listen(Some(&authority.certify()), None, rules)
        .unwrap();
    Some((cluster, port))
}

#[test]
fn everything_works_over_tls_and_survives_a_restart_of_the_database() {
    let Some(authority) = Authority::create() else {
        return;
    };
    let Some((cluster, port)) = sealed(&authority) else {
        return;
    };
    let root = authority.file();
    let url = format!(
        "postgres://dango@localhost:{port}/postgres?sslmode=verify-full&sslrootcert={}",
        root.display()
    );
    let place = Installation::on_url(&url)
        .with("PGPASSWORD", SECRET)
        .ready();
    let servers = place.servers(2);
    let admin = servers[0].admin();
    place.ok(&["auth", "add-user", "ann@example.org", "--role", "viewer"]);
    let sealed = sql_at(
        &cluster.url(),
        "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) \
         where ssl and application_name = 'dango-auth'",
    );
    assert!(sealed.parse::<usize>().unwrap() >= 2, "{sealed}");
    cluster.halt().unwrap();
    let refused = place.run(&["auth", "list-users"]);
    assert_eq!(refused.code, 8, "{refused:?}");
    let words = format!("at \"localhost\", port {port}");
    assert!(refused.err.contains(&words), "{refused:?}");
    super::faults::everything_is_unavailable(&admin);
    cluster.resume().unwrap();
    let start = Instant::now();
    recovers(|| verify(&admin, "users.manage"), 204);
    recovers(|| servers[1].anonymous().get("/readyz"), 200);
    assert!(start.elapsed() < 2 * RECOVERY);
    let _ = servers[1].try_sign_in(ADMIN, PASSWORD).expect(200);
    let said = servers
        .iter()
        .map(crate::server::Server::output)
        .collect::<String>();
    assert!(!said.contains(SECRET), "{said}");
}

#[test]
fn what_is_wrong_with_tls_is_said_by_server_and_command() {
    let (Some(authority), Some(other)) = (Authority::create(), Authority::create()) else {
        return;
    };
    let Some((_cluster, port)) = sealed(&authority) else {
        return;
    };
    let (known, stranger) = (authority.file(), other.file());
    let named = |host: &str, root: &std::path::Path| {
        format!(
            "postgres://dango:{SECRET}@{host}:{port}/postgres?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={}",
            root.display()
        )
    };
    let plain = format!("postgres://dango:{SECRET}@localhost:{port}/postgres?sslmode=disable");
    for (url, reason) in [
        (
            named("localhost", &stranger),
            "authority that is not trusted here",
        ),
        (
            named("db9.test", &known),
            "certificate is for another host: ",
        ),
        (plain, "no encryption"),
        (
            named("localhost", &known).replace("verify-full", "verify"),
            "there is no sslmode=verify",
        ),
    ] {
        let place = Installation::on_url(&url);
        let command = place.run(&["init", "--skip-wizard"]);
        assert_ne!(command.code, 0, "{url}: {command:?}");
        let server = place.server_command(0).output().unwrap();
        assert!(!server.status.success());
        let server = String::from_utf8_lossy(&[server.stdout, server.stderr].concat()).into_owned();
        for said in [command.err, server] {
            assert!(said.contains(reason), "{url}: {said}");
            assert!(!said.contains(SECRET), "{said}");
        }
    }
}
