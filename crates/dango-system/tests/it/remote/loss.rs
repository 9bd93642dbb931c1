//! The answer is lost after the change was made; the same command again gives it and makes nothing twice.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use dango_testkit::http::Client as _;

use super::{Laptop, Site, proxy};
use crate::installation::{ADMIN, Installation, on_both_databases};

on_both_databases!(
    a_lost_answer_comes_again_and_makes_one_person,
    an_answer_lost_behind_the_proxy_comes_again_from_another_server,
);

/// Stands between client and server, lets requests through, and keeps the first answers to changes for itself.
struct Cutter {
    address: SocketAddr,
    left: Arc<AtomicU32>,
    upstream: Arc<Mutex<String>>,
}

impl Cutter {
    /// Keeps the first `lost` answers.
    fn before(server: &str, lost: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let left = Arc::new(AtomicU32::new(lost));
        let upstream = Arc::new(Mutex::new(address_of(server)));
        let (counter, target) = (Arc::clone(&left), Arc::clone(&upstream));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = target.lock().unwrap().clone();
                let left = Arc::clone(&counter);
                std::thread::spawn(move || relay(client, &server, &left));
            }
        });
        Self {
            address,
            left,
            upstream,
        }
    }

    /// Speaks to another server from the next connection on.
    fn turn_to(&self, server: &str) {
        *self.upstream.lock().unwrap() = address_of(server);
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn has_cut(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

fn address_of(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}

/// Passes on one request and one answer at a time; a change's answer is read to its end before it is dropped.
fn relay(mut client: TcpStream, server: &str, left: &AtomicU32) {
    let Ok(mut server) = TcpStream::connect(server) else {
        return;
    };
    while let Some(request) = message(&mut client) {
        if server.write_all(&request).is_err() {
            return;
        }
        let Some(answer) = message(&mut server) else {
            return;
        };
        let change = request.starts_with(b"POST /api/admin/users ");
        let take = |left: u32| left.checked_sub(1);
        if change
            && left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                .is_ok()
        {
            let _ = client.shutdown(Shutdown::Both);
            return;
        }
        if client.write_all(&answer).is_err() {
            return;
        }
    }
}

/// A whole HTTP message with a body of known length.
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(bytes)
}

fn people(place: &Installation) -> usize {
    place
        .json(&["auth", "list-users"])
        .as_array()
        .unwrap()
        .len()
}

fn a_lost_answer_comes_again_and_makes_one_person(place: Installation) {
    let place = place.ready();
    let server = place.server(1);
    let key = place.json(&["auth", "key", "create", ADMIN, "--name", "laptop"]);
    let key = key["key"].as_str().unwrap();

    // Lost once: the command asks again by itself.
    let laptop = Laptop::new();
    let cutter = Cutter::before(server.url(), 1);
    laptop.add("prod", &cutter.url(), key);
    let added = laptop.json(&["remote", "auth", "add-user", "ann@example.org"]);
    assert!(cutter.has_cut());
    let password = added["temp_password"].as_str().unwrap();
    assert_eq!(server.try_sign_in("ann@example.org", password).status, 200);
    assert_eq!(place.events("user_created").len(), 1);

    // Lost every time: the command says so, and run again gives the answer to what was done.
    let laptop = Laptop::new();
    let cutter = Cutter::before(server.url(), 3);
    laptop.add("prod", &cutter.url(), key);
    let add = ["remote", "auth", "add-user", "bob@example.org"];
    let lost = laptop.fails(8, &add);
    assert_eq!(lost["code"], "connection_lost");
    assert!(cutter.has_cut());
    assert_eq!(people(&place), 3, "bob was made all the same");
    let added = laptop.json(&add);
    let password = added["temp_password"].as_str().unwrap();
    assert_eq!(server.try_sign_in("bob@example.org", password).status, 200);
    assert_eq!((people(&place), place.events("user_created").len()), (3, 2));
    let refused = laptop.fails(5, &add);
    assert_eq!(
        refused["code"], "user_exists",
        "an answered request is over"
    );
}

fn an_answer_lost_behind_the_proxy_comes_again_from_another_server(place: Installation) {
    let Some(site) = Site::open(place) else {
        return;
    };
    let cutter = Cutter::before(site.server.url(), 1);
    let Some(cut) = proxy(&cutter.url(), &site.authority) else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let file = laptop.home().join(".config/dango/remotes.json");
    let stored = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, stored.replace(&site.nginx.url(), &cut.url())).unwrap();
    let add = ["auth", "add-user", "ann@example.org", "--remote", "prod"];
    let lost = laptop.fails(8, &add);
    assert!(cutter.has_cut(), "{lost}");
    assert_eq!(people(&site.place), 2);

    // The proxy turns to another server of the same database.
    let other = site.place.server(2);
    cutter.turn_to(other.url());
    assert!(site.server.stop().success());
    let added = laptop.json(&add);
    let link = added["invite_url"].as_str().unwrap();
    let token = link.rsplit('/').next().unwrap();
    let body = serde_json::json!({"token": token, "password": "another good one"});
    let accepted = other.anonymous().post("/api/auth/accept-invite", &body);
    assert_eq!(accepted.status, 200, "the link of the first answer works");
    assert_eq!(people(&site.place), 2);
}
