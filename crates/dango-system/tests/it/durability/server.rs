//! `kill -9` of a server while people write.

use std::time::Duration;

use super::writers::write_until;
use super::{random, random_time};
use crate::campaign::{Tally, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};

on_both_databases![a_killed_server_loses_nothing_acknowledged_and_leaves_nothing_half_done];

fn a_killed_server_loses_nothing_acknowledged_and_leaves_nothing_half_done(place: Installation) {
    let place = place.ready();
    let mut tally = Tally::new("kill -9 of the server", place.backend());
    let mut acknowledged = 0;
    for round in turns(10, 300) {
        let server = place.server(0);
        let token = server.token(ADMIN, PASSWORD);
        let prefix = format!("r{round}x");
        let ledger = write_until(server.url(), &token, &prefix, 1 + random(16), || {
            std::thread::sleep(random_time(Duration::from_millis(20)));
            server.process().kill();
        });
        acknowledged += ledger.len();
        let faults = ledger.faults(&place, &prefix);
        tally.count(faults.is_empty(), || format!("round {round}: {faults:?}"));
    }
    tally.note(&format!("{acknowledged} acknowledged changes"));
    tally.finish();
}
