//! The mirror of people in Metabase.
//!
//! Whoever changes is put into the outbox by [`crate::ChangeTx::record`] itself, in the transaction of
//! the change, so that no use case can forget it. The outbox holds a person once, not each change:
//! what counts is the state at delivery, and one row a person is delivery in order.

mod links;
mod mirror;
mod outbox;

pub(crate) use outbox::{queue_if_changed, see};
