//! Accounts: their rows, lists and counts, and how a decided change to one is written.

mod count;
mod grants;
mod list;
mod names;
mod read;
mod role_use;
mod row;
mod search;
mod write;

pub(crate) use read::with_access;
pub(crate) use row::UserRecord;
pub(crate) use write::{delete, insert, update};
