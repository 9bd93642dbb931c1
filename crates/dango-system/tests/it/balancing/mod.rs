//! The load balancers' configurations of the how-to page, as they stand there, in front of two servers.

mod page;
mod work;

use std::time::{Duration, Instant};

use dango_testbase::postgres::Cluster;
use dango_testkit::haproxy::Haproxy;
use dango_testkit::nginx::Nginx;
use dango_testkit::programs::Program;
use dango_testkit::{ports, skip};
use serde_json::Value;

use crate::campaign::Tally;
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::server::Server;
use crate::wire::{Answer, ask, request};

use work::{Work, people_work};

#[test]
fn nginx_spreads_requests_and_loses_none_that_were_acknowledged() {
    campaign("behind nginx", |servers| {
        let nginx = Nginx::start_with(&page::nginx(servers))?;
        Some((nginx.url(), Box::new(nginx)))
    });
}

#[test]
fn haproxy_spreads_requests_and_loses_none_that_were_acknowledged() {
    campaign("behind HAProxy", |servers| {
        let haproxy = Haproxy::start(&page::haproxy(servers))?;
        Some((haproxy.url().to_owned(), Box::new(haproxy)))
    });
}

/// A balancer's URL and whatever keeps it running.
type Balancer = Option<(String, Box<dyn std::any::Any>)>;

/// Two servers of one database at addresses that stay theirs.
struct Pair {
    place: Installation,
    addresses: [String; 2],
}

impl Pair {
    fn start(&self, number: usize) -> Server {
        let address = &self.addresses[number];
        Server::start(&mut self.place.server_command_at(address, number))
    }
}

fn campaign(name: &'static str, balance: impl FnOnce(&[String; 2]) -> Balancer) {
    let Some(initdb) = skip::unless_installed(Program::Initdb) else {
        return;
    };
    let cluster = Cluster::start(&initdb).unwrap();
    let place = Installation::on_url(&cluster.url())
        .with("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")
        // People come from one address here and never rest, so nobody is to be told to slow down.
        .with("DANGO_AUTH__RATE_LIMIT__API__REQUESTS", "100000")
        .with("DANGO_PUBLIC_URL", "https://auth.example.org")
        .ready();
    let addresses = [0, 1].map(|_| ports::free_address().to_string());
    let pair = Pair { place, addresses };
    let mut servers = [0, 1].map(|number| Some(pair.start(number)));
    let Some((url, _balancer)) = balance(&pair.addresses) else {
        return;
    };
    let token = servers[0].as_ref().unwrap().token(ADMIN, PASSWORD);
    let work = Work::new(&url, &token);
    let mut tally = Tally::new(name, "PostgreSQL");
    std::thread::scope(|scope| {
        for number in 0..4 {
            let work = &work;
            scope.spawn(move || people_work(work, number));
        }
        let over = Over(&work);
        work.wait_for(40);
        for server in servers.iter().flatten() {
            is_used_again(server, &token);
        }
        for (number, kill) in [(0, false), (1, true)] {
            let server = servers[number].take().unwrap();
            if kill {
                server.process().kill();
            } else {
                assert!(server.stop().success(), "{}", server.output());
            }
            work.wait_for(40);
            servers[number] = Some(pair.start(number));
            is_used_again(servers[number].as_ref().unwrap(), &token);
        }
        drop(over);
    });
    let (made, twice, lost) = work.look(&cluster.url());
    tally.note(&work.figures());
    tally.add(made, twice.into_iter().chain(lost).collect());
    a_database_that_is_down_is_said_to_be(&cluster, &url, &token);
    tally.finish();
}

/// Ends the work also when something fails, so that nobody waits for it.
struct Over<'a>(&'a Work);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Waits until people's requests reach a server.
fn is_used_again(server: &Server, token: &str) {
    let start = Instant::now();
    while requests(server, token) == 0 {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "not used again: {}",
            server.output()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How many workspaces a server was asked to make.
fn requests(server: &Server, token: &str) -> usize {
    // From a trusted proxy's address, so with a token.
    let question = request("GET", "/metrics", Some(token), &Value::Null);
    let metrics = ask(server.url(), &question).unwrap();
    assert_eq!(metrics.status, 200, "{metrics:?}");
    let ours = metrics.body.lines().filter(|line| {
        line.starts_with("dango_http_requests_total{")
            && line.contains("/api/v1/workspaces")
            && line.contains("POST")
    });
    let count = |line: &str| line.rsplit(' ').next()?.parse::<usize>().ok();
    ours.filter_map(count).sum()
}

/// 503 with `Retry-After`, whether a server says so or the balancer, and recovery by itself.
fn a_database_that_is_down_is_said_to_be(cluster: &Cluster, url: &str, token: &str) {
    let me = || -> Answer {
        let question = request("GET", "/api/auth/me", Some(token), &Value::Null);
        ask(url, &question).expect("the balancer answers")
    };
    assert_eq!(me().status, 200);
    cluster.halt().unwrap();
    let down = Instant::now();
    while down.elapsed() < Duration::from_secs(6) {
        let answer = me();
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.has("retry-after"), "{answer:?}");
        assert_eq!(answer.json()["code"], "unavailable", "{answer:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    cluster.resume().unwrap();
    let back = Instant::now();
    while me().status != 200 {
        assert!(back.elapsed() < Duration::from_secs(10), "no recovery");
        std::thread::sleep(Duration::from_millis(50));
    }
}
