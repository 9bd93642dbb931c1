//! Settings: seeing, setting, taking back, and files that are wrong.

use crate::place::{CHEAP, Place};

#[test]
fn a_setting_is_shown_with_its_origin_set_and_taken_back() {
    let place = Place::ready();
    let shown = |name: &str| place.json(&["auth", "config", "show"])["settings"][name].clone();
    assert_eq!(shown("lockout.max_attempts")["origin"], "default");
    place.ok(&["auth", "config", "set", "lockout.max_attempts", "7"]);
    assert_eq!(shown("lockout.max_attempts")["value"], 7);
    assert_eq!(shown("lockout.max_attempts")["origin"], "runtime");
    place.ok(&["auth", "config", "unset", "lockout.max_attempts"]);
    place.ok(&["auth", "config", "unset", "lockout.max_attempts"]);
    assert_eq!(shown("lockout.max_attempts")["value"], 5);
    assert_eq!(shown("hashing.memory_kib")["origin"], "file");
    assert_eq!(place.events("settings_changed").len(), 2);
    let text = place.ok(&["auth", "config", "show"]);
    assert!(
        text.contains("hashing.memory_kib") && text.contains("project.yml, line 2"),
        "{text}"
    );
}

#[test]
fn a_value_that_does_not_fit_is_invalid_and_a_name_gets_a_suggestion() {
    let place = Place::ready();
    for value in ["0", "-1", "many", ""] {
        let fault = place.fails_json(6, &["auth", "config", "set", "lockout.max_attempts", value]);
        assert_eq!(
            fault["errors"][0]["field"], "lockout.max_attempts",
            "{value}"
        );
    }
    let err = place.fails(6, &["auth", "config", "set", "lockout.max_atempts", "7"]);
    assert!(err.contains("lockout.max_attempts"), "{err}");
    place.fails(6, &["auth", "config", "unset", "colour"]);
    assert!(place.events("settings_changed").is_empty());
}

#[test]
fn a_wrong_file_stops_every_command_with_key_line_and_suggestion() {
    let place = Place::ready();
    place.configure(&format!(
        "{CHEAP}  idle_timeout_minuts: 5\n  require_2fa: maybe\n"
    ));
    for words in [
        &["auth", "status"][..],
        &["auth", "list-users"],
        &["init", "--skip-wizard"],
    ] {
        let err = place.fails(6, words);
        for part in [
            "idle_timeout_minuts",
            "idle_timeout_minutes",
            "line 3",
            "require_2fa",
            "line 4",
        ] {
            assert!(err.contains(part), "{part}: {err}");
        }
    }
    let fault = place.fails_json(6, &["auth", "status"]);
    assert_eq!(fault["code"], "invalid_configuration");
    assert_eq!(fault["errors"].as_array().unwrap().len(), 2);
}

#[test]
fn a_wrong_variable_is_named() {
    let place = Place::ready();
    let mut status = place.dango(&["auth", "status"]);
    let output = status
        .env("DANGO_AUTH__IDLE_TIMEOUT_MINUTES", "soon")
        .output()
        .unwrap();
    let run = crate::place::Run::of(&output);
    assert_eq!(run.code, 6);
    assert!(
        run.err.contains("DANGO_AUTH__IDLE_TIMEOUT_MINUTES"),
        "{}",
        run.err
    );
}
