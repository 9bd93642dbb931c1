//! `kill -9` of a server while people write.

use std::time::Duration;

use super::ledger::chain_fault;
use super::writers::write_until;
use super::{random, random_time};
use crate::campaign::{Tally, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};

on_both_databases![a_killed_server_loses_nothing_acknowledged_and_leaves_nothing_half_done];

fn a_killed_server_loses_nothing_acknowledged_and_leaves_nothing_half_done(place: Installation) {
    let place = place.ready();
    let mut tally = Tally::new("kill -9 of the server", place.backend());
    let mut acknowledged = 0;
    // One sign-in for all rounds: a session outlives its server.
    let token = place.server(0).token(ADMIN, PASSWORD);
    for round in turns(300, 1_000) {
        let server = place.server(0);
        let prefix = format!("r{round}x");
        let ledger = write_until(server.url(), &token, &prefix, 1 + random(16), || {
            std::thread::sleep(random_time(Duration::from_millis(20)));
            server.process().kill();
        });
        acknowledged += ledger.len();
        let mut faults = ledger.faults(&place, &prefix);
        // A broken link stays in the chain, so looking from time to time misses none.
        if round % 50 == 49 {
            faults.extend(chain_fault(&place));
        }
        tally.count(faults.is_empty(), || format!("round {round}: {faults:?}"));
    }
    tally.also(chain_fault(&place));
    tally.note(&format!("{acknowledged} acknowledged changes"));
    tally.finish();
}
