//! What people rely on, shown with the programs they run: started as processes, spoken to over HTTP and
//! through the command line, on SQLite and on PostgreSQL.
//!
//! Campaigns of many rounds run in a short form; `DANGO_TEST_THOROUGH=1` runs all rounds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on has failed; the programs run by the real clock; each test owns its place"
)]

mod campaign;
mod canaries;
mod installation;
mod people;
mod server;
mod wire;

mod balancing;
mod browser;
mod documents;
mod dump;
mod durability;
mod failover;
mod faults;
mod first_start;
mod hostile;
mod immediate_effect;
mod key_change;
mod metabase;
mod own_roles;
mod packaging;
mod races;
mod remote;
mod schema_upgrade;
mod sealed_database;
mod shared_limits;
