//! The real server over real HTTP and a real database.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test is the aim"
)]

mod access;
mod bodies;
mod cookies;
mod csrf;
mod dango_family;
mod embed;
mod errors;
mod faults;
mod forward_auth;
mod harness;
mod headers;
mod keys;
mod limits;
mod obligations;
mod operations;
mod pages;
mod process;
mod registry;
mod schemathesis;
mod second_factor;
mod sessions;
mod sign_in;
mod users;
mod v1_family;
