//! The real server over real HTTP and a real database.

mod bodies;
mod cookies;
mod csrf;
mod dango_family;
mod harness;
mod headers;
mod keys;
mod limits;
mod obligations;
mod second_factor;
mod sessions;
mod sign_in;
mod users;
mod v1_family;
