//! Every page in a real browser: looked at in both themes, at all sizes, on paper, by keyboard, and checked
//! against the accessibility rules.
//!
//! The server runs in this process, by a clock that moves through two weeks of a small team's work, so that
//! lists, the log and its chart show what they show to people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed; what pages show as recent has to be recent"
)]

#[path = "../../../dango-server/tests/it/harness/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the server's own tests use all of it"
)]
mod harness;

mod stage;
mod visit;

mod entry;
mod own;
mod team;
mod ways;
