//! How the session cookie is read.

use dango_testkit::http::{Client as _, Request};

use crate::harness::Server;

#[test]
fn the_cookie_is_read_by_its_exact_name_and_only_once() {
    let server = Server::start();
    let token = server.browser("admin").cookie("dango_session").unwrap();
    let good = format!("dango_session={token}");
    let table = [
        (good.clone(), 200),
        (format!("a=b;{good}"), 200),
        (format!("{good}; other=1"), 200),
        (format!("{good}; {good}"), 401),
        (format!("dango_session=x; {good}"), 401),
        (format!("%64ango_session={token}"), 401),
        (format!("{good}; %64ango_session=x"), 401),
        (format!("Dango_Session={token}"), 401),
        (format!("__Host-dango_session={token}"), 401),
        (format!("dango_session=\"{token}\""), 401),
        (format!("dango_session={token}x"), 401),
        ("dango_session=".to_owned(), 401),
    ];
    for (cookie, status) in table {
        let request = Request::new("GET", "/api/auth/me").header("Cookie", &cookie);
        assert_eq!(server.anonymous().send(request).status, status, "{cookie}");
    }
}

#[test]
fn two_cookie_headers_count_as_one_list() {
    let server = Server::start();
    let token = server.browser("admin").cookie("dango_session").unwrap();
    let good = format!("dango_session={token}");
    let request = Request::new("GET", "/api/auth/me")
        .header("Cookie", "a=b")
        .header("Cookie", &good);
    let _ = server.anonymous().send(request).expect(200);
    let twice = Request::new("GET", "/api/auth/me")
        .header("Cookie", &good)
        .header("Cookie", &good);
    let _ = server.anonymous().send(twice).expect(401);
}

#[test]
fn over_https_only_the_host_cookie_counts() {
    let server = Server::with(&[("DANGO_PUBLIC_URL", "https://auth.example.org")]);
    let browser = server.browser("admin");
    let token = browser.cookie("__Host-dango_session").unwrap();
    let _ = browser.get("/api/auth/me").expect(200);
    let plain =
        Request::new("GET", "/api/auth/me").header("Cookie", &format!("dango_session={token}"));
    let _ = server.anonymous().send(plain).expect(401);
    let planted = format!("__%48ost-dango_session=x; __Host-dango_session={token}");
    let planted = Request::new("GET", "/api/auth/me").header("Cookie", &planted);
    let _ = server.anonymous().send(planted).expect(401);
}
