//! The table of wrong members: every member of every body × everything that may be wrong with it,
//! answered by the real server.

use std::fmt::Write as _;

use dango_testkit::generated;
use dango_testkit::http::{Client, Request, Response, WithCookies};
use serde_json::{Map, Value, json};

use super::sample::{self, Sample};
use crate::harness::Server;

const PAGE: &str = "docs/reference/bodies.md";

const INTRODUCTION: &str = "\
<!-- Generated from the running server by the test `bodies::members::the_bodies_page_is_current`. -->

# What is said about wrong members

Every member of every JSON body, the rest of the body being right. A cell is what came back: the code
in `errors` for this member (status 400), or another status with its code, or `ok` with the status.

`missing`: left out. `other type`: a number, a truth value, a list and an object, as far as the member is none
of them; all get the same answer. `NUL`, `control`: U+0000 or U+0007 inside the text. `broken`: a lone surrogate. `long`: 3,000 characters.
A dash: the question makes no sense for the member.

Bytes that are no UTF-8, unknown and duplicate members, another kind of body, lists instead of objects, other
content types and bodies over 64 KiB get the same answer on every route: 400 `invalid_request`, 400
`unknown_member`, 400 `invalid_request`, 400 `invalid_request`, 415 `unsupported_media_type`, 413 `body_too_large`.

";

/// What may be wrong with a member.
const FAULTS: [&str; 7] = [
    "missing",
    "null",
    "other type",
    "NUL",
    "control",
    "broken",
    "long",
];

/// The values of a fault; none where it makes no sense.
fn wrong(fault: &str, right: &Value) -> Vec<Value> {
    let text = |text: &str| right.as_str().map(|right| json!(format!("{right}{text}")));
    let one = match fault {
        "null" => Some(Value::Null),
        "NUL" => text("\u{0}"),
        "control" => text("\u{7}"),
        "long" => text(&"x".repeat(3_000)),
        "other type" => {
            let others = [json!(7), json!(true), json!([7]), json!({"x": 1})];
            let differs =
                |other: &Value| std::mem::discriminant(other) != std::mem::discriminant(right);
            return others.into_iter().filter(differs).collect();
        }
        _ => None,
    };
    one.into_iter().collect()
}

/// Bodies with one fault, as bytes.
fn bodies(fault: &str, member: &str, right: &Map<String, Value>) -> Vec<Vec<u8>> {
    let mut body = right.clone();
    match fault {
        "missing" => {
            body.remove(member);
            vec![Value::Object(body).to_string().into_bytes()]
        }
        "broken" if right[member].is_string() => {
            body.insert(member.to_owned(), json!("<here>"));
            let text = Value::Object(body).to_string();
            vec![text.replace("<here>", "x\\ud800y").into_bytes()]
        }
        _ => wrong(fault, &right[member])
            .into_iter()
            .map(|value| {
                body.insert(member.to_owned(), value);
                Value::Object(body.clone()).to_string().into_bytes()
            })
            .collect(),
    }
}

fn cell(member: &str, answer: &Response) -> String {
    let status = answer.status;
    if answer.status < 300 {
        return format!("ok {status}");
    }
    let problem = answer.json();
    let about = problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|error| error["field"] == member);
    match about.and_then(|error| error["code"].as_str()) {
        Some(code) if status == 400 => code.to_owned(),
        _ => format!("{status} `{}`", answer.code()),
    }
}

/// A server and somebody who asks it, both made anew once something was accepted or counted.
struct Scene {
    server: Server,
    client: WithCookies,
    path: String,
}

impl Scene {
    fn set(sample: &Sample) -> Self {
        let server = (sample.server)();
        let client = (sample.client)(&server);
        let path = (sample.path)(&server);
        Self {
            server,
            client,
            path,
        }
    }

    fn ask(&self, sample: &Sample, body: Vec<u8>) -> Response {
        let request = Request::new(sample.method, &self.path).same_origin();
        self.client.send(request.body("application/json", body))
    }
}

/// The answers of one route: a row per member.
fn rows(sample: &Sample) -> Vec<(String, Vec<String>)> {
    let mut scene = Scene::set(sample);
    let right = sample.body(&scene.server);
    let mut rows = Vec::new();
    for member in right.keys() {
        let mut row = Vec::new();
        for fault in FAULTS {
            let mut words: Vec<String> = Vec::new();
            for body in bodies(fault, member, &right) {
                let answer = scene.ask(sample, body);
                let word = cell(member, &answer);
                assert!(
                    answer.status < 500,
                    "{} {member} {fault}: {word}",
                    sample.operation
                );
                if answer.status != 400 || answer.code() != "invalid_request" {
                    scene = Scene::set(sample);
                }
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            row.push(if words.is_empty() {
                "–".to_owned()
            } else {
                words.join(", ")
            });
        }
        rows.push((member.clone(), row));
    }
    rows
}

/// What must hold whatever the page says.
fn check(sample: &Sample, member: &str, row: &[String]) {
    let told = format!("{} {member}: {row:?}", sample.operation);
    for (fault, word) in FAULTS.iter().zip(row) {
        let accepted = word.contains("ok ");
        match *fault {
            // Left out and null are the same for what may be left out.
            "missing" | "null" => {}
            _ => assert!(!accepted, "{told} ({fault})"),
        }
    }
    assert_eq!(row[2].split(", ").count(), 1, "{told}");
}

#[test]
fn the_bodies_page_is_current() {
    let mut page = INTRODUCTION.to_owned();
    let _ = writeln!(page, "| route | member | {} |", FAULTS.join(" | "));
    let _ = writeln!(page, "|---|---|{}", "---|".repeat(FAULTS.len()));
    for sample in sample::all() {
        for (member, row) in rows(&sample) {
            check(&sample, &member, &row);
            let route = sample.route();
            let cells = row.join(" | ");
            let _ = writeln!(page, "| {route} | `{member}` | {cells} |");
        }
    }
    generated::page(PAGE, &page);
}

#[test]
fn every_body_of_the_api_has_its_sample_with_every_member() {
    let document = Server::start()
        .anonymous()
        .get("/api/openapi.json")
        .expect(200)
        .json();
    let samples = sample::all();
    for (path, method, operation) in sample::operations(&document) {
        let members = sample::members(&document, operation);
        let name = operation["operationId"].as_str().unwrap();
        let sample = samples
            .iter()
            .find(|sample| sample.operation == name)
            .unwrap_or_else(|| panic!("{method} {path} ({name}) has no sample"));
        assert_eq!(
            sample.route(),
            format!("{} `{path}`", method.to_uppercase())
        );
        let scene = Scene::set(sample);
        let body = sample.body(&scene.server);
        for member in members {
            assert!(body.contains_key(&member), "{name} has no {member}");
        }
        let answer = scene.ask(sample, Value::Object(body).to_string().into_bytes());
        assert_eq!(answer.status, sample.status, "{name}: {}", answer.text());
    }
}
