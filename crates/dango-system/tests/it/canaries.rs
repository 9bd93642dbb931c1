//! Secrets are nowhere but where they belong: not in the database, the log, the audit trail, or a refusal.

use dango_testkit::http::{Client as _, Response};
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};
use std::io::Write as _;

use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::server::Server;

on_both_databases! {
    a_stolen_database_holds_no_usable_secret,
}

const WRONG: &str = "canary-that-was-mistyped";
const CHANGED: &str = "canary after the change 17";

/// A secret with every form it could be found in.
struct Canary {
    what: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Canary {
    fn text(what: &'static str, text: &str) -> Self {
        let bare: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut forms = vec![text.as_bytes().to_vec(), hex(text.as_bytes())];
        if bare != text {
            forms.push(hex(bare.as_bytes()));
            forms.push(bare.into_bytes());
        }
        Self { what, forms }
    }

    fn bytes(what: &'static str, bytes: &[u8]) -> Self {
        Self {
            what,
            forms: vec![bytes.to_vec(), hex(bytes)],
        }
    }

    fn is_in(&self, place: &[u8]) -> bool {
        let place = place.to_ascii_lowercase();
        let forms = self.forms.iter().map(|form| form.to_ascii_lowercase());
        forms
            .into_iter()
            .any(|form| place.windows(form.len()).any(|window| window == form))
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect()
}

fn text(document: &Value, name: &str) -> String {
    document[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {document}"))
        .to_owned()
}

/// Uses every kind of secret there is; answers the secrets, and what refusals said.
fn use_them_all(place: &Installation, server: &Server) -> (Vec<Canary>, String) {
    let token = server.token(ADMIN, PASSWORD);
    let admin = server.bearer(&token);
    let body = json!({"username": "ann@example.org", "role": "editor", "password": PASSWORD});
    let _ = admin.post("/api/v1/users", &body).expect(201);
    let browser = server.browser("ann@example.org", PASSWORD);
    let key = browser
        .post("/api/auth/api-keys", &json!({"name": "ci"}))
        .expect(200)
        .json();
    let setup = browser
        .post("/api/auth/2fa/setup", &json!({"password": PASSWORD}))
        .expect(200)
        .json();
    let change = json!({"current_password": PASSWORD, "new_password": CHANGED});
    let _ = browser
        .post("/api/auth/change-password", &change)
        .expect(200);
    let seed = text(&setup, "secret");
    let temporary = place.json(&["auth", "add-user", "bob@example.org", "--password"]);
    let invited = place.json(&["auth", "add-user", "cid@example.org"]);
    let link = text(&invited, "invite_url");
    let invite = link.rsplit('/').next().unwrap().to_owned();
    let mut canaries = vec![
        Canary::text("password", PASSWORD),
        Canary::text("changed password", CHANGED),
        Canary::text("mistyped password", WRONG),
        Canary::text("token", &token),
        Canary::text("cookie", &browser.cookie("dango_session").unwrap()),
        Canary::text("API key", &text(&key, "key")),
        Canary::text("temporary password", &text(&temporary, "temp_password")),
        Canary::text("invite", &invite),
        Canary::text("seed", &seed),
        Canary::bytes("seed", &BASE32_NOPAD.decode(seed.as_bytes()).unwrap()),
    ];
    for code in setup["recovery_codes"].as_array().unwrap() {
        canaries.push(Canary::text("recovery code", code.as_str().unwrap()));
    }
    let said = refusals(server, &text(&key, "key"), &invite);
    (canaries, said)
}

/// What is said to somebody who has nearly the right secret.
fn refusals(server: &Server, key: &str, invite: &str) -> String {
    let nearly = |secret: &str| format!("{}x", &secret[..secret.len() - 1]);
    let nobody = server.anonymous();
    let answers: Vec<Response> = vec![
        server.try_sign_in("ann@example.org", WRONG),
        server.try_sign_in("nobody@example.org", WRONG),
        server.bearer(&nearly(key)).get("/api/auth/me"),
        server.bearer(key).post(
            "/api/auth/change-password",
            &json!({"current_password": PASSWORD, "new_password": CHANGED}),
        ),
        nobody.post(
            "/api/auth/accept-invite",
            &json!({"token": nearly(invite), "password": CHANGED}),
        ),
        nobody.post(
            "/api/auth/accept-invite",
            &json!({"token": invite, "password": 7, "x": WRONG}),
        ),
        nobody.get(&format!("/api/auth/me?token={key}")),
    ];
    answers.iter().map(Response::text).collect()
}

/// The database as a thief would have it.
fn dump(place: &Installation) -> Vec<u8> {
    let Some(database) = place.database() else {
        let mut all = Vec::new();
        for end in ["", "-wal"] {
            all.extend(std::fs::read(place.file(&format!("auth.db{end}"))).unwrap_or_default());
        }
        return all;
    };
    let tables = database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    let rows = tables
        .lines()
        .map(|table| database.sql(&format!("SELECT t::text FROM {table} t")));
    rows.collect::<String>().into_bytes()
}

fn a_stolen_database_holds_no_usable_secret(place: Installation) {
    let place = place.ready();
    let server = place.server(0);
    let (canaries, said) = use_them_all(&place, &server);
    let audit = place.ok(&["auth", "audit", "--json", "--limit", "1000"]);
    server.stop();
    let places = [
        ("the database", dump(&place)),
        ("the log", server.output().into_bytes()),
        ("the audit trail", audit.into_bytes()),
        ("a refusal", said.into_bytes()),
    ];
    for (name, bytes) in &places {
        assert!(!bytes.is_empty(), "{name} is empty");
        for canary in &canaries {
            assert!(!canary.is_in(bytes), "a {} stands in {name}", canary.what);
        }
    }
    let seen = |what: &str| {
        places
            .iter()
            .filter(|(_, bytes)| Canary::text("name", what).is_in(bytes))
            .count()
    };
    assert!(
        seen("ann@example.org") >= 2,
        "the search itself finds what is there"
    );
    let (secrets, places) = (canaries.len(), places.len());
    let line = format!("canaries: {secrets} secrets in {places} places, none found");
    let _ = writeln!(std::io::stdout(), "{line}");
}
