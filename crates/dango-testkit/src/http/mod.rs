//! Three clients for a running server, behind one trait: anonymous, with cookies, with a bearer token.
//!
//! They show what was answered and hide nothing: no redirect is followed, no status is an error.

mod client;
mod request;
mod response;

pub use client::{Anonymous, Client, WithBearer, WithCookies};
pub use request::Request;
pub use response::Response;
