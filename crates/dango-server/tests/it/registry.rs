//! The list of routes, walked: nothing served that is not described, guarded, limited and traced.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use actix_web::http::Method;
use dango_auth::core::audit::EventName;
use dango_auth_actix::Budget;
use dango_server::route::Route;
use dango_testkit::generated;
use dango_testkit::http::{Client as _, Request};
use serde_json::Value;

use crate::harness::Server;

fn routes() -> Vec<Route> {
    dango_server::routes::all()
}

fn document() -> Value {
    serde_json::from_str(&dango_server::openapi::text()).unwrap()
}

#[test]
fn the_openapi_page_is_current() {
    generated::page(
        "docs/reference/openapi.json",
        &dango_server::openapi::text(),
    );
}

#[test]
fn the_routes_page_is_current() {
    let mut page = String::from(
        "<!-- Generated from the list of routes by the test `registry::the_routes_page_is_current`. -->\n\n\
         # Routes\n\n| method | path | for | limit | audit events |\n|---|---|---|---|---|\n",
    );
    let mut routes = routes();
    routes.sort_by_key(|route| (route.path, route.method.to_string()));
    for route in routes {
        let (events, limit) = (route.events.join(" "), limit(route.budget));
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {limit} | {events} |",
            route.method, route.path, route.requirement
        );
    }
    generated::page("docs/reference/routes.md", &page);
}

fn limit(budget: Budget) -> &'static str {
    match budget {
        Budget::Login => "login",
        Budget::General => "api",
        Budget::Free => "none",
    }
}

#[test]
fn every_route_is_in_the_document_with_its_words() {
    let document = document();
    for route in routes().into_iter().filter(Route::is_documented) {
        let method = route.method.as_str().to_lowercase();
        let pointer = format!("/paths/{}/{method}", route.path.replace('/', "~1"));
        let operation = document
            .pointer(&pointer)
            .unwrap_or_else(|| panic!("{route:?} is missing"));
        assert_eq!(operation["operationId"], route.operation);
        assert!(
            !route.summary.is_empty() && route.summary.ends_with('.'),
            "{route:?}"
        );
        assert!(
            operation["responses"]
                .as_object()
                .unwrap()
                .keys()
                .any(|it| it.starts_with('2')),
            "{route:?}"
        );
    }
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn operations_have_different_names_and_no_route_is_there_twice() {
    let (mut names, mut places) = (BTreeSet::new(), BTreeSet::new());
    for route in routes() {
        assert!(names.insert(route.operation), "{}", route.operation);
        assert!(
            places.insert((route.path, route.method.to_string())),
            "{route:?}"
        );
    }
}

#[test]
fn no_two_schemas_share_a_name() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for route in routes().iter().filter(|route| route.is_documented()) {
        for (name, schema) in route.draft().schemas {
            let text = serde_json::to_string(&schema).unwrap();
            let before = known.insert(name.clone(), text.clone());
            assert!(
                before.is_none_or(|before| before == text),
                "{name} means two things"
            );
        }
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    found.push(reference);
                }
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_route_that_changes_something_names_its_events() {
    for route in routes() {
        // A colour is nobody's business.
        let changes = route.method != Method::GET && route.operation != "themeForm";
        assert!(!changes || !route.events.is_empty(), "{route:?}");
        for event in route.events {
            assert!(EventName::BUILT_IN.contains(event), "{route:?}: {event}");
        }
    }
}

#[test]
fn every_sign_in_is_held_to_the_limit_for_sign_ins() {
    let login: Vec<_> = routes()
        .into_iter()
        .filter(|it| it.budget == Budget::Login)
        .collect();
    let paths: Vec<_> = login.iter().map(|route| route.path).collect();
    assert!(
        paths.contains(&"/api/auth/login") && paths.contains(&"/api/v1/auth/login"),
        "{paths:?}"
    );
    for route in routes() {
        let signs_in = route.method == Method::POST && route.path.ends_with("/login");
        assert!(!signs_in || route.budget == Budget::Login, "{route:?}");
    }
}

#[test]
fn the_document_and_its_page_are_served_to_everybody() {
    let server = Server::bare(&[]);
    let visitor = server.anonymous();
    assert_eq!(
        visitor.get("/api/openapi.json").expect(200).json(),
        document()
    );
    let page = visitor.get("/api/docs").expect(200);
    assert!(page.text().contains("/api/auth/login"));
}

#[test]
fn every_body_has_an_example_that_can_be_read() {
    let server = Server::start();
    let document = document();
    for route in routes()
        .into_iter()
        .filter(|route| route.draft().body.is_some())
    {
        let body = route.draft().body.unwrap();
        let body = serde_json::to_value(body).unwrap();
        let reference = body
            .pointer("/content/application~1json/schema/$ref")
            .and_then(Value::as_str);
        let pointer = reference.unwrap().trim_start_matches('#');
        let example = &document.pointer(pointer).unwrap()["example"];
        assert!(example.is_object(), "{route:?} has no example");
        let path = route
            .path
            .replace("{id}", "00000000-0000-4000-8000-000000000000");
        let request = Request::new(route.method.as_str(), &path)
            .same_origin()
            .json(example);
        let answer = server.browser("admin").send(request);
        let wrong = ["unknown", "duplicate", "required", "wrong_type"];
        let complaint = if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        };
        let complaint = complaint["errors"][0]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            !wrong.contains(&complaint.as_str()),
            "{route:?}: {}",
            answer.text()
        );
    }
}

#[test]
fn safe_methods_have_no_effect() {
    let server = Server::start();
    let admin = server.browser("admin");
    let head = || {
        let system = server.auth.local_caller(dango_auth::core::audit::Via::Cli);
        server.auth.audit().head(&system).unwrap()
    };
    let before = head();
    for route in routes()
        .into_iter()
        .filter(|route| route.method == Method::GET)
    {
        let path = route
            .path
            .replace("{id}", "00000000-0000-4000-8000-000000000000");
        for method in ["GET", "HEAD"] {
            let _ = admin.send(Request::new(method, &path));
        }
    }
    assert_eq!(head(), before);
}
