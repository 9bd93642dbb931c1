//! The nginx how-to page, run as it stands in front of a small program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};

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

/// nginx in front of both; none where it is not installed.
fn site(server: &Server) -> Option<Nginx> {
    let page = generated::repository().join("docs/how-to/nginx-site.conf");
    let page = std::fs::read_to_string(page).unwrap();
    let own = server.url().trim_start_matches("http://");
    let block = page
        .replace("127.0.0.1:8800", own)
        .replace("127.0.0.1:9000", &echo().to_string());
    Nginx::start(&block, &[])
}

fn signed_in(site: &Nginx, login: &str) -> WithCookies {
    let client = WithCookies::new(&site.url());
    let body = json!({"email": login, "password": PASSWORD});
    let _ = client
        .send(Request::new("POST", "/api/auth/login").json(&body))
        .expect(200);
    client
}

#[test]
fn nginx_asks_before_it_lets_anybody_through() {
    let server = Server::with(&[("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")]);
    server.person("vic", "viewer");
    let Some(site) = site(&server) else { return };

    let lost = Anonymous::new(&site.url()).get("/board?x=1").expect(302);
    assert!(
        lost.header("location")
            .unwrap()
            .ends_with("/login?next=/board?x=1")
    );

    let viewer = signed_in(&site, "vic");
    let allowed = viewer.get("/board").expect(200).text().to_lowercase();
    assert!(allowed.contains("x-dango-user: vic\r\n"), "{allowed}");
    assert!(allowed.contains("x-dango-role: viewer\r\n"), "{allowed}");
    let _ = viewer.get("/admin/").expect(403);

    let admin = signed_in(&site, "admin");
    let _ = admin.get("/admin/").expect(200);

    let forged = Request::new("GET", "/board")
        .header("X-Dango-User", "admin")
        .header("X-Dango-Role", "admin")
        .header("X-Dango-User-Id", "1");
    let forged = viewer.send(forged).expect(200).text().to_lowercase();
    assert!(
        !forged.contains("admin") && !forged.contains("x-dango-user-id"),
        "{forged}"
    );

    let page = Request::new("GET", "/board").header("Accept", "text/html");
    let _ = Anonymous::new(&site.url()).send(page).expect(302);
    let _ = viewer.get("/_auth").expect(404);
}
