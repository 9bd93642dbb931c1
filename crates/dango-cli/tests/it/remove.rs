//! Deleting people, and the confirmation it needs.

use serde_json::Value;

use crate::place::Place;
use crate::terminal::Terminal;

const ANN: &str = "ann@example.org";

#[test]
fn without_a_terminal_nobody_is_deleted_unless_confirmed() {
    let place = Place::with_users(&[(ANN, "viewer")]);
    let fault = place.fails_json(2, &["auth", "delete-user", ANN]);
    assert_eq!(fault["code"], "confirmation_required");
    let mut piped = place.dango(&["auth", "delete-user", ANN]);
    piped.write_stdin(format!("{ANN}\n")).assert().code(2);
    assert_ne!(place.user(ANN), Value::Null);
    assert_eq!(
        place.json(&["auth", "delete-user", ANN, "--yes"]),
        serde_json::json!({"success": true})
    );
    assert_eq!(place.user(ANN), Value::Null);
    place.fails(3, &["auth", "delete-user", ANN, "--yes"]);
}

#[test]
fn at_a_terminal_the_address_has_to_be_typed() {
    let place = Place::with_users(&[(ANN, "viewer")]);
    for answer in ["yes\n", "\n", "bob@example.org\n", "\u{4}"] {
        let mut terminal = Terminal::start(&place, 80, &["auth", "delete-user", ANN]);
        terminal.expect("Type ann@example.org");
        terminal.type_in(answer);
        terminal.expect("nothing was changed");
        assert_eq!(terminal.finish().0, 2, "{answer:?}");
        assert_ne!(place.user(ANN), Value::Null);
    }
    let mut terminal = Terminal::start(&place, 80, &["auth", "delete-user", ANN]);
    terminal.expect("Type ann@example.org");
    terminal.type_in("Ann@Example.org\n");
    terminal.expect("is deleted");
    assert_eq!(terminal.finish().0, 0);
    assert_eq!(place.user(ANN), Value::Null);
}

#[test]
fn what_somebody_did_outlives_them() {
    let place = Place::with_users(&[(ANN, "viewer")]);
    place.ok(&["auth", "change-role", ANN, "editor"]);
    place.ok(&["--yes", "auth", "delete-user", ANN]);
    assert_eq!(place.events("role_changed")[0]["target"]["name"], ANN);
    assert_eq!(place.events("user_deleted").len(), 1);
}
