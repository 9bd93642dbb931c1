//! Failed attempts, known devices and request limits.
//!
//! LOCK: each state is loaded by an upsert that changes nothing and returns the row, which makes the
//! row if there is none and locks it until the commit on either backend. So parallel attempts queue,
//! and the first attempts on a new row queue too.

mod device;
mod factor;
mod lift;
mod log;
mod pair;
mod series;
mod state;
mod summary;
mod sweep;

pub(crate) use lift::{forget_devices, lift_all, lift_factor};
pub(crate) use summary::lock_summaries;
