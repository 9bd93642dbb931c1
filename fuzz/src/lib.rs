//! What the fuzzer calls: every parser that meets strangers, with the bytes as they come.
//!
//! Each function is a target of `cargo xtask fuzz`; the test suite calls the same functions with the
//! corpora that are checked in. A function returns, or panics where a promise is broken.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::test::TestRequest;
use dango_auth::core::audit::{Act, Actor, EventName, Origin, Target, Via};
use dango_auth::core::id::UserId;
use dango_auth::core::metabase::{Found, reason, rights_patch};
use dango_auth::core::seal::{Purpose, SealContext, open};
use dango_auth::core::{
    ApiKeyToken, CsrfToken, DeviceToken, EmailAddress, InviteToken, KeyName, KeyRing, LoginName,
    MasterKey, PasswordHash, RecoveryCode, RoleName, SessionToken, SetupToken, TotpSeed,
    TrustedProxies, Username, WorkspaceName,
};
use dango_auth::{Settings, Sources};
use dango_auth_actix::{cookie, cursor, form, json, next};

// The command's own file: a program has no library to call.
#[path = "../../crates/dango-cli/src/output/clean.rs"]
mod clean;

/// A function of the fuzzer.
pub type FuzzTarget = fn(&[u8]);

/// Every target with the name of its corpus.
pub const TARGETS: [(&str, FuzzTarget); 16] = [
    ("cookie", cookie),
    ("authorization", authorization),
    ("forwarded", forwarded),
    ("names", names),
    ("tokens", tokens),
    ("phc", phc),
    ("totp", totp),
    ("envelope", envelope),
    ("audit", audit),
    ("csv", csv),
    ("terminal", terminal),
    ("cursor", cursor),
    ("metabase", metabase),
    ("form", form),
    ("json", json),
    ("config", config),
];

fn text(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// The `Cookie` header.
pub fn cookie(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, value);
        }
    }
    for over in [true, false] {
        let _ = cookie::read(&headers, cookie::SESSION.over(over));
    }
}

/// The `Authorization` header.
pub fn authorization(data: &[u8]) {
    let mut request = TestRequest::get();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            request = request.append_header((header::AUTHORIZATION, value));
        }
    }
    let _ = dango_auth_actix::bearer_token(&request.to_http_request());
}

/// Forwarded addresses, and lists of proxies.
pub fn forwarded(data: &[u8]) {
    let text = text(data);
    let lines: Vec<&str> = text.lines().collect();
    let _ = TrustedProxies::parse(&lines);
    let peer = std::net::IpAddr::from([127, 0, 0, 1]);
    if let Ok(nobody) = TrustedProxies::parse([""; 0]) {
        assert_eq!(
            nobody.resolve(peer, &lines),
            peer,
            "a stranger was believed"
        );
    }
    if let Ok(proxies) = TrustedProxies::parse(["127.0.0.1"]) {
        let _ = proxies.resolve(peer, &lines);
    }
}

/// Names of people, roles, workspaces and keys: a normal form is final.
pub fn names(data: &[u8]) {
    let text = text(data);
    if let Ok(name) = Username::parse(&text) {
        let again = Username::parse(name.as_str());
        assert!(again.is_ok_and(|again| again == name), "not final");
    }
    if let Ok(email) = EmailAddress::parse(&text) {
        let again = EmailAddress::parse(email.as_str());
        assert!(again.is_ok_and(|again| again == email), "not final");
    }
    let _ = (LoginName::parse(&text), RoleName::parse(&text));
    let _ = (WorkspaceName::parse(&text), KeyName::parse(&text));
}

/// Tokens of every kind: what is read is what was handed in.
pub fn tokens(data: &[u8]) {
    let text = text(data);
    if let Ok(token) = SessionToken::parse(&text) {
        assert_eq!(token.expose(), text);
    }
    if let Ok(token) = ApiKeyToken::parse(&text) {
        assert_eq!(token.expose(), text);
        let _ = (token.display_prefix(), token.hash());
    }
    let _ = (DeviceToken::parse(&text), InviteToken::parse(&text));
    let _ = (SetupToken::parse(&text), RecoveryCode::parse(&text));
    let key = MasterKey::from_bytes([1; 32]).subkey(Purpose::Csrf);
    assert!(
        !CsrfToken::verify(&key, b"session", &text),
        "a form token was made up"
    );
}

/// Stored password hashes.
pub fn phc(data: &[u8]) {
    if let Ok(hash) = PasswordHash::parse(&text(data)) {
        let again = PasswordHash::parse(&hash.to_stored());
        assert!(again.is_ok_and(|again| again == hash), "does not read back");
        let _ = (hash.describe(), hash.blocks());
    }
}

