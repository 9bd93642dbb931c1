//! A database that fails: 503 with `Retry-After`, no wrong answer, and recovery without help (contract §3.8).

mod contention;
mod passwords;
mod postgres;
mod proxy;
mod sqlite;

use std::time::{Duration, Instant};

use dango_testkit::http::{Client, Response};
use serde_json::json;

use crate::people::verify;

/// How long recovery may take once the database is back.
pub(crate) const RECOVERY: Duration = Duration::from_secs(5);

/// Expects the answer of a server without its database.
#[track_caller]
pub(crate) fn unavailable(answer: Response) {
    let answer = answer.expect(503);
    assert_eq!(answer.code(), "unavailable");
    let seconds: u64 = answer
        .header("retry-after")
        .expect("Retry-After")
        .parse()
        .unwrap();
    assert!(seconds > 0);
}

/// Asks what needs the database to answer: who may, who is, who gets in, and whether it is ready.
#[track_caller]
pub(crate) fn everything_is_unavailable(client: &impl Client) {
    unavailable(verify(client, "users.manage"));
    unavailable(client.get("/api/auth/me"));
    let login = json!({"username": crate::installation::ADMIN, "password": "wrong password"});
    unavailable(client.post("/api/v1/auth/login", &login));
    assert_eq!(client.get("/readyz").status, 503);
    assert_eq!(client.get("/healthz").status, 200);
}

/// Waits until an administrator is served again; every answer before is 503.
#[track_caller]
pub(crate) fn recovers(mut ask: impl FnMut() -> Response, status: u16) {
    let back = Instant::now();
    loop {
        let answer = ask();
        if answer.status == status {
            break;
        }
        unavailable(answer);
        assert!(back.elapsed() < RECOVERY, "no recovery in {RECOVERY:?}");
    }
}
