//! The store on real databases: every test runs on SQLite and, where there is one, on PostgreSQL.

#[macro_use]
mod backends;
mod fixtures;

mod api_keys;
mod audit;
mod factors;
mod guard;
mod installation;
mod limits;
mod lists;
mod opening;
mod schema;
mod sessions;
mod transactions;
mod users;
mod workspaces;
