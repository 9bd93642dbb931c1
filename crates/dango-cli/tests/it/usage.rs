//! Help, completions, manual pages, and command lines that are wrong.

use std::fs;

use crate::place::Place;

#[test]
fn the_thirteen_documented_commands_are_there() {
    let place = Place::empty();
    let help = place.ok(&["auth", "--help"]);
    for name in [
        "enable",
        "disable",
        "status",
        "add-user",
        "list-users",
        "reset-password",
        "change-role",
        "deactivate-user",
        "reactivate-user",
        "delete-user",
        "unlock",
        "audit",
        "recover",
    ] {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(name)),
            "{name}: {help}"
        );
        assert!(
            place
                .ok(&["auth", name, "--help"])
                .contains("Usage: dango auth"),
            "{name}"
        );
    }
}

#[test]
fn a_wrong_command_line_is_exit_2_on_standard_error() {
    let place = Place::ready();
    for words in [
        &[][..],
        &["nonsense"],
        &["auth"],
        &["auth", "add-user"],
        &["auth", "change-role", "ann@example.org"],
        &["auth", "list-users", "--nonsense"],
        &["completions", "nonsense"],
    ] {
        place.fails(2, words);
    }
    assert!(
        place
            .fails(2, &["auth", "ad-user", "x@example.org"])
            .contains("add-user")
    );
    let fault = place.fails_json(2, &["auth", "list-users", "--nonsense"]);
    assert_eq!(fault["code"], "usage");
    assert!(fault["message"].as_str().unwrap().contains("--nonsense"));
}

#[test]
fn help_and_version_need_no_project() {
    let place = Place::empty();
    assert!(place.ok(&["--version"]).starts_with("dango "));
    assert!(place.ok(&["--help"]).contains("Exit codes:"));
    assert!(
        place
            .ok(&["auth", "add-user", "--help"])
            .contains("--base-url")
    );
}

#[test]
fn completions_are_there_for_every_shell() {
    let place = Place::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            place.ok(&["completions", shell]).contains("list-users"),
            "{shell}"
        );
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let place = Place::empty();
    place.ok(&["man", "."]);
    let pages: Vec<_> = fs::read_dir(place.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    for page in [
        "dango.1",
        "dango-auth.1",
        "dango-auth-add-user.1",
        "dango-auth-workspace-create.1",
    ] {
        assert!(pages.iter().any(|name| name == page), "{page}: {pages:?}");
    }
}
