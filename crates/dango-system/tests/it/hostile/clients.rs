//! Requests that never end, or never begin.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Vitals;
use crate::campaign::{Tally, rounds};
use crate::installation::{ADMIN, Installation, PASSWORD};
use crate::server::Server;
use crate::wire::{Answer, ask, connect, request, rest};

/// The longest that anything unfinished is waited for: ten seconds for a body, and a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Memory that a server may hold at most, in MiB.
const MEMORY: usize = 400;
/// The beginning of a request with a body.
const LOGIN: &str =
    "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

/// One way to misbehave: what is sent, and what has to come of it.
struct Offence {
    name: &'static str,
    commit: fn(TcpStream) -> Result<(), String>,
}

const OFFENCES: [Offence; 9] = [
    Offence {
        name: "a head that stops",
        commit: head_that_stops,
    },
    Offence {
        name: "a head byte by byte",
        commit: slow_head,
    },
    Offence {
        name: "a body that stops",
        commit: body_that_stops,
    },
    Offence {
        name: "a body byte by byte",
        commit: slow_body,
    },
    Offence {
        name: "an endless body",
        commit: endless_body,
    },
    Offence {
        name: "an endless head",
        commit: endless_head,
    },
    Offence {
        name: "garbage after a request",
        commit: pipelined_garbage,
    },
    Offence {
        name: "half closed in the middle",
        commit: half_closed,
    },
    Offence {
        name: "half closed after a request",
        commit: half_closed_after,
    },
];

#[test]
fn bad_clients_are_let_go_and_others_are_served_meanwhile() {
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    let token = server.token(ADMIN, PASSWORD);
    let vitals = Vitals::of(&server.process());
    let mut tally = Tally::new("slow and broken clients", place.backend());
    let (slowest, asked) = std::thread::scope(|scope| {
        let offenders: Vec<_> = (0..rounds(4, 100))
            .flat_map(|_| &OFFENCES)
            .map(|offence| {
                let stream = connect(server.url()).unwrap();
                (offence, scope.spawn(|| (offence.commit)(stream)))
            })
            .collect();
        let mut figures = (Duration::ZERO, 0);
        while !offenders.iter().all(|(_, offender)| offender.is_finished()) {
            let started = Instant::now();
            serves(&server, &token);
            figures = (figures.0.max(started.elapsed()), figures.1 + 1);
        }
        for (offence, offender) in offenders {
            let fault = offender.join().unwrap().err();
            tally.count(fault.is_none(), || format!("{}: {fault:?}", offence.name));
        }
        figures
    });
    lets_go(&vitals, &server);
    let memory = vitals.peak_memory();
    assert!(memory < MEMORY, "{memory} MiB");
    tally.note(&format!(
        "peak {memory} MiB, {asked} others served, the slowest in {slowest:.1?}"
    ));
    tally.finish();
}

fn serves(server: &Server, token: &str) {
    for path in ["/healthz", "/api/auth/me"] {
        let answer = ask(
            server.url(),
            &request("GET", path, Some(token), &Value::Null),
        );
        assert_eq!(answer.unwrap().status, 200, "{path}");
    }
}

