//! A PostgreSQL server that crashes while people write, and comes back.

use std::time::Duration;

use dango_testbase::postgres::Cluster;
use dango_testkit::programs::Program;
use dango_testkit::skip;

use super::ledger::chain_fault;
use super::writers::write_until;
use super::{random, random_time};
use crate::campaign::{Tally, turns};
use crate::installation::{ADMIN, Installation, PASSWORD};

#[test]
fn a_crashed_cluster_loses_nothing_acknowledged_and_leaves_nothing_half_done() {
    let Some(initdb) = skip::unless_installed(Program::Initdb) else {
        return;
    };
    let cluster = Cluster::start(&initdb).unwrap();
    let place = Installation::on_url(&cluster.url()).ready();
    let server = place.server(0);
    let token = server.token(ADMIN, PASSWORD);
    let mut tally = Tally::new("crash of the PostgreSQL server", place.backend());
    let mut acknowledged = 0;
    for round in turns(3, 100) {
        let prefix = format!("r{round}x");
        let ledger = write_until(server.url(), &token, &prefix, 1 + random(16), || {
            std::thread::sleep(random_time(Duration::from_millis(20)));
            cluster.halt().unwrap();
        });
        cluster.resume().unwrap();
        acknowledged += ledger.len();
        let mut faults = ledger.faults(&place, &prefix);
        faults.extend(chain_fault(&place));
        tally.count(faults.is_empty(), || format!("round {round}: {faults:?}"));
    }
    tally.note(&format!("{acknowledged} acknowledged changes"));
    tally.finish();
}
