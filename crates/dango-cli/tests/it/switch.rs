//! Switching sign-in on and off, and the state of the whole.

use serde_json::json;

use crate::place::Place;
use crate::terminal::Terminal;

#[test]
fn switching_off_needs_a_confirmation_and_says_what_it_means() {
    let place = Place::ready();
    let err = place.fails(2, &["auth", "disable"]);
    assert!(err.contains("--yes"), "{err}");
    assert_eq!(place.json(&["auth", "status"])["enabled"], true);
    let run = place.run(&["auth", "disable", "--yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.err.contains("without sign-in"), "{}", run.err);
    assert_eq!(place.json(&["auth", "status"])["enabled"], false);
    assert_eq!(
        place.json(&["auth", "disable"]),
        json!({"enabled": false, "changed": false})
    );
    assert_eq!(
        place.json(&["auth", "enable"]),
        json!({"enabled": true, "changed": true})
    );
    assert_eq!(
        place.json(&["auth", "enable"]),
        json!({"enabled": true, "changed": false})
    );
    assert_eq!(place.events("auth_disabled").len(), 1);
    assert_eq!(place.events("auth_enabled").len(), 1);
}

#[test]
fn at_a_terminal_the_word_has_to_be_typed() {
    let place = Place::ready();
    let mut terminal = Terminal::start(&place, 80, &["auth", "disable"]);
    terminal.expect("Type disable");
    terminal.type_in("yes\n");
    assert_eq!(terminal.finish().0, 2);
    assert_eq!(place.json(&["auth", "status"])["enabled"], true);
    let mut terminal = Terminal::start(&place, 80, &["auth", "disable"]);
    terminal.expect("Type disable");
    terminal.type_in("disable\n");
    assert_eq!(terminal.finish().0, 0);
    assert_eq!(place.json(&["auth", "status"])["enabled"], false);
}

#[test]
fn the_status_tells_who_there_is_and_which_limits_hold() {
    let place = Place::with_users(&[("ann@example.org", "editor"), ("bob@example.org", "viewer")]);
    place.ok(&["auth", "add-user", "eve@example.org"]);
    place.ok(&["auth", "deactivate-user", "bob@example.org"]);
    let status = place.json(&["auth", "status"]);
    assert_eq!(status["users"]["total"], 4);
    let by_status =
        json!({"active": 2, "inactive": 1, "invited": 1, "invite_expired": 0, "locked": 0});
    assert_eq!(status["users"]["by_status"], by_status);
    assert_eq!(
        status["users"]["by_role"],
        json!({"admin": 1, "editor": 1, "viewer": 2})
    );
    assert_eq!(status["admins_without_2fa"], json!(["admin@localhost"]));
    assert_eq!(status["settings"]["idle_timeout_minutes"]["value"], 1440);
    assert_eq!(status["settings"]["session_max_days"]["origin"], "default");
    let text = place.run(&["auth", "status"]);
    for part in [
        "Sign-in: on",
        "4 (2 active, 1 inactive, 1 invited)",
        "admin@localhost",
        "idle_timeout_minutes",
    ] {
        assert!(text.out.contains(part), "{part}: {}", text.out);
    }
    assert!(text.out.contains("warning:"), "{}", text.out);
}
