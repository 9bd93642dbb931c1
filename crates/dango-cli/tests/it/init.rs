//! `dango init`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::place::{ADMIN, CHEAP, PASSWORD, Place, Run};
use crate::terminal::Terminal;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn without_questions_it_makes_a_private_project_with_a_generated_password() {
    let place = Place::empty();
    let made = place.json(&["init", "--skip-wizard"]);
    assert_eq!(made["created"], true);
    assert_eq!(made["enabled"], true);
    assert_eq!(made["user"]["email"], ADMIN);
    assert_eq!(made["user"]["role"], "admin");
    assert_eq!(made["user"]["must_change_password"], true);
    assert!(made["temp_password"].as_str().unwrap().len() >= 16);
    assert_eq!(mode(&place.dot_dango()), 0o700);
    assert_eq!(mode(&place.file("auth.db")), 0o600);
    assert_eq!(mode(&place.file("secret.key")), 0o600);
}

#[test]
fn a_password_in_the_environment_is_taken_and_never_printed() {
    let place = Place::bare();
    let run = Run::of(
        &place
            .dango(&["init", "--skip-wizard"])
            .env("DANGO_ADMIN_PASSWORD", PASSWORD)
            .output()
            .unwrap(),
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.out.contains(PASSWORD) && !run.err.contains(PASSWORD));
    assert!(!run.out.contains("Temporary password"));
    assert_eq!(place.user(ADMIN)["must_change_password"], false);
}

#[test]
fn the_environment_answers_both_questions() {
    let place = Place::bare();
    let mut init = place.dango(&["init"]);
    init.env("DANGO_ADMIN_EMAIL", "Ann@Example.org")
        .env("DANGO_ADMIN_PASSWORD", PASSWORD);
    init.assert().success();
    assert_eq!(place.user("ann@example.org")["role"], "admin");
}

#[test]
fn a_password_may_come_from_standard_input() {
    let place = Place::bare();
    let mut init = place.dango(&["init", "--email", "ann@example.org", "--password-stdin"]);
    init.write_stdin(format!("{PASSWORD}\n")).assert().success();
    assert_eq!(place.user("ann@example.org")["must_change_password"], false);
}

#[test]
fn a_folder_can_be_named_and_is_made() {
    let place = Place::empty();
    place.ok(&["init", "deep/er", "--skip-wizard", "--profile", "cloud"]);
    let settings = place.json(&["auth", "config", "show", "--project", "deep/er"]);
    assert_eq!(settings["settings"]["idle_timeout_minutes"]["value"], 60);
    assert_eq!(
        settings["settings"]["idle_timeout_minutes"]["origin"],
        "profile"
    );
}

#[test]
fn a_second_time_changes_nothing_and_is_no_failure() {
    let place = Place::ready();
    let before = place.everything();
    let again = place.json(&["init", "--skip-wizard"]);
    assert_eq!(again["created"], false);
    assert_eq!(again.get("temp_password"), None);
    assert_eq!(place.ok(&["init"]), "");
    assert_eq!(place.everything(), before);
}

#[test]
fn force_touches_no_user_and_requires_sign_in_again() {
    let place = Place::ready();
    let before = place.json(&["auth", "list-users"]);
    place.ok(&["auth", "disable", "--yes"]);
    fs::set_permissions(place.dot_dango(), fs::Permissions::from_mode(0o750)).unwrap();
    let again = place.json(&["init", "--force", "--skip-wizard"]);
    assert_eq!(again["created"], false);
    assert_eq!(again["enabled"], true);
    assert_eq!(mode(&place.dot_dango()), 0o700);
    assert_eq!(place.json(&["auth", "list-users"]), before);
}

