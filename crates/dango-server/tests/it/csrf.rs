//! The table of contract §4, "CSRF".

use dango_testkit::http::{Client as _, Request};

use crate::harness::Server;

/// Headers, body with its type, expected status.
type Row<'a> = (&'a [(&'a str, &'a str)], Option<(&'a str, &'a str)>, u16);

const PATH: &str = "/api/auth/sessions/revoke-others";

fn status(server: &Server, headers: &[(&str, &str)], body: Option<(&str, &str)>) -> u16 {
    let browser = server.browser("admin");
    let request = Request::new("POST", PATH);
    let request = headers
        .iter()
        .fold(request, |it, (name, value)| it.header(name, value));
    let request = match body {
        Some((kind, body)) => request.body(kind, body),
        None => request,
    };
    let answer = browser.send(request);
    if answer.status == 403 {
        assert_eq!(answer.code(), "csrf");
        assert_eq!(answer.json()["error_code"], "DANGO-S002");
    }
    answer.status
}

#[test]
fn a_cookie_alone_changes_nothing_and_the_table_decides() {
    let server = Server::start();
    let own = server.url().to_owned();
    let mark = ("X-Requested-With", "XMLHttpRequest");
    let other_mark = ("X-CSRF-Protection", "");
    let json = Some(("application/json", "{}"));
    let form = Some(("application/x-www-form-urlencoded", "a=b"));
    let table: &[Row<'_>] = &[
        (&[], None, 403),
        (&[], json, 403),
        (&[mark], None, 200),
        (&[mark], json, 200),
        (&[other_mark], json, 200),
        (&[mark, ("Sec-Fetch-Site", "same-origin")], json, 200),
        (&[mark, ("Sec-Fetch-Site", "same-site")], json, 403),
        (&[mark, ("Sec-Fetch-Site", "cross-site")], json, 403),
        (&[mark, ("Sec-Fetch-Site", "none")], json, 403),
        (&[mark, ("Origin", &own)], json, 200),
        (&[mark, ("Origin", "http://evil.example")], json, 403),
        (&[mark, ("Origin", "null")], json, 403),
        (
            &[
                mark,
                ("Sec-Fetch-Site", "same-origin"),
                ("Origin", "http://evil.example"),
            ],
            json,
            200,
        ),
        (&[("Sec-Fetch-Site", "same-origin")], json, 403),
        (&[("Origin", &own)], json, 403),
        // The API takes no forms at all.
        (&[], form, 415),
        (&[mark, ("Sec-Fetch-Site", "same-origin")], form, 415),
        (&[mark], Some(("text/plain", "{}")), 415),
        (&[], Some(("text/plain", "{}")), 403),
        (
            &[mark],
            Some(("multipart/form-data; boundary=x", "--x--")),
            415,
        ),
        (&[mark, ("X-CSRF-Token", "forged")], json, 200),
        (
            &[
                ("X-CSRF-Token", "forged"),
                ("Sec-Fetch-Site", "same-origin"),
            ],
            json,
            403,
        ),
    ];
    for (headers, body, expected) in table {
        assert_eq!(
            status(&server, headers, *body),
            *expected,
            "{headers:?} {body:?}"
        );
    }
}

#[test]
fn a_bearer_request_needs_no_proof() {
    let server = Server::start();
    let script = server.script("admin");
    let request = Request::new("POST", PATH).header("Origin", "http://evil.example");
    let _ = script.send(request).expect(200);
}

#[test]
fn a_foreign_page_cannot_sign_anybody_in() {
    let server = Server::start();
    let body = serde_json::json!({"email": "admin", "password": crate::harness::PASSWORD});
    let login = || Request::new("POST", "/api/auth/login").json(&body);
    let visitor = server.anonymous();
    let _ = visitor
        .send(login().header("Origin", "http://evil.example"))
        .expect(403);
    let _ = visitor
        .send(login().header("Sec-Fetch-Site", "cross-site"))
        .expect(403);
    let _ = visitor
        .send(login().header("Sec-Fetch-Site", "same-origin"))
        .expect(200);
}

#[test]
fn reading_never_needs_proof() {
    let server = Server::start();
    let request = Request::new("GET", "/api/auth/me").header("Sec-Fetch-Site", "cross-site");
    let _ = server.browser("admin").send(request).expect(200);
}
