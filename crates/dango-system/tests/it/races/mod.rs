//! What must not happen when several processes do the same thing at the same moment (contract §3.1, §3.6).

mod failures;
mod keys;
mod last_admin;
mod repeated;
mod second_factor;
mod setup;
mod single_use;