#[test]
fn a_weak_password_is_refused_before_anything_is_made() {
    let place = Place::empty();
    let mut init = place.dango(&["init", "--skip-wizard", "--json"]);
    let run = Run::of(
        &init
            .env("DANGO_ADMIN_PASSWORD", "password")
            .output()
            .unwrap(),
    );
    assert_eq!(run.code, 6, "{run:?}");
    let fault: serde_json::Value = serde_json::from_str(&run.err).unwrap();
    assert_eq!(fault["code"], "weak_password");
    assert!(!fault["issues"].as_array().unwrap().is_empty());
    assert!(!place.dot_dango().exists());
}

#[test]
fn an_email_that_is_none_is_refused_before_anything_is_made() {
    let place = Place::empty();
    let fault = place.fails_json(6, &["init", "--skip-wizard", "--email", "not an address"]);
    assert_eq!(fault["errors"][0]["field"], "email");
    assert!(!place.dot_dango().exists());
}

#[test]
fn without_a_terminal_missing_answers_are_named_and_nothing_is_made() {
    let place = Place::empty();
    let err = place.fails(2, &["init"]);
    assert!(
        err.contains("--skip-wizard") && err.contains("DANGO_ADMIN_EMAIL"),
        "{err}"
    );
    let err = place.fails(2, &["init", "--email", "ann@example.org"]);
    assert!(
        err.contains("DANGO_ADMIN_PASSWORD") && err.contains("--password-stdin"),
        "{err}"
    );
    assert!(!place.dot_dango().exists());
}

#[test]
fn at_a_terminal_it_asks_and_never_shows_the_password() {
    let place = Place::bare();
    let mut terminal = Terminal::start(&place, 80, &["init"]);
    terminal.expect("Email address of the first admin:");
    assert!(terminal.echoes());
    terminal.type_in("nonsense\n");
    terminal.expect("warning:");
    terminal.expect("Email address of the first admin:");
    terminal.type_in("ann@example.org\n");
    terminal.expect("Password:");
    while terminal.echoes() {}
    terminal.type_in("password\n");
    terminal.expect("Password again:");
    terminal.type_in("password\n");
    terminal.expect("too weak");
    terminal.expect("Password:");
    terminal.type_in("correct horse battery\n");
    terminal.expect("Password again:");
    terminal.type_in("incorrect horse\n");
    terminal.expect("not the same");
    terminal.expect("Password:");
    terminal.type_in("correct horse battery\n");
    terminal.expect("Password again:");
    terminal.type_in("correct horse battery\n");
    terminal.expect("is a project now");
    let (code, rest) = terminal.finish();
    assert_eq!(code, 0, "{rest}");
    assert!(!rest.contains("correct horse"));
    assert_eq!(place.user("ann@example.org")["role"], "admin");
}

#[test]
fn interrupted_at_the_password_nothing_is_made_and_the_terminal_shows_again_what_is_typed() {
    let place = Place::empty();
    let mut terminal = Terminal::start(&place, 80, &["init", "--email", "ann@example.org"]);
    terminal.expect("Password:");
    while terminal.echoes() {}
    terminal.type_in("half a pass\u{3}");
    terminal.expect("nothing was changed");
    assert!(terminal.echoes());
    assert_eq!(terminal.finish().0, 130);
    assert!(!place.dot_dango().exists());
}

#[test]
fn the_end_of_input_is_a_refusal() {
    let place = Place::empty();
    let mut terminal = Terminal::start(&place, 80, &["init"]);
    terminal.expect("Email address of the first admin:");
    terminal.type_in("\u{4}");
    terminal.expect("nothing was changed");
    assert_eq!(terminal.finish().0, 2);
    assert!(!place.dot_dango().exists());
}

#[test]
fn a_profile_beside_a_configuration_that_says_otherwise_is_refused() {
    let place = Place::bare();
    place.configure(CHEAP);
    let fault = place.fails_json(5, &["init", "--skip-wizard", "--profile", "cloud"]);
    assert_eq!(fault["code"], "configuration_exists");
    assert_eq!(
        fs::read_to_string(place.file("project.yml")).unwrap(),
        CHEAP
    );
}
