use std::collections::BTreeMap;

use chrono::DateTime;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::environment::Environment;

mod faults;

const FILE: &str = ".dango/project.yml";

/// Loads the given file content and variables; the file's folder is cut from messages and origins.
fn load(yaml: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("project.yml");
    std::fs::write(&path, yaml).unwrap();
    let sources = Sources::new(Environment::of_pairs(variables.iter().copied())).with_file(&path);
    Settings::load(&sources)
        .map_err(|error| error.to_string().replace(path.to_str().unwrap(), FILE))
}

fn runtime(name: &str, value: Value) -> BTreeMap<String, RuntimeValue> {
    let at = DateTime::from_timestamp(1_767_268_800, 0).unwrap();
    BTreeMap::from([(
        name.to_owned(),
        RuntimeValue {
            value,
            by: "ann@x.org".to_owned(),
            at,
        },
    )])
}

fn shown(settings: &Settings) -> String {
    let line = |entry: &Entry| {
        format!(
            "{} = {} ({})\n",
            entry.name(),
            entry.display(),
            entry.origin().kind()
        )
    };
    settings.entries().iter().map(line).collect()
}

#[test]
fn the_local_profile_has_the_documented_values() {
    assert_snapshot!(shown(&load("", &[]).unwrap()));
}

#[test]
fn the_cloud_profile_has_the_documented_values_with_their_origin() {
    assert_snapshot!(shown(&load("auth: {profile: cloud}", &[]).unwrap()));
}

#[test]
fn a_file_that_does_not_exist_says_nothing() {
    let sources = Sources::default().with_file("/nowhere/project.yml");
    assert_eq!(
        Settings::load(&sources).unwrap().session.session_max_days,
        365
    );
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let name = "idle_timeout_minutes";
    let yaml = "auth:\n  profile: cloud\n";
    let file = format!("{yaml}  {name}: 11\n");
    let variables = [("DANGO_AUTH__IDLE_TIMEOUT_MINUTES", "12")];
    let of = |settings: &Settings| {
        (
            settings.session.idle_timeout_minutes,
            settings.origin(name).unwrap().kind(),
        )
    };

    assert_eq!(of(&load("", &[]).unwrap()), (1440, "default"));
    assert_eq!(of(&load(yaml, &[]).unwrap()), (60, "profile"));
    assert_eq!(of(&load(&file, &[]).unwrap()), (11, "file"));
    let settings = load(&file, &variables).unwrap();
    assert_eq!(of(&settings), (12, "environment"));
    let settings = settings.with_runtime(&runtime(name, json!(13))).unwrap();
    assert_eq!(of(&settings), (13, "runtime"));
}

#[test]
fn an_option_wins_over_the_environment() {
    let environment = Environment::of_pairs([("DANGO_PUBLIC_URL", "https://a.example.org")]);
    let sources = Sources::new(environment).with_argument(
        "--public-url",
        "public_url",
        "https://b.example.org/",
    );
    let settings = Settings::load(&sources).unwrap();
    assert_eq!(
        settings.public_url.as_ref().unwrap().to_string(),
        "https://b.example.org"
    );
    assert_eq!(
        settings.origin("public_url").unwrap().to_string(),
        "option --public-url"
    );
}

#[test]
fn origins_name_line_variable_and_person() {
    let yaml = "other: 1\nauth:\n  # a comment\n  lockout:\n    max_attempts: 7\n";
    let settings = load(yaml, &[("DANGO_AUTH__REQUIRE_2FA", "true")]).unwrap();
    let settings = settings
        .with_runtime(&runtime("invite_hours", json!(24)))
        .unwrap();
    let origin = |name: &str| settings.origin(name).unwrap();
    assert!(matches!(
        origin("lockout.max_attempts"),
        Origin::File { line: 5, .. }
    ));
    assert_eq!(
        origin("require_2fa").to_string(),
        "environment variable DANGO_AUTH__REQUIRE_2FA"
    );
    assert_eq!(
        origin("invite_hours").to_string(),
        "set by ann@x.org at 2026-01-01T12:00:00Z"
    );
    assert!(settings.origin("colour").is_none());
}

#[test]
fn other_sections_are_left_alone_however_odd_they_are() {
    let yaml = "sources:\n  a: 1\n  a: 2\n  ? [x, y]\n  : !secret z\n  lockuot: {}\nlist: [1, 2]\nauth: {invite_hours: 5}\n";
    assert_eq!(load(yaml, &[]).unwrap().invite_hours, 5);
}

#[test]
fn a_full_file_is_read() {
    let settings = load(include_str!("tests/full.yml"), &[]).unwrap();
    assert_snapshot!(shown(&settings));
    let target = settings.metabase.target().unwrap();
    assert_eq!(
        (target.url.as_str(), target.database_id),
        ("https://bi.example.org", Some(2))
    );
    assert_eq!(
        settings.initial_admin.password.unwrap().expose(),
        "0012345678"
    );
}

