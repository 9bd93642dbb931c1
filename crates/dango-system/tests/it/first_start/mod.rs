//! From an empty folder to a guarded server, and what keeps a server from starting.

mod refused;
mod setup;
