//! What the tests of every crate, and `cargo xtask`, stand on.
//!
//! - [`programs`] finds the real programs that tests run against.
//! - [`postgres`] runs a PostgreSQL cluster that removes itself.
//! - [`certificates`] makes throwaway authorities for TLS.
//! - [`skip`] makes a test that could not run visible, or fatal under `--strict`.
//! - [`axe`] says where the accessibility rules lie.
//! - [`generated`] keeps generated documentation current.
//!
//! It depends on none of the project's crates, so `xtask` stays quick to build.

pub mod axe;
pub mod certificates;
pub mod generated;
pub mod postgres;
pub mod programs;
pub mod skip;
pub mod variables;
