//! The kit itself, against real programs.
#![allow(clippy::unwrap_used)]

mod clients;
mod databases;
mod processes;
