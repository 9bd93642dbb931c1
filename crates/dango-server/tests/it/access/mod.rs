//! The access table: every route × everybody who might call it, answered by the real server.

mod actor;
mod expected;

use std::fmt::Write as _;

use dango_server::route::Route;
use dango_testkit::generated;

use actor::{Actor, Stage};

/// Where the table stands.
const PAGE: &str = "docs/reference/access.md";

const INTRODUCTION: &str = "\
<!-- Generated from the running server by the test `access::the_access_page_is_current`. -->

# Who may call what

Every route, called by everybody who might, with an id that names nothing and a body that says nothing:
only who is let in counts.

| word | meaning |
|---|---|
| ok | let in; what the request says is looked at next |
| 401 | not signed in (a browser is led to the sign-in page) |
| denied | 403 `permission_denied` |
| session | 403 `session_required`: not with an API key |
| change | 403 `password_change_required` |
| enrol | 403 `second_factor_setup_required` |

`partial`: password given, code missing. `inactive`: a session from before the account was deactivated.

";

fn routes() -> Vec<Route> {
    let mut routes = dango_server::routes::all();
    // Nobody on this machine needs credentials for it, and tests run there.
    routes.retain(|route| route.operation != "metrics");
    routes.sort_by_key(|route| (route.path, route.method.to_string()));
    routes
}

/// What everybody gets, one row per route.
fn answers(stage: &Stage, actors: &mut [Actor]) -> Vec<(Route, Vec<&'static str>)> {
    let row = |route: Route| {
        let words = actors
            .iter_mut()
            .map(|actor| actor.call(stage, &route))
            .collect();
        (route, words)
    };
    routes().into_iter().map(row).collect()
}

fn drawn(actors: &[Actor], rows: &[(Route, Vec<&'static str>)]) -> String {
    let mut page = INTRODUCTION.to_owned();
    let names: Vec<&str> = actors.iter().map(Actor::name).collect();
    let _ = writeln!(page, "| route | {} |", names.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(names.len()));
    for (route, words) in rows {
        let _ = writeln!(
            page,
            "| {} `{}` | {} |",
            route.method,
            route.path,
            words.join(" | ")
        );
    }
    page
}

#[test]
fn the_access_page_is_current() {
    let stage = Stage::set();
    let mut actors = stage.actors();
    let rows = answers(&stage, &mut actors);
    assert!(rows.len() > 60, "{}", rows.len());
    generated::page(PAGE, &drawn(&actors, &rows));
}

#[test]
fn everybody_gets_what_the_route_declares() {
    let stage = Stage::set();
    let mut actors = stage.actors();
    let rows = answers(&stage, &mut actors);
    let policy = dango_auth::core::Policy::builtin();
    for (route, words) in rows {
        for (actor, word) in actors.iter().zip(words) {
            let expected = expected::answer(&policy, actor, &route);
            assert_eq!(word, expected, "{route:?} called by {}", actor.name());
        }
    }
}
