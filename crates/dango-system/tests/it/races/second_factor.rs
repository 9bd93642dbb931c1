//! One code, three who sign in with it.

use std::time::{SystemTime, UNIX_EPOCH};

use dango_testkit::http::Client as _;
use data_encoding::BASE32_NOPAD;
use serde_json::json;
use totp_lite::{Sha1, totp_custom};

use crate::campaign::{Tally, together, turns};
use crate::installation::{Installation, PASSWORD, on_both_databases};
use crate::people::make;
use crate::server::Server;

on_both_databases![a_code_and_a_recovery_code_work_once];

/// Seconds of a time step (RFC 6238).
const STEP: u64 = 30;

fn a_code_and_a_recovery_code_work_once(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].admin();
    let mut steps = Tally::new("a TOTP time step used twice", place.backend());
    let mut recovery = Tally::new("a recovery code used twice", place.backend());
    for round in turns(10, 1_000) {
        let name = format!("careful{round}@example.org");
        let _ = make(&admin, &name, "viewer");
        let (code, recovery_code) = enrol(&servers[0], &name);
        let got = everywhere(&servers, &name, &code, false);
        steps.count(got == [true, false, false], || format!("{got:?}"));
        let got = everywhere(&servers, &name, &recovery_code, true);
        recovery.count(got == [true, false, false], || format!("{got:?}"));
    }
    steps.finish();
    recovery.finish();
}

/// Sets up a second factor; answers the code of the step after the one used for it, and a recovery code.
fn enrol(server: &Server, name: &str) -> (String, String) {
    let browser = server.browser(name, PASSWORD);
    let proof = json!({"password": PASSWORD});
    let setup = browser
        .post("/api/auth/2fa/setup", &proof)
        .expect(200)
        .json();
    let secret = setup["secret"].as_str().unwrap();
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let code = |at| totp_custom::<Sha1>(STEP, 6, &secret, at);
    let body = json!({"code": code(now)});
    let _ = browser
        .post("/api/auth/2fa/verify-setup", &body)
        .expect(200);
    let recovery = setup["recovery_codes"][0].as_str().unwrap();
    (code(now + STEP), recovery.to_owned())
}

/// Gives the same code on all servers at once; answers who got in, those who did first.
fn everywhere(servers: &[Server], name: &str, code: &str, recovery: bool) -> Vec<bool> {
    let partial = [0, 1, 2].map(|number: usize| {
        let answer = servers[number]
            .try_sign_in(name, PASSWORD)
            .expect(200)
            .json();
        assert_eq!(answer["secondFactorRequired"], true);
        answer["token"].as_str().unwrap().to_owned()
    });
    let give = |number: usize| {
        let body = json!({"code": code, "recovery": recovery});
        let client = servers[number].bearer(&partial[number]);
        let answer = client.post("/api/v1/auth/second-factor", &body);
        assert!(answer.status < 500, "{}", answer.text());
        answer.status == 200
    };
    let mut got = together::<bool>(vec![
        Box::new(|| give(0)),
        Box::new(|| give(1)),
        Box::new(|| give(2)),
    ]);
    got.sort_unstable_by_key(|success| !success);
    got
}
