//! The program as a shell sees it: streams, exit codes, and what is true afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod place;
mod terminal;

mod access;
mod audit;
mod config;
mod database;
mod doctor;
mod faults;
mod import;
mod import_again;
mod import_dagu;
mod import_export;
mod import_settings;
mod init;
mod keeping;
mod keys;
mod lists;
mod output;
mod people;
mod recovery;
mod remote;
mod remove;
mod scripts;
mod switch;
mod sync;
mod usage;
