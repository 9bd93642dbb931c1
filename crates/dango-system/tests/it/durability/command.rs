//! `kill -9` of the command line at any moment of its short life.

use std::process::Stdio;
use std::time::Instant;

use super::ledger::{Ledger, chain_fault};
use super::random_time;
use crate::campaign::{Tally, turns};
use crate::installation::{Installation, on_both_databases};

on_both_databases![a_killed_command_has_done_all_or_nothing];

/// Commands between two looks at the database.
const BATCH: usize = 25;

fn a_killed_command_has_done_all_or_nothing(place: Installation) {
    let place = place.ready();
    let started = Instant::now();
    place.ok(&["auth", "add-user", "first@example.org"]);
    // Set right as it goes, so that about as many come to their end as are killed.
    let mut life = started.elapsed();
    let mut tally = Tally::new("kill -9 of the command line", place.backend());
    let (mut acknowledged, mut killed) = (0, 0);
    for batch in turns(12, 40) {
        let prefix = format!("b{batch}x");
        let mut ledger = Ledger::default();
        for number in 0..BATCH {
            let name = format!("{prefix}{number}@example.org");
            let mut command = place.command(&["auth", "add-user", &name]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            std::thread::sleep(life / 2 + random_time(life));
            child.kill().unwrap();
            match child.wait().unwrap().code() {
                Some(0) => {
                    ledger.made.insert(name);
                    life = life.mul_f64(0.8);
                }
                Some(code) => ledger.odd.push(format!("{name}: exit {code}")),
                None => {
                    killed += 1;
                    life = life.mul_f64(1.2);
                }
            }
        }
        acknowledged += ledger.len();
        let mut faults = ledger.faults(&place, &prefix);
        faults.extend(chain_fault(&place));
        tally.add(BATCH, faults);
    }
    assert!(killed > 0, "every command came to its end");
    tally.note(&format!("{acknowledged} acknowledged, {killed} killed"));
    tally.finish();
}
