//! What integration tests use: real databases, real programs, real HTTP.
//!
//! - [`FixedClock`] and [`SeededEntropy`]: time and random bytes that the test decides.
//! - [`postgres`]: a fresh PostgreSQL database per test, gone afterwards.
//! - [`binaries`] and [`process`]: our own programs, started, watched and stopped.
//! - [`nginx`], [`caddy`], [`haproxy`]: real reverse proxies in front of them.
//! - [`metabase`]: a server that answers like Metabase's published API.
//! - [`http`]: three clients (anonymous, cookies, bearer) behind one trait.
//! - [`programs`], [`skip`], [`generated`], [`variables`], [`axe`], [`certificates`]: from `dango-testbase`.
//!
//! Everything here panics with a clear message when the machine fails it: a test has no use for errors of
//! its own scaffolding.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing test is the aim

pub mod binaries;
pub mod caddy;
mod clock;
mod entropy;
pub mod haproxy;
pub mod http;
pub mod metabase;
pub mod nginx;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod proxy;

pub use clock::FixedClock;
pub use entropy::SeededEntropy;

pub use dango_testbase::{axe, certificates, generated, programs, skip, variables};
