//! The store on real databases: every test runs on SQLite and, where there is one, on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing test is the aim

#[macro_use]
mod backends;
mod fixtures;

mod api_keys;
mod audit;
mod copies;
mod factors;
mod guard;
mod installation;
mod keeping;
mod key_change;
mod lease;
mod limits;
mod lists;
mod metabase;
mod opening;
mod schema;
mod searches;
mod sessions;
mod tampering;
mod tls;
mod transactions;
mod users;
mod watch;
mod workspaces;
