//! The way back in.

use crate::place::{ADMIN, Place};
use crate::terminal::Terminal;

#[test]
fn a_person_is_restored_with_everything_at_once() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    place.ok(&["auth", "deactivate-user", "ann@example.org"]);
    let restored = place.json(&["auth", "recover", "ann@example.org"]);
    assert!(restored["temp_password"].as_str().unwrap().len() >= 16);
    assert_eq!(restored["user"]["role"], "admin");
    assert_eq!(restored["user"]["status"], "active");
    assert_eq!(restored["user"]["must_change_password"], true);
    assert_eq!(restored["user"]["workspace_access"]["all"], true);
}

#[test]
fn without_a_name_a_recovery_admin_is_made() {
    let place = Place::ready();
    let err = place.fails(2, &["auth", "recover"]);
    assert!(err.contains("--yes"), "{err}");
    let made = place.json(&["auth", "recover", "--yes"]);
    assert_eq!(made["user"]["email"], "recovery@localhost");
    assert_eq!(made["user"]["role"], "admin");
    assert_eq!(
        place.fails_json(5, &["auth", "recover", "--yes"])["code"],
        "user_exists"
    );
    assert_eq!(place.events("recovery_admin_created").len(), 1);
}

#[test]
fn at_a_terminal_it_asks_for_the_address_with_a_default() {
    let place = Place::ready();
    let mut terminal = Terminal::start(&place, 80, &["auth", "recover"]);
    terminal.expect("[recovery@localhost]:");
    terminal.type_in("\n");
    terminal.expect("Temporary password");
    assert_eq!(terminal.finish().0, 0);
    let mut terminal = Terminal::start(&place, 80, &["auth", "recover"]);
    terminal.expect("[recovery@localhost]:");
    terminal.type_in("rescue@example.org\n");
    terminal.expect("Temporary password");
    assert_eq!(terminal.finish().0, 0);
    assert_eq!(place.user("rescue@example.org")["role"], "admin");
    assert_ne!(place.user(ADMIN), serde_json::Value::Null);
}
