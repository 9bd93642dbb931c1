//! Requests of somebody signed in, against requests to a handler that asks nobody.

pub(crate) mod client;
pub(crate) mod serve;

use std::process::Command;
use std::time::Duration;

use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::name::{KeyName, LoginName};
use dango_auth::ports::UserReads as _;

use crate::Failure;
use crate::child::Server;
use crate::effort::Effort;
use crate::measure::{Pair, in_turn};
use crate::place::{ADMIN, Hashing, Place};
use crate::report::{Budget, Row};
use client::Load;

/// Different sessions, and different keys.
const TOKENS: usize = 32;

/// A route asked with tokens.
struct Case {
    name: &'static str,
    path: &'static str,
    tokens: Vec<String>,
}

/// Asks both routes in turn, over 64 and over 8 connections.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let place = Place::new(Hashing::Free)?;
    let sessions = (0..TOKENS)
        .map(|_| place.sign_in())
        .collect::<Result<Vec<_>, _>>()?;
    let cases = [
        Case {
            name: "session",
            path: "/own",
            tokens: sessions.clone(),
        },
        Case {
            name: "key",
            path: "/own",
            tokens: keys(&place)?,
        },
        Case {
            name: "session, place asked for",
            path: "/placed",
            tokens: sessions,
        },
    ];
    let mut command = Command::new(std::env::current_exe()?);
    let server = Server::start(command.arg("--serve").arg(place.folder()))?;
    let mut rows = Vec::new();
    for (connections, limit) in [(64, 0.85), (8, 0.80)] {
        for case in &cases {
            let [rate, cost] = compare(effort, &server, case, connections)?;
            let name = format!("{}, {connections} connections", case.name);
            let rate = Row::beside(&*name, "per s", rate, "bare");
            rows.push(rate.within(Budget::RatioAtLeast(limit)));
            rows.push(Row::beside(
                format!("{name}: processor"),
                "µs",
                cost,
                "bare",
            ));
        }
    }
    Ok(rows)
}

/// Requests per second, and the server's processor time for one.
fn compare(
    effort: Effort,
    server: &Server,
    case: &Case,
    connections: usize,
) -> Result<[Pair; 2], Failure> {
    let heads = |path: &str| -> Vec<String> {
        let head = |token| format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n");
        case.tokens.iter().map(head).collect()
    };
    let mut ours = Load::connect(&server.address, connections, &heads(case.path))?;
    let mut bare = Load::connect(&server.address, connections, &heads("/bare"))?;
    let (mut our_cost, mut bare_cost) = (Vec::new(), Vec::new());
    let span = effort.span();
    ours.run(Duration::from_millis(1))?;
    bare.run(Duration::from_millis(1))?;
    let rate = in_turn(
        effort.pick(1, 3, 9),
        || timed(server, &mut ours, span, &mut our_cost),
        || timed(server, &mut bare, span, &mut bare_cost),
    )?;
    Ok([rate, Pair::of(our_cost, bare_cost)])
}

fn timed(
    server: &Server,
    load: &mut Load,
    span: Duration,
    cost: &mut Vec<f64>,
) -> Result<f64, Failure> {
    let before = server.processor_seconds()?;
    let start = std::time::Instant::now();
    let rate = load.run(span)?;
    let requests = rate * start.elapsed().as_secs_f64();
    cost.push((server.processor_seconds()? - before) * 1e6 / requests);
    Ok(rate)
}

fn keys(place: &Place) -> Result<Vec<String>, Failure> {
    let name = LoginName::parse(ADMIN)?;
    let owner = place.store()?.read(|tx| tx.user_by_login(&name))?;
    let owner = owner.ok_or("the administrator is missing")?.id;
    let key = |number| -> Result<String, Failure> {
        let request = CreateKey {
            name: KeyName::parse(&format!("key-{number}"))?,
            description: String::new(),
            limit: LimitRequest::Owner,
            expiry: Expiry::Never,
        };
        let made = place
            .auth
            .api_keys()
            .create_for(&place.caller, owner, &request)?;
        Ok(made.token.expose().to_owned())
    };
    (0..TOKENS).map(key).collect()
}
