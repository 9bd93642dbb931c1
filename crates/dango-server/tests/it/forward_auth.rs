//! The how-to pages of nginx and Caddy, run as they stand in front of a small program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};

use dango_testkit::caddy::Caddy;
use dango_testkit::generated;
use dango_testkit::http::{Anonymous, Client as _, Request, WithCookies};
use dango_testkit::nginx::Nginx;
use serde_json::json;

use crate::harness::{PASSWORD, Server};

/// A program without accounts: answers with the request it got.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while stream.read_line(&mut head).is_ok_and(|read| read > 2) {}
            let length = head.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{head}"
            );
            let _ = stream.get_mut().write_all(answer.as_bytes());
        }
    });
    address
}

/// A how-to page's configuration with the addresses of the server and of a program behind it.
fn page(name: &str, server: &Server) -> String {
    let page = generated::repository().join("docs/how-to").join(name);
    let own = server.url().trim_start_matches("http://");
    std::fs::read_to_string(page)
        .unwrap()
        .replace("127.0.0.1:8800", own)
        .replace("127.0.0.1:9000", &echo().to_string())
}

fn server() -> Server {
    let server = Server::with(&[("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")]);
    server.person("vic", "viewer");
    server
}

fn signed_in(site: &str, login: &str) -> WithCookies {
    let client = WithCookies::new(site);
    let body = json!({"email": login, "password": PASSWORD});
    let _ = client
        .send(Request::new("POST", "/api/auth/login").json(&body))
        .expect(200);
    client
}

/// What must hold in front of a program, whatever the proxy.
fn check(site: &str) {
    let lost = Anonymous::new(site).get("/board?x=1").expect(302);
    let back = lost.header("location").unwrap();
    assert!(back.ends_with("/login?next=/board?x=1"), "{back}");

    let viewer = signed_in(site, "vic");
    let allowed = viewer.get("/board").expect(200).text().to_lowercase();
    assert!(allowed.contains("x-dango-user: vic\r\n"), "{allowed}");
    assert!(allowed.contains("x-dango-role: viewer\r\n"), "{allowed}");
    let _ = viewer.get("/admin/").expect(403);

    let admin = signed_in(site, "admin");
    let _ = admin.get("/admin/").expect(200);

    let forged = Request::new("GET", "/board")
        .header("X-Dango-User", "admin")
        .header("X-Dango-Role", "admin")
        .header("X-Dango-User-Id", "1");
    let seen = viewer.send(forged).expect(200).text().to_lowercase();
    assert!(!seen.contains("admin"), "{seen}");
    assert!(!seen.contains("x-dango-user-id: 1\r\n"), "{seen}");

    let page = Request::new("GET", "/board").header("Accept", "text/html");
    let _ = Anonymous::new(site).send(page).expect(302);
}

#[test]
fn nginx_asks_before_it_lets_anybody_through() {
    let server = server();
    let Some(site) = Nginx::start(&page("nginx-site.conf", &server), &[]) else {
        return;
    };
    check(&site.url());
    let _ = signed_in(&site.url(), "vic").get("/_auth").expect(404);
}

#[test]
fn caddy_asks_before_it_lets_anybody_through() {
    let server = server();
    let Some(site) = Caddy::start(&page("Caddyfile", &server)) else {
        return;
    };
    check(&site.url());
}