/// Waits until the server holds no connection but its own.
fn lets_go(vitals: &Vitals, server: &Server) {
    let started = Instant::now();
    let idle = 16;
    while vitals.sockets() > idle {
        assert!(started.elapsed() < PATIENCE, "{} sockets", vitals.sockets());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(
        ask(
            server.url(),
            &request("GET", "/healthz", None, &Value::Null)
        )
        .unwrap()
        .status,
        200
    );
}

/// Expects a refusal, or an end without one.
fn ends(mut stream: TcpStream, statuses: &[u16]) -> Result<(), String> {
    let started = Instant::now();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let answer = rest(&mut stream);
    let took = started.elapsed();
    let right = answer
        .as_ref()
        .is_none_or(|answer| statuses.contains(&answer.status));
    if right && took < PATIENCE {
        return Ok(());
    }
    Err(format!("{answer:?} after {took:?}"))
}

fn sends(stream: &mut TcpStream, text: &str) -> Result<(), String> {
    stream
        .write_all(text.as_bytes())
        .map_err(|error| error.to_string())
}

/// Writes a piece again and again until the server has had enough; answers how much it took.
fn until_refused(stream: &mut TcpStream, piece: &[u8], pause: Duration) -> Result<usize, String> {
    let (started, mut sent) = (Instant::now(), 0);
    stream
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    while started.elapsed() < PATIENCE {
        match stream.write(piece) {
            Ok(bytes) => sent += bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return Ok(sent),
        }
        let mut answer = [0; 1_024];
        match stream.read(&mut answer) {
            Ok(0) => return Ok(sent),
            Ok(_) => {
                let text = String::from_utf8_lossy(&answer).into_owned();
                let refused =
                    ["408", "413", "431", "400"].map(|status| format!("HTTP/1.1 {status}"));
                let right = refused.iter().any(|start| text.starts_with(start.as_str()));
                return if right { Ok(sent) } else { Err(text) };
            }
            Err(_) => std::thread::sleep(pause),
        }
    }
    Err(format!("still open after {sent} bytes"))
}

fn head_that_stops(mut stream: TcpStream) -> Result<(), String> {
    sends(&mut stream, "GET /healthz HTTP/1.1\r\nHost: loc")?;
    ends(stream, &[408])
}

fn slow_head(mut stream: TcpStream) -> Result<(), String> {
    sends(&mut stream, "GET /healthz HTTP/1.1\r\nX: ")?;
    until_refused(&mut stream, b"x", Duration::from_millis(500)).map(drop)
}

fn body_that_stops(mut stream: TcpStream) -> Result<(), String> {
    sends(
        &mut stream,
        &format!("{LOGIN}Content-Length: 100\r\n\r\n{{\"user"),
    )?;
    ends(stream, &[408])
}

fn slow_body(mut stream: TcpStream) -> Result<(), String> {
    sends(&mut stream, &format!("{LOGIN}Content-Length: 1000\r\n\r\n"))?;
    until_refused(&mut stream, b"x", Duration::from_millis(500)).map(drop)
}

fn endless_body(mut stream: TcpStream) -> Result<(), String> {
    sends(
        &mut stream,
        &format!("{LOGIN}Transfer-Encoding: chunked\r\n\r\n"),
    )?;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let taken = until_refused(&mut stream, chunk.as_bytes(), Duration::ZERO)?;
    // What lies in the sockets' buffers counts as taken.
    if taken < 16 << 20 {
        Ok(())
    } else {
        Err(format!("{taken} bytes were taken"))
    }
}

fn endless_head(mut stream: TcpStream) -> Result<(), String> {
    sends(&mut stream, "GET /healthz HTTP/1.1\r\n")?;
    let line = format!("X-More: {}\r\n", "x".repeat(1_000));
    let taken = until_refused(&mut stream, line.as_bytes(), Duration::ZERO)?;
    if taken < 16 << 20 {
        Ok(())
    } else {
        Err(format!("{taken} bytes were taken"))
    }
}

fn pipelined_garbage(mut stream: TcpStream) -> Result<(), String> {
    sends(
        &mut stream,
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\x01\x02 garbage\r\n\r\n",
    )?;
    let answer: Option<Answer> = rest(&mut stream);
    let Some(answer) = answer else {
        return Err("no answer to the request before the garbage".to_owned());
    };
    let refused = answer.body.contains("HTTP/1.1 400");
    if answer.status == 200 && refused {
        Ok(())
    } else {
        Err(format!("{answer:?}"))
    }
}

fn half_closed(mut stream: TcpStream) -> Result<(), String> {
    sends(
        &mut stream,
        &format!("{LOGIN}Content-Length: 100\r\n\r\n{{\"user"),
    )?;
    stream.shutdown(Shutdown::Write).unwrap();
    ends(stream, &[400, 408])
}

fn half_closed_after(mut stream: TcpStream) -> Result<(), String> {
    sends(
        &mut stream,
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )?;
    stream.shutdown(Shutdown::Write).unwrap();
    ends(stream, &[200])
}
