use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::DateTime;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::environment::Environment;

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

fn refusal(yaml: &str) -> String {
    load(yaml, &[]).unwrap_err()
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
fn faults_in_the_file_name_key_line_and_suggestion() {
    let cases = [
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
    let all: Vec<_> = cases
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
fn the_reference_lists_every_setting() {
    assert_snapshot!(reference());
}

proptest::proptest! {
    #[test]
    fn no_file_content_makes_the_reader_panic(text in "(auth:)?[ -~\n\t]{0,200}") {
        let _ = file::parse(Path::new(FILE), &text);
    }
}
