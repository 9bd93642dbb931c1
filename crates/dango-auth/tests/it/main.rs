//! The use cases on real databases: every test runs on SQLite and, where there is one, on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub
)] // a failing test is the aim

#[macro_use]
mod house;
mod enrolled;
mod people;

mod access;
mod api_keys;
mod audit;
mod clock;
mod faults;
mod invites;
mod last_admin;
mod limits;
mod lockout;
mod metabase;
mod model;
mod news;
mod obligations;
mod own_factor;
mod policy_reload;
mod recogniser;
mod second_factor;
mod sessions;
mod settings;
mod setup;
mod sign_in;
mod streams;
mod timing;
mod users;
