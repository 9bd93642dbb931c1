//! The audit log: appending, asking, verifying.

mod append;
pub(crate) mod keeping;
mod query;
mod row;
mod span;
mod stream;
mod verify;

pub(crate) use append::{append, lock_head};
