//! Requests of somebody signed in, against requests to a handler that asks nobody.

pub(crate) mod answer;
pub(crate) mod changes;
pub(crate) mod client;
pub(crate) mod memory;
pub(crate) mod scene;
pub(crate) mod serve;

use std::time::{Duration, Instant};

use crate::Failure;
use crate::child::Server;
use crate::effort::Effort;
use crate::measure::{Pair, Spread, in_turn};
use crate::pin::Pinned;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};
use changes::Changes;
use client::Load;
use scene::Scene;

/// One way of knowing that nothing has changed, and what may be expected of it.
struct Way {
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    options: &'static [&'static str],
    /// Least share of the bare rate with 64 and with 8 connections.
    at_64: f64,
    at_8: Option<f64>,
}

const SQLITE: [Way; 2] = [
    Way {
        name: "log index",
        variables: &[],
        options: &[],
        at_64: 0.85,
        at_8: Some(0.80),
    },
    Way {
        name: "data_version",
        variables: &[],
        options: &["--by-data-version"],
        at_64: 0.70,
        at_8: None,
    },
];

const POSTGRES: [Way; 2] = [
    Way {
        name: "strict",
        variables: &[],
        options: &[],
        at_64: 0.70,
        at_8: None,
    },
    Way {
        name: "lease",
        variables: &[("DANGO_AUTH__FRESHNESS", "lease")],
        options: &[],
        at_64: 0.90,
        at_8: None,
    },
];

/// A route asked with tokens over some connections.
struct Case<'a> {
    name: &'static str,
    path: &'static str,
    tokens: &'a [String],
    connections: usize,
    budget: Option<f64>,
}

/// On SQLite.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    all(effort, Place::new(Hashing::Free)?, &SQLITE)
}

/// On PostgreSQL.
pub(crate) fn run_on_postgres(effort: Effort) -> Result<Vec<Row>, Failure> {
    match Place::on_postgres(Hashing::Free)? {
        Some(place) => all(effort, place, &POSTGRES),
        None => Ok(Vec::new()),
    }
}

fn all(effort: Effort, place: Place, ways: &[Way]) -> Result<Vec<Row>, Failure> {
    let scene = Scene::new(place)?;
    let mut rows = Vec::new();
    for way in ways {
        let server = scene.serve(way.variables, way.options)?;
        let _asker = Pinned::asker();
        for case in cases(&scene, way) {
            let name = format!("{}: {}, {}", way.name, case.name, case.connections);
            let [rate, cost] = compare(effort, &server, &case)?;
            let row = Row::beside(&*name, "per s", rate, "bare");
            rows.push(match case.budget {
                Some(limit) => row.within(Budget::RatioAtLeast(limit)),
                None => row,
            });
            rows.push(Row::beside(
                format!("{name}: processor"),
                "µs",
                cost,
                "bare",
            ));
        }
        rows.extend(while_a_role_changes(effort, &scene, &server, way)?);
    }
    Ok(rows)
}

fn cases<'a>(scene: &'a Scene, way: &Way) -> Vec<Case<'a>> {
    let case = |name, path, tokens, connections, budget| Case {
        name,
        path,
        tokens,
        connections,
        budget,
    };
    let (sessions, keys) = (scene.sessions.as_slice(), scene.keys.as_slice());
    let placed = "/placed?workspace=sales";
    vec![
        case("session", "/own", sessions, 64, Some(way.at_64)),
        case("key", "/own", keys, 64, Some(way.at_64)),
        case(
            "session in a workspace",
            placed,
            sessions,
            64,
            Some(way.at_64),
        ),
        case("session", "/own", sessions, 8, way.at_8),
        case("key", "/own", keys, 8, way.at_8),
        case("session", "/own", sessions, 256, None),
    ]
}

fn heads(path: &str, tokens: &[String]) -> Vec<String> {
    let head = |token| format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n");
    tokens.iter().map(head).collect()
}

/// Requests per second, and the server's processor time for one.
fn compare(effort: Effort, server: &Server, case: &Case<'_>) -> Result<[Pair; 2], Failure> {
    let load = |path| Load::connect(&server.address, case.connections, &heads(path, case.tokens));
    let (mut ours, mut bare) = (load(case.path)?, load("/bare")?);
    let (mut our_cost, mut bare_cost) = (Vec::new(), Vec::new());
    ours.run(Duration::from_millis(1))?;
    bare.run(Duration::from_millis(1))?;
    let span = span(effort);
    let rate = in_turn(
        effort.pick(1, 3, 9),
        || timed(server, &mut ours, span, &mut our_cost),
        || timed(server, &mut bare, span, &mut bare_cost),
    )?;
    Ok([rate, Pair::of(our_cost, bare_cost)])
}

fn span(effort: Effort) -> Duration {
    Duration::from_millis(effort.pick(20, 80, 600) as u64)
}

fn timed(
    server: &Server,
    load: &mut Load,
    span: Duration,
    cost: &mut Vec<f64>,
) -> Result<f64, Failure> {
    let before = server.processor_seconds()?;
    let outcome = load.run(span)?;
    let used = server.processor_seconds()? - before;
    cost.push(used * 1e6 / outcome.answers as f64);
    Ok(outcome.rate)
}

/// The same while another process changes a role; answers that were older than an acknowledged change.
fn while_a_role_changes(
    effort: Effort,
    scene: &Scene,
    server: &Server,
    way: &Way,
) -> Result<[Row; 3], Failure> {
    let load = |path| Load::connect(&server.address, 64, &heads(path, &scene.sessions));
    let (mut ours, mut bare) = (load("/own")?, load("/bare")?);
    let changes = Changes::start(scene)?;
    let (mut stale, span, start) = (0_u32, span(effort), Instant::now());
    let rate = in_turn(
        effort.pick(1, 3, 9),
        || {
            let known = || changes.made();
            let outcome = ours.run_with(span, known, |known, answer| {
                stale += u32::from(changes.is_stale(known, answer));
            });
            Ok(outcome?.rate)
        },
        || Ok(bare.run(span)?.rate),
    )?;
    let pace = changes.made() as f64 / start.elapsed().as_secs_f64();
    let name = |what: &str| format!("{}: session, 64, while a role changes{what}", way.name);
    Ok([
        Row::beside(name(""), "per s", rate, "bare"),
        Row::alone(name(": changes"), "per s", Spread::of(vec![pace])),
        Row::alone(
            name(": stale"),
            "answers",
            Spread::of(vec![f64::from(stale)]),
        )
        .within(Budget::AtMost(0.0)),
    ])
}
