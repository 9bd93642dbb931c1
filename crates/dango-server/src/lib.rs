#![doc = include_str!("../README.md")]

pub mod api;
pub mod app;
pub mod args;
pub mod embed;
pub mod healthcheck;
pub mod metrics;
pub mod openapi;
pub mod pages;
mod problem_schema;
pub mod route;
pub mod routes;
pub mod start;