/// What is typed as a time-based code, and seeds of other systems.
pub fn totp(data: &[u8]) {
    let text = text(data);
    if let Ok(seed) = TotpSeed::from_bytes(&[7; 20]) {
        let now = chrono::DateTime::UNIX_EPOCH;
        let _ = dango_auth::core::totp::accept(&seed, &text, now, None);
        let _ = seed.provisioning_uri(&text, &text);
    }
    if let Ok(seed) = TotpSeed::from_base32(&text) {
        let again = TotpSeed::from_base32(seed.to_base32().expose());
        assert!(
            again.is_ok_and(|again| again.expose() == seed.expose()),
            "does not read back"
        );
    }
}

/// Sealed envelopes: nothing that was not sealed opens.
pub fn envelope(data: &[u8]) {
    let ring = KeyRing::new(MasterKey::from_bytes([1; 32]));
    let context = SealContext {
        table: "users",
        column: "password",
        row_id: "1",
    };
    assert!(
        open(&ring, context, data).is_err(),
        "an envelope was made up"
    );
    let _ = dango_auth::core::seal::key_id_of(data);
}

/// The coded form of audit events: details read back whatever they say.
pub fn audit(data: &[u8]) {
    let text = text(data).into_owned();
    let _ = EventName::parse(&text);
    let act = Act {
        actor: Actor::anonymous(text.as_str()),
        origin: Origin::local(Via::Api).with_user_agent(&text),
        at: chrono::DateTime::UNIX_EPOCH,
    };
    let event = act.event(EventName::LOGIN_FAILED, Target::unknown_user(text.as_str()));
    let event = event.detail("note", text.as_str());
    let details = dango_auth::core::audit::chain::details_text(&event);
    let read: serde_json::Value = serde_json::from_str(&details).unwrap_or_default();
    assert_eq!(read["note"], text);
}

/// Cells of comma-separated values: none is a formula.
pub fn csv(data: &[u8]) {
    let cell = dango_auth::view::inert(&text(data));
    assert!(
        !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
        "a formula"
    );
}

/// Text on a terminal: nothing steers it, and a JSON document stays the same document.
pub fn terminal(data: &[u8]) {
    let text = text(data);
    let shown = clean::clean(&text);
    assert!(!shown.contains(clean::is_unsafe), "a terminal was steered");
    if let Ok(document) = serde_json::from_slice::<serde_json::Value>(data) {
        let written = document.to_string();
        let shown = clean::clean_json(&written);
        assert!(!shown.contains(clean::is_unsafe), "a terminal was steered");
        // Read again from what was written: a number of forty digits is not the same one any more.
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
        assert_eq!(read(&shown), read(&written), "another document");
    }
}

/// Cursors of every list, and of one with any key at all: what is read is written the same.
pub fn cursor(data: &[u8]) {
    let text = text(data);
    let _ = cursor::read::<(chrono::DateTime<chrono::Utc>, UserId)>(Some(&text));
    let _ = cursor::read::<(String, UserId)>(Some(&text));
    let _ = (
        cursor::read::<i64>(Some(&text)),
        cursor::read::<WorkspaceName>(Some(&text)),
    );
    if let Ok(Some(key)) = cursor::read::<serde_json::Value>(Some(&text)) {
        let again = cursor::read(Some(&cursor::write(&key)));
        assert!(
            again.is_ok_and(|again| again == Some(key)),
            "does not read back"
        );
    }
}

/// Answers of a Metabase server.
pub fn metabase(data: &[u8]) {
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(data) else {
        return;
    };
    if let Some((read, _)) = Found::read_page(&body, 5) {
        let entries = body.get("data").unwrap_or(&body).as_array();
        assert_eq!(
            Some(read.len()),
            entries.map(Vec::len),
            "an account was left out"
        );
    }
    if let Some(told) = reason(&body) {
        assert!(!told.contains(char::is_control), "a log was steered");
    }
    let _ = (Found::read(&body, 5), rights_patch(&body, 5, 1));
}

/// Forms, queries, and the way back after signing in.
pub fn form(data: &[u8]) {
    if let Ok(fields) = form::Fields::parse(data) {
        let _ = json::read_pairs::<serde_json::Map<String, serde_json::Value>>(fields.into_pairs());
    }
    if let Some(path) = next::local_path(&text(data)) {
        assert!(
            path.starts_with('/') && !path.starts_with("//"),
            "leads elsewhere"
        );
    }
}

/// JSON bodies: what is read is what a second reader reads.
pub fn json(data: &[u8]) {
    type Members = serde_json::Map<String, serde_json::Value>;
    if let Ok(members) = json::read_object::<Members>(data) {
        let second: serde_json::Value = serde_json::from_slice(data).unwrap_or_default();
        assert_eq!(serde_json::Value::Object(members), second, "two readings");
    }
}

/// The configuration file.
pub fn config(data: &[u8]) {
    let path = std::env::temp_dir().join(format!("dango-fuzz-{}.yml", std::process::id()));
    if std::fs::write(&path, data).is_ok() {
        let _ = Settings::load(&Sources::default().with_file(&path));
    }
    let _ = std::fs::remove_file(&path);
}
