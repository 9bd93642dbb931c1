//! A change made by any process is seen by the very next request on every server (contract §3.3).

mod by_hand;
mod commands;
mod hammer;
mod leases;
