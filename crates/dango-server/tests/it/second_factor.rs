//! The second factor over HTTP, in both families.

use chrono::Duration;
use dango_auth::Clock as _;
use dango_auth::core::audit::EventName;
use dango_auth::core::totp::{TotpSeed, code_at, step_at};
use dango_testkit::http::{Client as _, Request, Response, WithBearer, WithCookies};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Server, text};

/// Somebody with the second factor on.
struct Enrolled {
    seed: TotpSeed,
    codes: Vec<String>,
}

impl Enrolled {
    fn code(&self, server: &Server) -> String {
        code_at(&self.seed, step_at(server.clock.now()))
    }
}

fn enrol(server: &Server, browser: &WithCookies) -> Enrolled {
    let setup = browser
        .post("/api/auth/2fa/setup", &json!({"password": PASSWORD}))
        .expect(200)
        .json();
    let seed = TotpSeed::from_base32(&text(&setup, "/secret")).unwrap();
    let codes = setup["recovery_codes"].as_array().unwrap().iter();
    let codes: Vec<String> = codes
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    let enrolled = Enrolled { seed, codes };
    let body = json!({"code": enrolled.code(server)});
    let answer = browser
        .post("/api/auth/2fa/verify-setup", &body)
        .expect(200);
    assert_eq!(answer.json(), json!({"success": true}));
    server.clock.advance(Duration::seconds(60));
    enrolled
}

fn first_step(server: &Server) -> WithCookies {
    let client = WithCookies::new(server.url());
    let body = json!({"email": "admin", "password": PASSWORD});
    let answer = client
        .send(Request::new("POST", "/api/auth/login").json(&body))
        .expect(200);
    assert_eq!(answer.json(), json!({"requires_2fa": true}));
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=300"));
    client
}

fn second_step(client: &WithCookies, body: &Value) -> Response {
    client.send(Request::new("POST", "/api/auth/2fa/verify").json(body))
}

#[test]
fn setting_up_shows_what_the_app_needs_once() {
    let server = Server::start();
    let browser = server.browser("admin");
    let wrong = browser
        .post("/api/auth/2fa/setup", &json!({"password": "wrong"}))
        .expect(400);
    assert_eq!(wrong.code(), "wrong_password");
    let setup = browser
        .post("/api/auth/2fa/setup", &json!({"password": PASSWORD}))
        .expect(200)
        .json();
    assert_eq!(text(&setup, "/secret").len(), 32);
    assert!(text(&setup, "/provisioning_uri").starts_with("otpauth://totp/Dango:admin?secret="));
    assert!(text(&setup, "/qr_svg").contains("<svg"));
    assert_eq!(setup["recovery_codes"].as_array().unwrap().len(), 10);
    let _ = browser
        .post("/api/auth/2fa/verify-setup", &json!({"code": "000000"}))
        .expect(400);
    let me = browser.get("/api/auth/me").expect(200).json();
    assert_eq!(me["totp_enabled"], false);
}

#[test]
fn a_sign_in_needs_the_code_and_each_code_works_once() {
    let server = Server::start();
    let enrolled = enrol(&server, &server.browser("admin"));
    let client = first_step(&server);
    let _ = client.get("/api/auth/me").expect(401);
    let partial = client.cookie("dango_session").unwrap();
    let code = enrolled.code(&server);
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let _ = second_step(&client, &json!({"code": wrong})).expect(400);
    let answer = second_step(&client, &json!({"code": code}))
        .expect(200)
        .json();
    assert_eq!(answer["must_change_password"], false);
    assert_eq!(answer["user"]["totp_enabled"], true);
    assert_ne!(client.cookie("dango_session").unwrap(), partial);
    let _ = client.get("/api/auth/me").expect(200);
    let again = first_step(&server);
    let replayed = second_step(&again, &json!({"code": code}));
    assert!([400, 401].contains(&replayed.status), "{}", replayed.text());
    assert_eq!(server.events(EventName::TWO_FA_ENABLED).len(), 1);
    assert!(server.events(EventName::TWO_FA_FAILED).len() >= 2);
}

#[test]
fn a_recovery_code_works_once() {
    let server = Server::start();
    let enrolled = enrol(&server, &server.browser("admin"));
    let body = json!({"code": enrolled.codes[0], "is_recovery": true});
    let _ = second_step(&first_step(&server), &body).expect(200);
    let again = second_step(&first_step(&server), &body);
    assert!([400, 401].contains(&again.status), "{}", again.text());
    assert_eq!(server.events(EventName::RECOVERY_CODE_USED).len(), 1);
}

#[test]
fn a_partial_session_lapses_after_five_minutes() {
    let server = Server::start();
    let enrolled = enrol(&server, &server.browser("admin"));
    let client = first_step(&server);
    server.clock.advance(Duration::minutes(5));
    let body = json!({"code": enrolled.code(&server)});
    let _ = second_step(&client, &body).expect(401);
}

#[test]
fn the_v1_family_asks_for_the_code_with_a_token() {
    let server = Server::start();
    let enrolled = enrol(&server, &server.browser("admin"));
    let body = json!({"username": "admin", "password": PASSWORD});
    let login = Request::new("POST", "/api/v1/auth/login").json(&body);
    let first = server.anonymous().send(login).expect(200).json();
    assert_eq!(first["secondFactorRequired"], true);
    let partial = WithBearer::new(server.url(), &text(&first, "/token"));
    let _ = partial.get("/api/v1/auth/me").expect(401);
    let body = json!({"code": enrolled.code(&server)});
    let second = partial
        .post("/api/v1/auth/second-factor", &body)
        .expect(200)
        .json();
    let full = WithBearer::new(server.url(), &text(&second, "/token"));
    let _ = full.get("/api/v1/auth/me").expect(200);
    let _ = partial
        .post("/api/v1/auth/second-factor", &body)
        .expect(401);
}

#[test]
fn switching_off_and_new_codes_need_password_and_code() {
    let server = Server::start();
    let browser = server.browser("admin");
    let enrolled = enrol(&server, &browser);
    let post = |path: &str, body: &Value| browser.post(&format!("/api/auth/2fa/{path}"), body);
    let _ = post("disable", &json!({"password": PASSWORD})).expect(400);
    let _ = post(
        "disable",
        &json!({"password": "wrong", "code": enrolled.code(&server)}),
    )
    .expect(400);
    let body = json!({"password": PASSWORD, "code": enrolled.code(&server)});
    let codes = post("regenerate-recovery", &body).expect(200).json();
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    let old = json!({"code": enrolled.codes[1], "is_recovery": true});
    let _ = second_step(&first_step(&server), &old).expect(400);
    server.clock.advance(Duration::seconds(30));
    let body = json!({"password": PASSWORD, "code": enrolled.code(&server)});
    let _ = post("disable", &body).expect(200);
    let _ = server.browser("admin").get("/api/auth/me").expect(200);
    assert_eq!(server.events(EventName::TWO_FA_DISABLED).len(), 1);
}

#[test]
fn an_administrator_removes_a_lost_factor() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "editor");
    enrol(&server, &server.browser("ann@example.org"));
    let admin = server.browser("admin");
    let path = format!("/api/admin/users/{}/reset-2fa", ann.id);
    let _ = admin.post(&path, &json!({})).expect(200);
    let _ = server
        .browser("ann@example.org")
        .get("/api/auth/me")
        .expect(200);
    assert_eq!(server.events(EventName::TWO_FA_RESET).len(), 1);
}
