//! Servers managed from here: what is stored and how, and what is refused before anything is sent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::place::{Place, Run};

/// Well-formed keys, made from fixed bytes; no server knows them.
fn key(byte: u8) -> String {
    use dango_auth::core::token::ApiKeyToken;
    ApiKeyToken::from_random([byte; 32]).expose().to_owned()
}

/// The command with a configuration folder.
fn dango(place: &Place, words: &[&str]) -> Command {
    let mut command = place.dango(words);
    command.env("XDG_CONFIG_HOME", place.path().join("config"));
    command
}

fn file(place: &Place) -> PathBuf {
    place.path().join("config/dango/remotes.json")
}

fn add(place: &Place, name: &str, url: &str) {
    let mut add = dango(place, &["remote", "add", name, url]);
    add.env("DANGO_REMOTE_KEY", key(1)).assert().success();
}

fn refused(place: &Place, code: i32, words: &[&str]) -> Value {
    let output = dango(place, &[words, &["--json"]].concat())
        .output()
        .unwrap();
    let run = Run::of(&output);
    assert_eq!(
        (run.code, run.out.as_str()),
        (code, ""),
        "{words:?}: {run:?}"
    );
    serde_json::from_str(&run.err).unwrap()
}

#[test]
fn a_server_is_stored_for_its_owner_alone_and_listed_without_its_key() {
    let place = Place::empty();
    add(&place, "prod", "https://dango.example.org/");
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file(&place)), 0o600);
    assert_eq!(mode(place.path().join("config/dango")), 0o700);
    let listed = dango(&place, &["remote", "list", "--json"])
        .output()
        .unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let prefix = &key(1)[..12];
    let expected = json!([{"name": "prod", "url": "https://dango.example.org", "key_prefix": prefix, "ca_file": null}]);
    assert_eq!(listed, expected);
    let mut again = dango(&place, &["remote", "add", "prod", "https://a.example"]);
    again.env("DANGO_REMOTE_KEY", key(2)).assert().code(5);
    dango(&place, &["remote", "remove", "prod"])
        .assert()
        .success();
    assert_eq!(
        refused(&place, 3, &["remote", "remove", "prod"])["code"],
        "not_found"
    );
    assert!(!fs::read_to_string(file(&place)).unwrap().contains(&key(1)));
}

#[test]
fn a_key_comes_from_a_variable_a_file_or_standard_input() {
    let place = Place::empty();
    let stored = |name: &str| {
        let text = fs::read_to_string(file(&place)).unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        all["remotes"][name]["key"].as_str().unwrap().to_owned()
    };
    fs::write(place.path().join("key"), format!("{}\n", key(2))).unwrap();
    let mut by_file = dango(&place, &["remote", "add", "a", "https://a.example"]);
    by_file
        .env("DANGO_REMOTE_KEY_FILE", "key")
        .assert()
        .success();
    assert_eq!(stored("a"), key(2));
    let mut piped = dango(&place, &["remote", "add", "b", "https://a.example"]);
    piped
        .write_stdin(format!("{}\n", key(3)))
        .assert()
        .success();
    assert_eq!(stored("b"), key(3));
    let mut asked = dango(
        &place,
        &["remote", "add", "c", "https://a.example", "--key-stdin"],
    );
    asked.env("DANGO_REMOTE_KEY", key(1)).write_stdin(key(4));
    asked.assert().success();
    assert_eq!(stored("c"), key(4));
    let mut wrong = dango(&place, &["remote", "add", "d", "https://a.example"]);
    let output = wrong
        .env("DANGO_REMOTE_KEY", "dango_ak_nonsense")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert!(
        !String::from_utf8(output.stderr)
            .unwrap()
            .contains("nonsense")
    );
    assert_eq!(
        refused(&place, 2, &["remote", "add", "e", "https://a.example"])["code"],
        "input_required"
    );
}

#[test]
fn a_key_is_not_sent_where_others_could_read_it() {
    let place = Place::empty();
    for url in [
        "http://dango.example.org",
        "ftp://a.example",
        "nonsense",
        "https://u:p@a.example",
    ] {
        let mut add = dango(&place, &["remote", "add", "prod", url]);
        let output = add.env("DANGO_REMOTE_KEY", key(1)).output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{url}");
    }
    assert!(!file(&place).exists());
    add(&place, "here", "http://127.0.0.1:8800");
    add(&place, "there", "http://localhost:8800");
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let place = Place::empty();
    add(&place, "prod", "https://dango.example.org");
    fs::set_permissions(file(&place), fs::Permissions::from_mode(0o644)).unwrap();
    let fault = refused(&place, 8, &["remote", "list"]);
    assert_eq!(fault["code"], "insecure_file");
    assert!(fault["next_step"].as_str().unwrap().contains("chmod 600"));
}

#[test]
fn a_certificate_file_is_looked_into_when_it_is_named() {
    let place = Place::empty();
    fs::write(place.path().join("empty.pem"), "nothing").unwrap();
    for name in ["empty.pem", "missing.pem"] {
        let mut add = dango(
            &place,
            &["remote", "add", "a", "https://a.example", "--ca-file", name],
        );
        let output = add.env("DANGO_REMOTE_KEY", key(1)).output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{name}");
    }
}

#[test]
fn which_server_is_meant_has_to_be_clear() {
    let place = Place::empty();
    let list = ["remote", "auth", "list-users"];
    assert_eq!(refused(&place, 2, &list)["code"], "no_remote");
    assert_eq!(
        refused(&place, 3, &["auth", "list-users", "--remote", "prod"])["code"],
        "not_found"
    );
    // A port that was free a moment ago has no listener.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    add(&place, "one", &nobody);
    let fault = refused(&place, 8, &list);
    assert_eq!(fault["code"], "unreachable");
    assert!(
        fault["message"].as_str().unwrap().contains(&nobody),
        "{fault}"
    );
    add(&place, "two", &nobody);
    assert_eq!(refused(&place, 2, &list)["code"], "which_remote");
}

#[test]
fn what_needs_files_is_not_done_from_afar() {
    let place = Place::ready();
    let before = place.everything();
    add(&place, "prod", "https://dango.example.org");
    let commands: [&[&str]; 10] = [
        &["auth", "enable"],
        &["auth", "disable"],
        &["auth", "recover"],
        &["auth", "import", "dango", "."],
        &["init", "."],
        &["db", "migrate"],
        &["db", "backup", "x"],
        &["db", "restore", "x"],
        &["db", "copy", "--to", "sqlite:x"],
        &["doctor"],
    ];
    for words in commands {
        let fault = refused(&place, 2, &[words, &["--remote", "prod", "--yes"]].concat());
        assert_eq!(fault["code"], "local_only", "{words:?}");
    }
    assert_eq!(
        refused(&place, 2, &["remote", "auth", "disable", "--yes"])["code"],
        "local_only"
    );
    assert_eq!(place.everything(), before);
}
