//! Audit events on their way to a file, to syslog and to a webhook: real sockets, outages, two servers.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc;
use std::time::Duration as RealTime;

use chrono::Duration;
use dango_auth::Auth;
use dango_auth::core::audit::signature;
use dango_auth::stream::{Stream, streams};
use serde_json::Value;

use crate::house::House;

on_both_databases! {
    a_file_gets_every_event_once_and_is_opened_again_when_moved_away,
    of_two_servers_one_delivers_until_it_falls_silent,
}

const FILE: &str = "DANGO_AUTH__AUDIT__STREAM__FILE";
const SYSLOG: &str = "DANGO_AUTH__AUDIT__STREAM__SYSLOG";
const WEBHOOK: &str = "DANGO_AUTH__AUDIT__STREAM__WEBHOOK__URL";
const SECRET: &str = "DANGO_AUTH__AUDIT__STREAM__WEBHOOK__SECRET";

fn one(auth: &Auth) -> Stream {
    let mut all = streams(auth).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Makes events.
fn note(house: &House, count: usize) {
    for _ in 0..count {
        house
            .auth
            .audit()
            .note_export(&house.system(), "json", 1)
            .unwrap();
    }
}

fn ids(lines: &str) -> Vec<i64> {
    let id = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["id"]
            .as_i64()
            .unwrap()
    };
    lines.lines().map(id).collect()
}

fn a_file_gets_every_event_once_and_is_opened_again_when_moved_away(house: &House) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let auth = house.another(&[(FILE, path.to_str().unwrap())]);
    let mut stream = one(&auth);
    note(house, 450);
    assert_eq!(stream.deliver(), 450);
    assert_eq!(stream.deliver(), 0);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let moved = folder.path().join("audit.jsonl.1");
    fs::rename(&path, &moved).unwrap();
    note(house, 3);
    assert_eq!(stream.deliver(), 3);
    drop(stream);
    // Whoever comes after a crash waits for the lease to end, and goes on where the last one stopped.
    house.pass(Duration::seconds(61));
    note(house, 2);
    assert_eq!(one(&auth).deliver(), 2);
    let all = fs::read_to_string(&moved).unwrap() + &fs::read_to_string(&path).unwrap();
    assert_eq!(ids(&all), (1..=455).collect::<Vec<i64>>());
    // While it cannot be written nothing is lost.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    house.pass(Duration::seconds(61));
    let mut stream = one(&auth);
    note(house, 1);
    assert_eq!(stream.deliver(), 0);
    assert!(stream.pause() > RealTime::from_secs(1));
    fs::remove_dir(&path).unwrap();
    assert_eq!(stream.deliver(), 1);
    assert_eq!(stream.pause(), RealTime::from_secs(1));
}

fn of_two_servers_one_delivers_until_it_falls_silent(house: &House) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let variables = [(FILE, path.to_str().unwrap())];
    let (first, second) = (house.another(&variables), house.another(&variables));
    let (mut first, mut second) = (one(&first), one(&second));
    note(house, 5);
    assert_eq!(first.deliver(), 5);
    note(house, 1);
    assert_eq!(second.deliver(), 0, "the first one has it");
    house.pass(Duration::seconds(61));
    assert_eq!(second.deliver(), 1);
    note(house, 1);
    assert_eq!(first.deliver(), 0);
    second.release();
    assert_eq!(first.deliver(), 1);
    assert_eq!(
        ids(&fs::read_to_string(&path).unwrap()),
        (1..=7).collect::<Vec<i64>>()
    );
}

/// Checks a message against RFC 5424 §6 and gives its JSON document.
fn document(message: &str) -> Value {
    let (header, json) = message.split_once(" - {").unwrap();
    let parts: Vec<&str> = header.split(' ').collect();
    assert_eq!(parts[0], "<86>1", "{message}");
    assert!(
        chrono::DateTime::parse_from_rfc3339(parts[1]).is_ok(),
        "{message}"
    );
    assert_eq!(
        (parts[3], parts[5]),
        ("dango-auth", "audit_exported"),
        "{message}"
    );
    serde_json::from_str(&format!("{{{json}")).unwrap()
}

#[test]
fn syslog_gets_datagrams() {
    let house = House::on_sqlite();
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server
        .set_read_timeout(Some(RealTime::from_secs(10)))
        .unwrap();
    let address = format!("udp://{}", server.local_addr().unwrap());
    let auth = house.another(&[(SYSLOG, &address)]);
    note(&house, 2);
    assert_eq!(one(&auth).deliver(), 2);
    let mut buffer = [0; 4096];
    for id in 1..=2 {
        let length = server.recv(&mut buffer).unwrap();
        let message = std::str::from_utf8(&buffer[..length]).unwrap();
        assert_eq!(document(message)["id"], id);
    }
}

#[test]
fn syslog_gets_datagrams_on_this_machine() {
    let house = House::on_sqlite();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let server = UnixDatagram::bind(&path).unwrap();
    let auth = house.another(&[(SYSLOG, &format!("unix:{}", path.display()))]);
    note(&house, 1);
    assert_eq!(one(&auth).deliver(), 1);
    let mut buffer = [0; 4096];
    let length = server.recv(&mut buffer).unwrap();
    assert_eq!(
        document(std::str::from_utf8(&buffer[..length]).unwrap())["id"],
        1
    );
}

