//! The three clients against a real nginx that echoes what it was sent.

use dango_testkit::http::{Anonymous, Client as _, Request, WithBearer, WithCookies};
use dango_testkit::nginx::Nginx;

const ECHO: &str = r#"
    location /echo {
        default_type text/plain;
        return 200 "$request_method [$http_authorization] [$http_cookie]";
    }
    location /set { add_header Set-Cookie "a=1; Path=/; HttpOnly"; return 204; }
    location /unset { add_header Set-Cookie "a=x; Max-Age=0"; return 204; }
    location /away { return 302 /echo; }
    location /broken { return 503 '{"code": "unavailable"}'; }
    location /file { root @folder@; }
"#;

fn nginx() -> Option<Nginx> {
    Nginx::start(ECHO, &[("file/page.txt", "from a file")])
}

#[test]
fn an_anonymous_client_shows_every_answer_as_it_came() {
    let Some(nginx) = nginx() else { return };
    let client = Anonymous::new(&nginx.url());
    assert_eq!(client.get("/echo").expect(200).text(), "GET [] []");
    assert_eq!(
        client
            .get("/away")
            .expect(302)
            .header("Location")
            .map(|to| to.ends_with("/echo")),
        Some(true)
    );
    assert_eq!(client.get("/broken").expect(503).code(), "unavailable");
    assert_eq!(
        client.get("/file/page.txt").expect(200).text(),
        "from a file"
    );
    let deleted = client.send(Request::new("DELETE", "/echo").json(&serde_json::json!({"a": 1})));
    assert_eq!(deleted.expect(200).text(), "DELETE [] []");
}

#[test]
fn a_bearer_goes_with_every_request() {
    let Some(nginx) = nginx() else { return };
    let client = WithBearer::new(&nginx.url(), "secret");
    assert_eq!(client.get("/echo").text(), "GET [Bearer secret] []");
}

#[test]
fn a_cookie_stays_until_it_is_taken_back() {
    let Some(nginx) = nginx() else { return };
    let client = WithCookies::new(&nginx.url());
    let _ = client.get("/set").expect(204);
    client.set_cookie("b", "2");
    assert_eq!(client.get("/echo").text(), "GET [] [a=1; b=2]");
    let _ = client.get("/unset").expect(204);
    assert_eq!(client.cookie("a"), None);
    assert_eq!(client.get("/echo").text(), "GET [] [b=2]");
}
