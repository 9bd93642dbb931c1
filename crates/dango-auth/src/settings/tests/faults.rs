use std::fmt::Write as _;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::json;

use super::super::*;
use super::{FILE, load, runtime};

/// What is wrong, and the file.
const FILES: &[(&str, &str)] = &[
    ("unknown key", "auth:\n  lockout:\n    max_atempts: 3\n"),
    ("key of another group", "auth:\n  max_attempts: 3\n"),
    (
        "unknown group",
        "a: 1\nauth:\n  lokout: {max_attempts: 3}\n",
    ),
    ("nothing near", "auth: {colour: blue}"),
    (
        "text for a number",
        "auth:\n\n  idle_timeout_minutes: soon\n",
    ),
    ("quoted number", "auth: {invite_hours: \"72\"}"),
    ("fraction", "auth: {invite_hours: 1.5}"),
    ("octal", "auth: {invite_hours: 010}"),
    ("too small", "auth: {lockout: {max_attempts: 0}}"),
    ("too large", "auth: {lockout: {lockout_minutes: 100000}}"),
    ("negative", "auth: {session_max_days: -1}"),
    ("number for a flag", "auth: {require_2fa: 1}"),
    ("quoted flag", "auth: {require_2fa: 'false'}"),
    ("no value", "auth:\n  require_2fa:\n"),
    ("list for a number", "auth: {invite_hours: [1]}"),
    ("mapping for a number", "auth: {invite_hours: {a: 1}}"),
    ("number for a group", "auth: {lockout: 5}"),
    ("list for text", "auth: {public_url: [a]}"),
    ("bad profile", "auth: {profile: Cloud}"),
    (
        "bad network",
        "auth:\n  rate_limit:\n    trusted_proxies:\n      - 10.0.0.0/8\n      - localhost\n",
    ),
    ("bad address", "auth: {public_url: 'auth.example.org'}"),
    (
        "bad database",
        "auth: {database_url: 'mysql://root:s3cret@db/x'}",
    ),
    ("bad email", "auth: {initial_admin: {email: ann}}"),
    ("weak hashing", "auth:\n  hashing:\n    memory_kib: 19456\n"),
    (
        "metabase without a way in",
        "auth:\n  metabase:\n    url: https://bi.example.org\n",
    ),
    (
        "metabase with two ways in",
        "auth: {metabase: {url: 'http://bi', api_key: k, email: a@b.c, password: p}}",
    ),
    (
        "metabase without address",
        "auth: {metabase: {database_id: 2}}",
    ),
    ("key twice", "auth:\n  invite_hours: 1\n  invite_hours: 1\n"),
    (
        "alias and key",
        "auth:\n  password_max_age_days: 1\n  password: {max_age_days: 1}\n",
    ),
    (
        "group twice",
        "auth:\n  lockout: {max_attempts: 3}\n  lockout: {lockout_minutes: 3}\n",
    ),
    ("section twice", "auth: {}\nauth: {}\n"),
    ("section is a list", "auth:\n  - require_2fa\n"),
    ("file is a list", "- auth\n"),
    ("name is a list", "auth: {[a]: 1}"),
    (
        "several",
        "auth:\n  a: 1\n  invite_hours: 0\n  password: {min_lenght: 9, max_age_days: x}\n",
    ),
    ("terminal escapes", "auth: {profile: \"\\e[31mred\"}"),
];
fn refusal(yaml: &str) -> String {
    load(yaml, &[]).unwrap_err()
}

#[test]
fn faults_in_the_file_name_key_line_and_suggestion() {
    let all: Vec<_> = FILES
        .iter()
        .map(|(case, yaml)| format!("# {case}\n{}", refusal(yaml)))
        .collect();
    assert_snapshot!(all.join("\n\n"));
}

