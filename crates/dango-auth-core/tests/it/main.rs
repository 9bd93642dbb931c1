//! Tests of the public interface, a module per topic.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop at once"
)]

mod events_page;
mod permissions_page;
mod policy_allocations;
mod policy_explanations;
mod policy_files;
mod policy_model;
mod policy_rules;
