//! The primary dies, its standby takes over: no acknowledged change is lost.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use dango_testbase::certificates::Authority;
use dango_testbase::postgres::Cluster;
use dango_testkit::http::Client as _;
use dango_testkit::postgres::sql_at;
use dango_testkit::programs::Program;
use dango_testkit::skip;
use serde_json::json;

use crate::campaign::{Tally, rounds};
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::server::Server;

/// What the writers have seen.
#[derive(Default)]
struct Seen {
    over: AtomicBool,
    acknowledged: Mutex<BTreeSet<String>>,
    refused: AtomicUsize,
}

impl Seen {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Waits until so many more are acknowledged.
    fn wait_for(&self, more: usize) {
        let (aim, start) = (self.count() + more, Instant::now());
        while self.count() < aim {
            assert!(start.elapsed() < Duration::from_secs(60), "no progress");
            std::thread::yield_now();
        }
    }
}

/// Makes people until told to stop; remembers those whose making was acknowledged.
fn write(number: usize, server: &Server, token: &str, seen: &Seen) {
    let client = server.bearer(token);
    for turn in 0.. {
        if seen.over.load(SeqCst) {
            return;
        }
        let name = format!("person-{number}-{turn}");
        let answer = client.post("/api/v1/workspaces", &json!({"name": name}));
        match answer.status {
            201 => drop(seen.acknowledged.lock().unwrap().insert(name)),
            503 => drop(seen.refused.fetch_add(1, SeqCst)),
            other => panic!("{other}: {}", answer.text()),
        }
    }
}

fn say(line: &str) {
    // Past the harness's capture; nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// One failover; answers the new primary with the names that were acknowledged.
fn fail_over(place: &Installation, primary: &Cluster, standby: &Cluster) -> BTreeSet<String> {
    let servers = place.servers(2);
    let tokens: Vec<_> = servers
        .iter()
        .map(|server| server.token(ADMIN, PASSWORD))
        .collect();
    let seen = Seen::default();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let (server, token, seen) = (&servers[number % 2], &tokens[number % 2], &seen);
            scope.spawn(move || write(number, server, token, seen));
        }
        seen.wait_for(rounds(30, 300));
        say(&format!(
            "0.00 s  the primary is killed, {} changes acknowledged",
            seen.count()
        ));
        let start = Instant::now();
        primary.kill().unwrap();
        standby.promote().unwrap();
        let (promoted, before) = (start.elapsed(), seen.count());
        seen.wait_for(1);
        let back = start.elapsed();
        say(&format!(
            "{:.2} s  the standby is promoted, {before} acknowledged",
            promoted.as_secs_f64()
        ));
        say(&format!(
            "{:.2} s  the first change after it is acknowledged",
            back.as_secs_f64()
        ));
        let recovery = back.saturating_sub(promoted);
        assert!(
            recovery < Duration::from_secs(5),
            "no recovery: {recovery:?}"
        );
        seen.wait_for(rounds(30, 300));
        seen.over.store(true, SeqCst);
    });
    let refused = seen.refused.load(SeqCst);
    say(&format!("{refused} requests were answered 503 in between"));
    seen.acknowledged.into_inner().unwrap()
}

/// A change that the standby cannot have is not acknowledged, however long it takes.
fn waits_for_its_standby(place: &Installation, primary: &Cluster) {
    let set = |value: &str| {
        sql_at(
            &primary.url(),
            &format!("alter system set synchronous_standby_names = '{value}'"),
        );
        sql_at(&primary.url(), "select pg_reload_conf()");
    };
    let server = place.server(2);
    let admin = server.admin();
    set("nobody");
    std::thread::scope(|scope| {
        let (sender, answer) = mpsc::channel();
        let admin = &admin;
        scope.spawn(move || {
            let made = admin.post("/api/v1/workspaces", &json!({"name": "patient"}));
            sender.send(made.status).unwrap();
        });
        // Longer than the time limit of a statement.
        let early = answer.recv_timeout(Duration::from_secs(7));
        set("");
        assert_eq!(early, Err(mpsc::RecvTimeoutError::Timeout));
        assert_eq!(answer.recv_timeout(Duration::from_secs(20)), Ok(201));
    });
}

#[test]
fn no_acknowledged_change_is_lost_when_a_standby_takes_over() {
    let Some(initdb) = skip::unless_installed(Program::Initdb) else {
        return;
    };
    let primary = Cluster::start(&initdb).unwrap();
    let standby = primary.standby().unwrap();
    let url = format!(
        "postgres://postgres@/postgres?host={},{}",
        primary.folder().display(),
        standby.folder().display()
    );
    let place = nothing_is_lost(
        "acknowledged changes after a failover",
        &url,
        &primary,
        &standby,
    );
    waits_for_its_standby(&place, &standby);
}

#[test]
fn no_acknowledged_change_is_lost_over_tls_either() {
    let (Some(initdb), Some(authority)) =
        (skip::unless_installed(Program::Initdb), Authority::create())
    else {
        return;
    };
    let rules = "local replication all trust\nhostssl all all 127.0.0.1/32 trust\n";
    let listen = |cluster: &Cluster| {
        let certificate = authority.certify();
        cluster.listen(Some(&certificate), None, rules).unwrap()
    };
    let primary = Cluster::start(&initdb).unwrap();
    let first = listen(&primary);
    let standby = primary.standby().unwrap();
    let ports = [first, listen(&standby)];
    let url = format!(
        "postgres://postgres@localhost:{},localhost:{}/postgres?sslmode=verify-full&sslrootcert={}",
        ports[0],
        ports[1],
        authority.file().display()
    );
    nothing_is_lost("the same over TLS", &url, &primary, &standby);
}

/// A failover of the servers at a URL, and a look for every change.
fn nothing_is_lost(
    name: &'static str,
    url: &str,
    primary: &Cluster,
    standby: &Cluster,
) -> Installation {
    let place = Installation::on_url(url).ready();
    sql_at(
        &primary.url(),
        "alter system set synchronous_standby_names = '*'",
    );
    sql_at(&primary.url(), "select pg_reload_conf()");
    let acknowledged = fail_over(&place, primary, standby);
    let there = sql_at(&standby.url(), "select name from workspaces");
    let there: BTreeSet<&str> = there.lines().collect();
    let mut tally = Tally::new(name, place.backend());
    let lost = acknowledged
        .iter()
        .filter(|name| !there.contains(name.as_str()));
    tally.add(acknowledged.len(), lost.cloned().collect());
    tally.finish();
    let chain = place.ok(&["auth", "audit", "--verify"]);
    assert!(!chain.is_empty());
    place
}