#[test]
fn text_that_is_not_yaml_is_refused_with_its_line() {
    let cases = [
        "auth: [",
        "auth:\n  a: 1\n b: 2\n",
        "auth:\n\tprofile: cloud\n",
        "a: 1\nauth: {p: 'x\n",
        "auth: *x\n",
    ];
    let all: Vec<_> = cases
        .iter()
        .map(|yaml| format!("{yaml:?}\n{}", refusal(yaml)))
        .collect();
    assert_snapshot!(all.join("\n\n"));
}

#[test]
fn deep_nesting_and_endless_aliases_are_refused_or_harmless() {
    let deep = format!("auth: {}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(
        refusal(&deep).contains("not valid YAML: "),
        "{}",
        refusal(&deep)
    );
    let block = "- ".repeat(500);
    assert!(refusal(&format!("a:\n {block}1\n")).contains("nested too deeply"));
    let mut laughs = String::from("a0: &a0 [x]\n");
    for level in 1..60 {
        let below = level - 1;
        writeln!(
            laughs,
            "a{level}: &a{level} [*a{below}, *a{below}, *a{below}]"
        )
        .unwrap();
    }
    assert!(load(&format!("{laughs}auth: {{invite_hours: 5}}\n"), &[]).is_ok());
    assert!(refusal(&format!("{laughs}auth: {{invite_hours: *a59}}\n")).contains("not a list"));
}

#[test]
fn faults_in_the_environment_name_the_variable() {
    let cases: &[&[(&str, &str)]] = &[
        &[("DANGO_AUTH__LOCKOUT__MAX_ATEMPTS", "3")],
        &[("DANGO_AUTH__MAX_ATTEMPTS", "3")],
        &[("DANGO_AUTH__LOCKOUT__MAX_ATTEMPTS", "many")],
        &[("DANGO_AUTH__LOCKOUT", "3")],
        &[("DANGO_AUTH__REQUIRE_2FA", "1")],
        &[("DANGO_AUTH__REQUIRE_2FA_FILE", "/run/flag")],
        &[
            ("DANGO_AUTH__INITIAL_ADMIN__PASSWORD", "a"),
            ("DANGO_AUTH__INITIAL_ADMIN__PASSWORD_FILE", "/run/b"),
        ],
        &[("DANGO_AUTH__METABASE__API_KEY_FILE", "/nowhere/key")],
        &[
            ("DANGO_ADMIN_EMAIL", "a@b.c"),
            ("DANGO_AUTH__INITIAL_ADMIN__EMAIL", "a@b.c"),
        ],
        &[
            ("DANGO_AUTH__PASSWORD_MAX_AGE_DAYS", "1"),
            ("DANGO_AUTH__PASSWORD__MAX_AGE_DAYS", "1"),
        ],
        &[("DANGO_DATABASE_URL", "mysql://root:s3cret@db/x")],
    ];
    let all: Vec<_> = cases
        .iter()
        .map(|variables| load("", variables).unwrap_err())
        .collect();
    assert_snapshot!(all.join("\n"));
}

#[test]
fn a_stored_value_that_does_not_fit_closes_the_doors() {
    let settings = load("", &[]).unwrap();
    let mut values = runtime("invite_hours", json!("many"));
    values.extend(runtime("invite_days", json!(3)));
    assert_snapshot!(settings.with_runtime(&values).unwrap_err());
}

#[test]
fn an_unreadable_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = Settings::load(&Sources::default().with_file(folder.path())).unwrap_err();
    assert_eq!(error.faults()[0].fault(), SettingFault::Unreadable);
    let path = folder.path().join("latin1.yml");
    std::fs::write(&path, b"auth: {profile: \xe9}").unwrap();
    let error = Settings::load(&Sources::default().with_file(&path)).unwrap_err();
    assert!(error.to_string().contains("is unreadable: "), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_file_content_makes_the_reader_panic(text in "(auth:)?[ -~\n\t]{0,200}") {
        let _ = file::parse(Path::new(FILE), &text);
    }
}
