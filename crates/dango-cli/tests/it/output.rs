//! Streams, colours and widths.

use crate::place::{ADMIN, Place, Run};
use crate::terminal::Terminal;

/// Every command that only looks, so that each can be tried in any order.
const LOOKS: [&[&str]; 10] = [
    &["auth", "status"],
    &["auth", "list-users"],
    &["auth", "audit"],
    &["auth", "audit", "--verify"],
    &["auth", "sessions", "list", ADMIN],
    &["auth", "key", "list"],
    &["auth", "workspace", "list"],
    &["auth", "explain", ADMIN, "users.manage"],
    &["auth", "config", "show"],
    &["auth", "roles", "list"],
];

#[test]
fn piped_output_has_no_escape_sequences() {
    let place = Place::ready();
    for words in LOOKS {
        let run = place.run(words);
        assert_eq!(run.code, 0, "{words:?}: {run:?}");
        assert!(
            !run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'),
            "{words:?}: {run:?}"
        );
    }
}

#[test]
fn every_look_has_one_json_document_and_nothing_else() {
    let place = Place::ready();
    for words in LOOKS {
        let run = place.run(&[&["--json"], words].concat());
        assert_eq!(run.code, 0, "{words:?}: {run:?}");
        let documents: Result<Vec<serde_json::Value>, _> =
            serde_json::Deserializer::from_str(&run.out)
                .into_iter()
                .collect();
        assert_eq!(documents.unwrap().len(), 1, "{words:?}: {}", run.out);
    }
}

#[test]
fn colours_follow_option_variables_and_terminal() {
    let place = Place::ready();
    let coloured = |set: &[(&str, &str)], words: &[&str]| {
        let mut command = place.dango(&[&["auth", "list-users"], words].concat());
        command.envs(set.iter().copied());
        Run::of(&command.output().unwrap()).out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&[], &["--color", "always"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
    assert!(!coloured(
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        &[]
    ));
    place.fails(2, &["auth", "list-users", "--color", "purple"]);
}

#[test]
fn on_a_terminal_a_table_fits_and_a_link_is_one_piece() {
    let place = Place::with_users(&[(
        "somebody.with.a.long.name@department.example.org",
        "developer",
    )]);
    let terminal = Terminal::start(&place, 60, &["auth", "list-users", "--color", "never"]);
    let (code, shown) = terminal.finish();
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown
            .lines()
            .all(|line| line.trim_end().chars().count() <= 60),
        "{shown}"
    );
    let base = format!("https://{}.example.org", "dango".repeat(10));
    let words = [
        "auth",
        "add-user",
        "ann@example.org",
        "--base-url",
        &base,
        "--color",
        "never",
    ];
    let (code, shown) = Terminal::start(&place, 60, &words).finish();
    assert_eq!(code, 0, "{shown}");
    let link = shown
        .lines()
        .find(|line| line.contains("https://"))
        .unwrap();
    let token = link.split_once("/invite/").unwrap().1.trim();
    assert_eq!(token.len(), 43, "{shown}");
}

#[test]
fn a_terminal_has_colours_unless_it_is_dumb_or_asked_not_to() {
    let place = Place::ready();
    let (_, shown) = Terminal::start(&place, 80, &["auth", "status"]).finish();
    assert!(shown.contains("\u{1b}["), "{shown:?}");
    let (_, shown) = Terminal::start(&place, 80, &["auth", "status", "--color", "never"]).finish();
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn data_is_on_standard_output_and_talk_is_not() {
    let place = Place::ready();
    let run = place.run(&["auth", "add-user", "ann@example.org"]);
    assert_eq!(run.out.lines().count(), 4, "{}", run.out);
    assert!(
        run.out
            .contains("Invite link: http://localhost:8800/invite/"),
        "{}",
        run.out
    );
    let run = place.run(&["auth", "change-role", "ann@example.org", "editor"]);
    assert_eq!(run.out, "");
    assert!(
        run.err.contains("ann@example.org is now editor"),
        "{}",
        run.err
    );
}

#[test]
fn a_stranger_s_text_cannot_steer_the_terminal() {
    use dango_auth::core::audit::{Origin, Via};
    use dango_auth::core::password::Password;
    use dango_auth::core::session::Transport;
    use dango_auth::sign_in::PasswordAttempt;

    let place = Place::ready();
    let attempt = PasswordAttempt {
        login: "evil\u{1b}[2J\u{202e}name\u{9b}1m".to_owned(),
        password: Password::new("wrong horse").unwrap(),
        transport: Transport::Cookie,
        device: None,
        origin: Origin {
            user_agent: Some("\u{1b}]0;owned\u{7}\u{200b}".to_owned()),
            ..Origin::local(Via::Api)
        },
    };
    assert!(place.auth().sign_in().with_password(&attempt).is_err());
    for format in ["table", "json", "jsonl", "csv"] {
        let out = place.ok(&["auth", "audit", "--format", format]);
        let unsafe_char = |c: char| {
            c.is_control() && c != '\n' && c != '\r' || "\u{202e}\u{200b}\u{9b}".contains(c)
        };
        assert!(!out.contains(unsafe_char), "{format}: {out:?}");
        assert!(out.contains("login_failed"), "{format}: {out}");
    }
}

#[test]
fn options_may_stand_before_and_after_the_command() {
    let place = Place::ready();
    assert_eq!(
        place.ok(&["--json", "auth", "list-users"]),
        place.ok(&["auth", "--json", "list-users"])
    );
    assert_eq!(
        place.ok(&["--json", "auth", "list-users"]),
        place.ok(&["auth", "list-users", "--json"])
    );
}

#[test]
fn the_project_is_the_nearest_one_above_or_the_one_named() {
    let place = Place::ready();
    let deep = place.path().join("a/b/c");
    std::fs::create_dir_all(&deep).unwrap();
    place
        .dango(&["auth", "status"])
        .current_dir(&deep)
        .assert()
        .success();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut named = place.dango(&["auth", "status"]);
    named
        .current_dir(elsewhere.path())
        .env("DANGO_PROJECT", place.path())
        .assert()
        .success();
    let mut empty = place.dango(&["auth", "status"]);
    empty.env("DANGO_PROJECT", "").assert().success();
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::ready();
    for _ in 0..30 {
        place.ok(&["auth", "disable", "--yes"]);
        place.ok(&["auth", "enable"]);
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dango"));
    command
        .current_dir(place.path())
        .env_clear()
        .args(["auth", "audit", "--json", "--limit", "1000"]);
    let (reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer).stderr(std::process::Stdio::piped());
    drop(reader);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