#[test]
fn no_output_of_the_settings_holds_a_secret() {
    let settings = load(include_str!("tests/full.yml"), &[]).unwrap();
    let all = format!("{settings:?} {}", shown(&settings));
    for secret in ["0012345678", "mb_k3y", "pg_s3cret"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn variables_nest_by_two_underscores_and_secrets_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "fr0m-file\n").unwrap();
    let variables = [
        ("DANGO_AUTH__RATE_LIMIT__LOGIN__WINDOW_SECONDS", "30"),
        ("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        (
            "DANGO_AUTH__INITIAL_ADMIN__PASSWORD_FILE",
            secret.to_str().unwrap(),
        ),
        ("DANGO_ADMIN_EMAIL", "ann@example.org"),
        ("DANGO_AUTH__REQUIRE_2FA", ""),
    ];
    let settings = load("auth: {require_2fa: true}", &variables).unwrap();
    assert_eq!(settings.rate_limit.login.window_seconds, 30);
    assert!(
        settings
            .rate_limit
            .trusted_proxies
            .contains("10.1.2.3".parse().unwrap())
    );
    assert_eq!(
        settings.initial_admin.password.as_ref().unwrap().expose(),
        "fr0m-file"
    );
    assert_eq!(
        settings.initial_admin.email.as_ref().unwrap().as_str(),
        "ann@example.org"
    );
    assert!(settings.require_2fa, "an empty variable counts as not set");
    assert_eq!(
        settings.entry("initial_admin.password").unwrap().display(),
        "***"
    );
}

#[test]
fn the_spellings_of_dango_are_understood_with_a_warning() {
    let yaml = "auth:\n  enabled: false\n  password_max_age_days: 90\n  oauth_providers:\n    google: {client_id: x}\n";
    let settings = load(
        yaml,
        &[
            ("DANGO_AUTH_REQUIRE_2FA", "true"),
            ("DANGO_AUTH__ENABLED", "no"),
        ],
    )
    .unwrap();
    assert_eq!(settings.password.max_age_days, 90);
    let warnings = settings.warnings().join("\n");
    let (folder, _) = warnings.split_once("project.yml").unwrap();
    assert_snapshot!(warnings.replace(folder, ""));
}

#[test]
fn run_time_values_are_checked_when_proposed() {
    let cases = [
        ("idle_timeout_minutes", json!(720)),
        ("idle_timeout_minutes", json!("720")),
        ("idle_timeout_minutes", json!(7.5)),
        ("idle_timeout_minutes", json!(null)),
        ("require_2fa", json!(true)),
        ("require_2fa", json!("true")),
        ("password_max_age_days", json!(30)),
        ("lockout", json!({"max_attempts": 3})),
        ("lockout.max_attempts", json!(3)),
        ("lockout.max_atempts", json!(3)),
        ("enabled", json!(true)),
        ("public_url", json!("https://evil.example")),
        ("database_url", json!("postgres://u:s3cret@h/d")),
        ("rate_limit.trusted_proxies", json!(["0.0.0.0/0"])),
    ];
    let answer = |name: &str, value: &Value| match validate_runtime(name, value) {
        Ok(value) => format!("ok {value}"),
        Err(error) => format!("{}: {error}", error.code()),
    };
    let all: Vec<_> = cases
        .iter()
        .map(|(name, value)| answer(name, value))
        .collect();
    assert_snapshot!(all.join("\n"));
    assert_eq!(
        validate_runtime_text("require_2fa", "true").unwrap(),
        json!(true)
    );
    assert_eq!(
        validate_runtime_text("invite_hours", "5").unwrap(),
        json!(5)
    );
}

#[test]
fn every_setting_has_a_name_a_meaning_and_values_that_fit_itself() {
    for profile in Profile::ALL {
        let settings = Settings::of_profile(profile).unwrap();
        assert_eq!(settings.entries().len(), keys().len());
        assert_eq!(settings.profile, profile);
    }
    let mut names: Vec<_> = keys().iter().map(Key::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), keys().len());
    assert!(keys().iter().all(|key| key.description().ends_with('.')));
    assert!(
        keys()
            .iter()
            .all(|key| !(key.is_secret() && key.is_runtime())),
        "secrets never go through the database"
    );
}

#[test]
fn every_bound_in_the_table_is_one_that_the_rules_take() {
    for length in [8, 256] {
        let settings = load(
            &format!("auth: {{password: {{min_length: {length}}}}}"),
            &[],
        )
        .unwrap();
        assert_eq!(settings.password_rules().min_length(), length);
    }
    let highest = "auth: {hashing: {memory_kib: 262144, iterations: 16, parallelism: 16}}";
    assert_eq!(
        load(highest, &[]).unwrap().hash_parameters().parallelism(),
        16
    );
    let lowest = "auth: {hashing: {memory_kib: 7168, iterations: 5}}";
    assert_eq!(
        load(lowest, &[]).unwrap().hash_parameters().memory_kib(),
        7168
    );
}

#[test]
fn the_rules_follow_values_set_at_run_time() {
    let settings = load("", &[]).unwrap();
    assert_eq!(settings.session.limits().idle, chrono::Duration::days(1));
    let cheap = HashParameters::insecure_for_tests();
    let settings = settings.with_hash_parameters(cheap);
    let settings = settings
        .with_runtime(&runtime("password.min_length", json!(15)))
        .unwrap();
    assert_eq!(settings.password_rules().min_length(), 15);
    assert_eq!(settings.hash_parameters(), cheap);
}

#[test]
fn configuration_page_is_current() {
    dango_testbase::generated::page("docs/reference/configuration.md", &reference());
}
