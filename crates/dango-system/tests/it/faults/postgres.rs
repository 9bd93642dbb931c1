//! PostgreSQL restarted, its connections cut, its transactions read-only.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use dango_testbase::postgres::Cluster;
use dango_testkit::http::Client as _;
use dango_testkit::postgres::sql_at;
use dango_testkit::programs::Program;
use dango_testkit::skip;
use serde_json::json;

use super::{everything_is_unavailable, recovers};
use crate::campaign::{Tally, rounds};
use crate::installation::Installation;
use crate::people::{make, verify};

#[test]
fn a_restart_is_survived() {
    let Some(initdb) = skip::unless_installed(Program::Initdb) else {
        return;
    };
    let cluster = Cluster::start(&initdb).unwrap();
    let place = Installation::on_url(&cluster.url()).ready();
    let server = place.server(0);
    let admin = server.admin();
    for _ in 0..rounds(1, 10) {
        let _ = verify(&admin, "users.manage").expect(204);
        cluster.halt().unwrap();
        everything_is_unavailable(&admin);
        let start = std::time::Instant::now();
        for _ in 0..10 {
            super::unavailable(verify(&admin, "users.manage"));
        }
        let took = start.elapsed();
        assert!(took < super::RECOVERY, "ten refusals took {took:?}");
        cluster.resume().unwrap();
        recovers(|| verify(&admin, "users.manage"), 204);
        recovers(|| server.anonymous().get("/readyz"), 200);
    }
}

/// Ends every connection to the installation's database but the one that asks.
fn cut(place: &Installation) {
    let database = place.database().unwrap();
    let sql = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'",
        database.name()
    );
    database.administer(&sql);
}

#[test]
fn cut_connections_are_replaced() {
    let Some(place) = Installation::on_postgres() else {
        return;
    };
    let place = place.ready();
    let servers = place.servers(2);
    let id = make(&servers[0].admin(), "ann", "viewer");
    let token = servers[0].token("ann", crate::installation::PASSWORD);
    let (over, checks) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut tally = Tally::new("checks while connections are cut", place.backend());
    std::thread::scope(|scope| {
        let (over, checks, token) = (&over, &checks, &token);
        let ask = |server| {
            let ask = move || {
                let client = crate::server::Server::bearer(server, token);
                let mut got = Vec::new();
                while !over.load(SeqCst) {
                    got.push(verify(&client, "users.manage").status);
                    checks.fetch_add(1, SeqCst);
                }
                got
            };
            scope.spawn(ask)
        };
        let asking: Vec<_> = servers.iter().map(ask).collect();
        for _ in 0..rounds(10, 200) {
            let seen = checks.load(SeqCst);
            cut(&place);
            while checks.load(SeqCst) < seen + 10 {
                std::thread::yield_now();
            }
        }
        over.store(true, SeqCst);
        for got in asking {
            let got = got.join().unwrap();
            let wrong = got.iter().filter(|status| ![403, 503].contains(*status));
            tally.add(got.len(), wrong.map(ToString::to_string).collect());
        }
    });
    tally.finish();
    let admin = servers[1].admin();
    recovers(
        || {
            admin.put(
                &format!("/api/admin/users/{id}/role"),
                &json!({"role": "admin"}),
            )
        },
        200,
    );
    let _ = verify(&servers[0].bearer(&token), "users.manage").expect(204);
}

#[test]
fn a_read_only_database_refuses_changes_and_says_so() {
    let Some(place) = Installation::on_postgres() else {
        return;
    };
    let place = place.ready();
    let server = place.server(0);
    let admin = server.admin();
    let id = make(&admin, "ann", "viewer");
    let read_only = |value: &str| {
        let database = place.database().unwrap();
        let name = database.name();
        database.administer(&format!(
            "alter database {name} set default_transaction_read_only = {value}"
        ));
    };
    let path = format!("/api/admin/users/{id}/role");
    read_only("on");
    cut(&place);
    super::unavailable(admin.put(&path, &json!({"role": "editor"})));
    recovers(|| verify(&admin, "users.manage"), 204);
    let refused = place.run(&["auth", "change-role", "ann", "editor", "--yes"]);
    assert_eq!(refused.code, 8, "{refused:?}");
    // Connections made while it was read-only are let go of by the program itself.
    read_only("off");
    recovers(|| admin.put(&path, &json!({"role": "editor"})), 200);
    assert_eq!(place.events("role_changed").len(), 1);
}

#[test]
fn a_standby_answers_questions_and_refuses_changes_until_it_is_promoted() {
    let Some(initdb) = skip::unless_installed(Program::Initdb) else {
        return;
    };
    let primary = Cluster::start(&initdb).unwrap();
    let standby = primary.standby().unwrap();
    let first = Installation::on_url(&primary.url()).ready();
    let server = first.server(0);
    let id = make(&server.admin(), "ann", "viewer");
    let token = server.token(crate::installation::ADMIN, crate::installation::PASSWORD);
    caught_up(&primary, &standby);
    let place = Installation::on_url(&standby.url());
    let server = place.server(0);
    let admin = server.bearer(&token);
    let _ = verify(&admin, "users.manage").expect(204);
    let path = format!("/api/admin/users/{id}/role");
    super::unavailable(admin.put(&path, &json!({"role": "editor"})));
    let login = json!({"username": "ann", "password": crate::installation::PASSWORD});
    super::unavailable(server.anonymous().post("/api/v1/auth/login", &login));
    let refused = place.run(&["auth", "change-role", "ann", "editor", "--yes"]);
    assert_eq!(refused.code, 8, "{refused:?}");
    assert_eq!(place.usable_admins(), 1);
    standby.promote().unwrap();
    recovers(|| admin.put(&path, &json!({"role": "editor"})), 200);
    assert_eq!(place.events("role_changed").len(), 1);
}

/// Waits until a standby has everything its primary has.
fn caught_up(primary: &Cluster, standby: &Cluster) {
    let end = sql_at(&primary.url(), "select pg_current_wal_lsn()");
    let behind = format!("select pg_last_wal_replay_lsn() >= '{end}'::pg_lsn");
    let start = std::time::Instant::now();
    while sql_at(&standby.url(), &behind) != "t" {
        assert!(
            start.elapsed() < std::time::Duration::from_secs(30),
            "no progress"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
