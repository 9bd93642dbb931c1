//! Moving in from the Dango data platform.

use std::fs;
use std::path::{Path, PathBuf};

use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::password::Password;
use dango_auth::core::session::Transport;
use dango_auth::core::totp::{TotpSeed, code_at, step_at};
use dango_auth::sessions::Presented;
use dango_auth::sign_in::{PasswordAttempt, SecondFactorAttempt, SignIn, SignedIn};
use dango_auth::{Auth, Error, Obligation};
use serde_json::{Value, json};

use crate::place::Place;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dango-auth/tests/fixtures")
}

pub(crate) fn manifest(system: &str) -> Value {
    let text = fs::read_to_string(fixtures().join(system).join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn folder() -> String {
    fixtures().join("dango/dot-dango").display().to_string()
}

fn moved_in() -> Place {
    let place = Place::ready();
    place.ok(&["auth", "import", "dango", &folder()]);
    place
}

pub(crate) fn sign_in(auth: &Auth, login: &str, password: &str) -> Result<SignIn, Error> {
    auth.sign_in().with_password(&PasswordAttempt {
        login: login.to_owned(),
        password: Password::new(password).unwrap(),
        transport: Transport::Cookie,
        device: None,
        origin: Origin::local(Via::Web),
    })
}

pub(crate) fn complete(auth: &Auth, login: &str, password: &str) -> SignedIn {
    match sign_in(auth, login, password) {
        Ok(SignIn::Complete(signed_in)) => *signed_in,
        other => panic!("{login}: {other:?}"),
    }
}

fn with_code(auth: &Auth, code: &str, recovery: bool) -> Result<SignedIn, Error> {
    let password = "fixture-7-passphrase-3";
    let SignIn::SecondFactorNeeded { token, .. } =
        sign_in(auth, "totp7@example.org", password).unwrap()
    else {
        panic!("no second factor was asked for");
    };
    auth.sign_in().with_second_factor(&SecondFactorAttempt {
        token: token.expose().to_owned(),
        transport: Transport::Cookie,
        code: code.to_owned(),
        recovery,
        device: None,
        origin: Origin::local(Via::Web),
    })
}

fn key(auth: &Auth, key: &str) -> Result<String, Error> {
    let caller = auth
        .sessions()
        .authenticate(Presented::ApiKey(key), Origin::local(Via::Api))?;
    Ok(caller.name().to_owned())
}

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let place = Place::ready();
    let before = place.everything();
    let report = place.json(&["auth", "import", "dango", &folder(), "--dry-run"]);
    assert_eq!(report["from"], "dango");
    assert_eq!(report["done"], false);
    let counts = json!({"add": 16, "already_here": 2, "conflict": 0, "skip": 1});
    assert_eq!(report["counts"], counts, "{report:#}");
    assert_eq!(report["events"], 101);
    let table = place.ok(&["auth", "import", "dango", &folder(), "--dry-run"]);
    for word in [
        "admin7@example.org",
        "second factor",
        "its lock stays behind",
        "dango_ak_oby",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    assert_eq!(place.everything(), before);
}

#[test]
fn everybody_signs_in_with_the_old_password() {
    let place = moved_in();
    let auth = place.auth();
    let manifest = manifest("dango");
    for person in manifest["users"].as_array().unwrap() {
        let email = person["email"].as_str().unwrap();
        let Some(password) = person["password"].as_str() else {
            continue;
        };
        if person.get("totp_secret").is_some() {
            continue;
        }
        if person["status"] == "inactive" {
            let refused = sign_in(&auth, email, password).unwrap_err();
            assert_eq!(refused.code(), "invalid_credentials", "{email}");
            continue;
        }
        let signed_in = complete(&auth, email, password);
        assert_eq!(signed_in.user.user.role.as_str(), person["role"], "{email}");
        let must = person["must_change_password"] == true;
        assert_eq!(
            signed_in.obligation,
            must.then_some(Obligation::ChangePassword),
            "{email}"
        );
    }
    assert_eq!(place.user("locked7@example.org")["status"], "active");
    assert_eq!(place.user("inactive7@example.org")["status"], "inactive");
}

#[test]
fn a_password_becomes_argon2id_at_the_next_sign_in() {
    let place = moved_in();
    let auth = place.auth();
    let kinds = || {
        let report = auth.status().report(&auth.local_caller(Via::Cli)).unwrap();
        report
            .hash_kinds
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let bcrypt = |kinds: &std::collections::BTreeMap<String, u64>| -> u64 {
        let of = kinds.iter().filter(|(kind, _)| kind.contains("bcrypt"));
        of.map(|(_, count)| *count).sum()
    };
    let before = kinds();
    assert_eq!(bcrypt(&before), 7, "{before:?}");
    complete(&auth, "viewer7@example.org", "fixture-7-passphrase-2");
    let after = kinds();
    assert_eq!(bcrypt(&after), 6, "{after:?}");
    complete(&auth, "viewer7@example.org", "fixture-7-passphrase-2");
    assert_eq!(bcrypt(&kinds()), 6);
}

#[test]
fn the_second_factor_and_its_recovery_codes_go_on_working() {
    let place = moved_in();
    let auth = place.auth();
    let seed = TotpSeed::from_base32("26BFHO4KCFVRNLCAWRX7M6TANYE372WH").unwrap();
    let code = code_at(&seed, step_at(auth.now()));
    let signed_in = with_code(&auth, &code, false).unwrap();
    assert_eq!(signed_in.user.user.username.as_str(), "totp7@example.org");
    assert!(with_code(&auth, &code, false).is_err(), "a code works once");
    assert!(with_code(&auth, "ZNB6-6SK9", true).is_ok());
    assert!(
        with_code(&auth, "ZNB6-6SK9", true).is_err(),
        "a recovery code works once"
    );
    assert!(
        with_code(&auth, "nea325t2", true).is_ok(),
        "spelled without hyphen in lower case"
    );
}

#[test]
fn an_open_invite_is_accepted_and_a_lapsed_one_is_not() {
    let place = moved_in();
    let auth = place.auth();
    let password = Password::new("a brand new passphrase").unwrap();
    let origin = Origin::local(Via::Web);
    let accept = |token: &str| {
        auth.invites()
            .accept(token, &password, Transport::Cookie, &origin)
    };
    let token = "BKBhrXO9bY46jylZfVMuubhB7T0FTDcYOWt2u19jjOs";
    assert_eq!(
        accept(token).unwrap().user.user.username.as_str(),
        "invited7@example.org"
    );
    assert!(accept(token).is_err());
    assert!(accept("F95YXmbkVH7kH9pLBZv-h3rwrZ1SFIBRRl4e-2sh5TA").is_err());
    assert_eq!(
        place.user("expired7@example.org")["status"],
        "invite_expired"
    );
}

#[test]
fn live_keys_work_and_lapsed_ones_do_not() {
    let place = moved_in();
    let auth = place.auth();
    let works = "dango_ak_jRc4xFqcOGG5dHuUH5XFpclUfavSIHGVkHZbpmoe53A";
    assert_eq!(key(&auth, works).unwrap(), "admin7@example.org");
    let works = "dango_ak_obymZC25F3K6iM9mCPdBzOW5ZFlo3xNWMLM27eofbhs";
    assert_eq!(key(&auth, works).unwrap(), "viewer7@example.org");
    let lapsed = "dango_ak_gXFRdVykJvtd-5K7u4JmjGsaV1kaJZ1EJUXU8gJcVdA";
    assert!(matches!(key(&auth, lapsed), Err(Error::Unauthenticated)));
}

#[test]
fn the_history_comes_along_with_its_times_and_the_chain_verifies() {
    let place = moved_in();
    let lines = place.ok(&["auth", "audit", "--json", "--limit", "1000"]);
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let old: Vec<&Value> = events
        .iter()
        .filter(|event| event["details"]["imported_from"] == "dango" && event["via"] != "cli")
        .collect();
    assert_eq!(old.len(), 101);
    let text = fs::read_to_string(fixtures().join("dango/dot-dango/logs/audit.jsonl")).unwrap();
    for (line, event) in text.lines().zip(old.iter().rev()) {
        let line: Value = serde_json::from_str(line).unwrap();
        let at = line["timestamp"].as_str().unwrap().replace("+00:00", "Z");
        assert_eq!(event["timestamp"], at);
        let name = line["event"].as_str().unwrap();
        assert_eq!(
            event["event"],
            name.replace("login_failure", "login_failed")
        );
        assert_eq!(event["target"]["name"], line["email"]);
    }
    assert_eq!(place.json(&["auth", "audit", "--verify"])["intact"], true);
    assert_eq!(place.events("users_imported").len(), 1);
}

#[test]
fn a_key_revoked_here_stays_revoked() {
    let place = moved_in();
    place.ok(&[
        "auth",
        "key",
        "revoke",
        "29054bb1-9c35-4411-ab86-3c16ebc1861c",
    ]);
    let report = place.json(&["auth", "import", "dango", &folder()]);
    let rows = report["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == "dashboards").unwrap();
    assert_eq!(row["verdict"], "skip");
    assert_eq!(row["reason"], "it was revoked here");
    let auth = place.auth();
    assert!(
        key(
            &auth,
            "dango_ak_obymZC25F3K6iM9mCPdBzOW5ZFlo3xNWMLM27eofbhs"
        )
        .is_err()
    );
}
