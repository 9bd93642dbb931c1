//! The server: JSON API and pages over the use cases of `dango-auth`.
//!
//! [`routes::all`] lists everything that is served; [`start::run`] starts it.

pub mod api;
pub mod app;
pub mod args;
pub mod embed;
pub mod metrics;
pub mod openapi;
pub mod pages;
mod problem_schema;
pub mod route;
pub mod routes;
pub mod start;
