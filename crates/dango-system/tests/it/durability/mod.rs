//! What was acknowledged is there after a crash, what is there is whole, and the audit chain holds
//! (contract §3.5, §3.8).

mod cluster;
mod command;
mod disk;
mod ledger;
mod server;
mod writers;

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// A random length of time below `most`.
fn random_time(most: Duration) -> Duration {
    let part = RandomState::new().hash_one(0) % 10_000;
    most.mul_f64(f64::from(u32::try_from(part).unwrap()) / 10_000.0)
}

/// A random number below `most`.
fn random(most: u64) -> usize {
    usize::try_from(RandomState::new().hash_one(1) % most).unwrap()
}
