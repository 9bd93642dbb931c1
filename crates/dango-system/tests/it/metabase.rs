//! Metabase rights follow roles, whichever program changed them, and what waits can be seen everywhere.
//!
//! The other end answers like Metabase's published API; it is no Metabase.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use dango_testkit::http::Client as _;
use dango_testkit::metabase::{API_KEY, Account, Age, Fault, Metabase};
use serde_json::json;

use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::people::make;

on_both_databases![
    changes_through_every_door_arrive,
    an_outage_shows_everywhere_and_passes,
    a_server_stops_in_order_while_metabase_is_slow,
    two_servers_bring_each_person_in_line_once,
    the_command_names_what_differs_and_puts_it_right,
];

/// How long a change may take to arrive on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// An installation that follows a Metabase by a key that is in a file.
fn following(place: Installation, metabase: &Metabase) -> Installation {
    let place = place
        .with("DANGO_AUTH__METABASE__URL", &metabase.url())
        .with("DANGO_AUTH__METABASE__DATABASE_ID", "2");
    let file = place.home(0).join("metabase.key");
    fs::write(&file, format!("{API_KEY}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let file = file.to_str().unwrap().to_owned();
    place
        .with("DANGO_AUTH__METABASE__API_KEY_FILE", &file)
        .ready()
}

/// Waits until something is so.
#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn find(metabase: &Metabase, email: &str) -> Option<Account> {
    let mut accounts = metabase.accounts().into_iter();
    accounts.find(|account| account.email == email)
}

fn is_editor(metabase: &Metabase, email: &str) -> bool {
    let group = metabase.group("Dango Editors");
    let account = find(metabase, email);
    account
        .zip(group)
        .is_some_and(|(account, group)| account.groups.contains(&group))
}

fn changes_through_every_door_arrive(place: Installation) {
    let metabase = Metabase::start(Age::New);
    let place = following(place, &metabase);
    let server = place.server(0);
    let admin = server.admin();
    let id = make(&admin, "bob@x.org", "editor");
    until("made through the API", || is_editor(&metabase, "bob@x.org"));
    place.ok(&["auth", "change-role", "bob@x.org", "admin"]);
    until("promoted by the command", || {
        find(&metabase, "bob@x.org").unwrap().superuser
    });
    let path = format!("/api/admin/users/{id}/deactivate");
    let _ = admin.post(&path, &json!({})).expect(200);
    until("deactivated through the API", || {
        !find(&metabase, "bob@x.org").unwrap().active
    });
    assert!(!find(&metabase, "bob@x.org").unwrap().superuser);
    let status = place.json(&["auth", "status"]);
    assert_eq!(status["metabase"]["waiting"], 0, "{status:#}");
    assert!(server.stop().success());
    let said = server.output();
    assert!(said.contains("mirrored to Metabase"), "{said}");
    assert!(!said.contains(API_KEY), "{said}");
    let shown = place.ok(&["auth", "config", "show", "--json"]);
    assert!(!shown.contains(API_KEY), "{shown}");
}

fn an_outage_shows_everywhere_and_passes(place: Installation) {
    let mut metabase = Metabase::start(Age::New);
    let place = following(place, &metabase);
    let server = place.server(0);
    make(&server.admin(), "bob@x.org", "viewer");
    until("bob is there", || find(&metabase, "bob@x.org").is_some());
    metabase.go_down();
    place.ok(&["auth", "change-role", "bob@x.org", "editor"]);
    until("the outage is noticed", || {
        !place.json(&["auth", "status"])["metabase"]["outage"].is_null()
    });
    let status = place.ok(&["auth", "status"]);
    assert!(status.contains("cannot be used, 1 people wait"), "{status}");
    let page = server
        .browser(ADMIN, PASSWORD)
        .get("/settings/users")
        .expect(200);
    assert!(
        page.text().contains("Metabase does not answer"),
        "{}",
        page.text()
    );
    let doctor = place.ok(&["doctor"]);
    assert!(doctor.contains("dango auth sync"), "{doctor}");
    for words in [&["auth", "sync"][..], &["auth", "sync", "--check"]] {
        let run = place.run(words);
        assert_eq!(run.code, 8, "{run:?}");
        assert!(run.err.contains("cannot be used"), "{run:?}");
    }
    metabase.come_back();
    let run = place.run(&["auth", "sync"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        is_editor(&metabase, "bob@x.org"),
        "without waiting for the pause"
    );
    let status = place.json(&["auth", "status"]);
    assert_eq!(status["metabase"]["outage"], json!(null), "{status:#}");
}

fn a_server_stops_in_order_while_metabase_is_slow(place: Installation) {
    let metabase = Metabase::start(Age::New);
    let place = following(place, &metabase);
    let server = place.server(0);
    make(&server.admin(), "bob@x.org", "viewer");
    until("bob is there", || find(&metabase, "bob@x.org").is_some());
    let slow = Fault::Slow(Duration::from_secs(2));
    metabase.fail("POST /api/user", slow, 1);
    place.ok(&["auth", "add-user", "cleo@x.org", "--role", "editor"]);
    until("the call hangs", || metabase.slow_calls() > 0);
    assert!(server.stop().success());
    assert_eq!(place.json(&["auth", "status"])["metabase"]["waiting"], 1);
    metabase.mend();
    let again = place.server(0);
    until("delivered after the restart", || {
        is_editor(&metabase, "cleo@x.org")
    });
    assert!(again.stop().success());
}

fn two_servers_bring_each_person_in_line_once(place: Installation) {
    let metabase = Metabase::start(Age::New);
    let place = following(place, &metabase);
    let servers = place.servers(2);
    let admin = servers[0].admin();
    for number in 0..12 {
        make(&admin, &format!("p{number}@x.org"), "editor");
    }
    until("all are there", || {
        (0..12).all(|number| is_editor(&metabase, &format!("p{number}@x.org")))
    });
    let calls = metabase.calls();
    let made = calls
        .iter()
        .filter(|call| call.starts_with("POST /api/user "));
    assert_eq!(made.count(), 12, "{calls:#?}");
    let joined = "POST /api/permissions/membership ";
    let joined = calls.iter().filter(|call| call.starts_with(joined));
    assert_eq!(joined.count(), 12, "{calls:#?}");
}

fn the_command_names_what_differs_and_puts_it_right(place: Installation) {
    let metabase = Metabase::start(Age::New);
    let place = following(place, &metabase);
    place.ok(&["auth", "add-user", "bob@x.org", "--role", "editor"]);
    let first = place.json(&["auth", "sync"]);
    assert_eq!(first["in_line"], true, "{first:#}");
    assert_eq!(first["before"]["without_address"], json!([ADMIN]));
    let bob = find(&metabase, "bob@x.org").unwrap().id;
    metabase.change(bob, |account| account.superuser = true);
    let run = place.run(&["auth", "sync", "--check"]);
    assert_eq!(run.code, 5, "{run:?}");
    for part in ["bob@x.org", "editor", "superuser", "different"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert!(
        find(&metabase, "bob@x.org").unwrap().superuser,
        "only looked"
    );
    place.ok(&["auth", "sync"]);
    assert!(!find(&metabase, "bob@x.org").unwrap().superuser);
    let check = place.json(&["auth", "sync", "--check"]);
    assert_eq!(
        (&check["in_line"], &check["people"]),
        (&json!(true), &json!(2))
    );
    metabase.fail("POST /api/user", Fault::Status(500), 9);
    place.ok(&["auth", "add-user", "cleo@x.org"]);
    let run = place.run(&["auth", "sync"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(
        run.err.contains("cleo@x.org: POST /api/user answered 500"),
        "{run:?}"
    );
}
