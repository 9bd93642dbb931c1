//! What happened: audit events, who caused them, and the chain that makes tampering show.
//!
//! An [`Event`] is made by the transition that decides a change (see [`crate::change::Change`]) and
//! stored in the same transaction (contract §3.7). Each stored row is bound to the one before it by
//! a keyed MAC ([`chain`]), over digests of what names people ([`blind`]).

mod act;
#[cfg(test)]
mod act_tests;
pub mod blind;
pub mod chain;
#[cfg(test)]
mod chain_tests;
mod event;
mod name;
mod signature;

pub use act::{Act, Actor, ActorKind, Origin, Via};
pub use event::{Event, Outcome, Target, TargetKind};
pub use name::{EventName, EventNameError};
pub use signature::signature;