/// Takes messages with their length in front from a connection.
fn framed(listener: &TcpListener, count: usize) -> Vec<String> {
    let (mut connection, _) = listener.accept().unwrap();
    let mut messages = Vec::new();
    for _ in 0..count {
        let (mut length, mut byte) = (String::new(), [0]);
        loop {
            connection.read_exact(&mut byte).unwrap();
            match byte[0] {
                b' ' => break,
                digit => length.push(char::from(digit)),
            }
        }
        let mut message = vec![0; length.parse().unwrap()];
        connection.read_exact(&mut message).unwrap();
        messages.push(String::from_utf8(message).unwrap());
    }
    messages
}

#[test]
fn syslog_goes_on_after_the_server_was_away() {
    let house = House::on_sqlite();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let auth = house.another(&[(SYSLOG, &format!("tcp://{address}"))]);
    let mut stream = one(&auth);
    note(&house, 2);
    let receiver = std::thread::spawn(move || framed(&server, 2));
    assert_eq!(stream.deliver(), 2);
    let messages = receiver.join().unwrap();
    assert_eq!(document(&messages[1])["id"], 2);
    // The server is gone, with its connection.
    note(&house, 1);
    assert_eq!(stream.deliver(), 0);
    let server = TcpListener::bind(address).unwrap();
    let receiver = std::thread::spawn(move || framed(&server, 1));
    assert_eq!(stream.deliver(), 1);
    assert_eq!(document(&receiver.join().unwrap()[0])["id"], 3);
}

struct Post {
    head: String,
    body: String,
}

impl Post {
    fn header(&self, name: &str) -> &str {
        let name = format!("{name}: ");
        let mut lines = self.head.lines();
        lines
            .find_map(|line| {
                line.to_lowercase()
                    .starts_with(&name)
                    .then(|| line[name.len()..].trim())
            })
            .unwrap()
    }
}

/// A small receiver that answers each request with the next of these status lines.
fn receiver(answers: Vec<&'static str>) -> (String, mpsc::Receiver<Post>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut connection, _) = listener.accept().unwrap();
            let (mut text, mut buffer) = (Vec::new(), vec![0; 65_536]);
            let post = loop {
                let length = connection.read(&mut buffer).unwrap();
                text.extend_from_slice(&buffer[..length]);
                let all = String::from_utf8_lossy(&text).into_owned();
                let Some((head, body)) = all.split_once("\r\n\r\n") else {
                    continue;
                };
                let post = Post {
                    head: head.to_owned(),
                    body: body.to_owned(),
                };
                if post.body.len() >= post.header("content-length").parse().unwrap() {
                    break post;
                }
            };
            let reply =
                format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            connection.write_all(reply.as_bytes()).unwrap();
            tell.send(post).unwrap();
        }
    });
    (url, told)
}

#[test]
fn a_webhook_gets_signed_batches_and_is_tried_again() {
    let house = House::on_sqlite();
    let (url, posts) = receiver(vec![
        "503 Service Unavailable",
        "302 Found\r\nLocation: http://127.0.0.1:9/",
        "204 No Content",
        "200 OK",
    ]);
    let auth = house.another(&[(WEBHOOK, &url), (SECRET, "hush")]);
    let mut stream = one(&auth);
    note(&house, 201);
    assert_eq!(stream.deliver(), 0);
    assert_eq!(stream.deliver(), 0, "a redirect is not followed");
    assert_eq!(stream.deliver(), 201);
    let posts: Vec<Post> = posts.iter().take(4).collect();
    let deliveries: Vec<&str> = posts
        .iter()
        .map(|post| post.header("x-dango-delivery"))
        .collect();
    assert_eq!(deliveries, ["1-200", "1-200", "1-200", "201-201"]);
    for post in &posts {
        let time = post.header("x-dango-timestamp");
        assert_eq!(time, house.now().timestamp().to_string());
        let mac = signature(b"hush", &[time.as_bytes(), b".", post.body.as_bytes()]);
        assert_eq!(
            post.header("x-dango-signature"),
            format!("sha256={}", hex::encode(mac))
        );
        assert!(!post.head.contains("hush") && !post.body.contains("hush"));
    }
    let last: Value = serde_json::from_str(&posts[3].body).unwrap();
    assert_eq!(last["events"][0]["id"], 201);
    assert_eq!(last["events"][0]["event"], "audit_exported");
}

#[test]
fn a_webhook_needs_its_secret_and_nothing_is_streamed_unasked() {
    let house = House::on_sqlite();
    assert!(streams(&house.auth).unwrap().is_empty());
    let refused = house
        .try_another(&[(WEBHOOK, "http://127.0.0.1:1/")])
        .err()
        .unwrap();
    assert!(
        refused.to_string().contains("audit.stream.webhook.secret"),
        "{refused}"
    );
}
