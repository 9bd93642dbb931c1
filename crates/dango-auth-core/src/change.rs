//! A decided change: the state after it, the trace it leaves, and what follows from it.

use crate::audit::Event;
use crate::id::{SessionId, Version};

/// What else must happen in the same transaction because of a change.
///
/// The core decides it here so that no caller can forget it; the store carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// The user's sessions end, all of them or all but one.
    EndSessions {
        /// The one that stays.
        except: Option<SessionId>,
    },
    /// The user's API keys are revoked.
    RevokeApiKeys,
    /// The user's second factor and recovery codes are removed.
    RemoveSecondFactor,
    /// Every lock and failure count of the account is lifted, those of its second factor included.
    LiftLocks,
    /// The account's devices are forgotten, so none of them counts as known any more.
    ForgetDevices,
}

/// A change that was decided but not yet stored.
///
/// It is the only thing the store accepts, and it always carries at least one audit event, so that
/// nothing is written without its trace (contract §3.7).
#[must_use = "a change does nothing until the store records it"]
#[derive(Debug)]
pub struct Change<T> {
    base: Version,
    state: T,
    first_event: Event,
    more_events: Vec<Event>,
    consequences: Vec<Consequence>,
}

impl<T> Change<T> {
    /// A change to `state`, decided on version `base` of it, that leaves `event` behind.
    pub fn new(base: Version, state: T, event: Event) -> Self {
        Self {
            base,
            state,
            first_event: event,
            more_events: Vec::new(),
            consequences: Vec::new(),
        }
    }

    /// Adds a further event.
    pub fn and_event(mut self, event: Event) -> Self {
        self.more_events.push(event);
        self
    }

    /// Adds what must follow.
    pub fn followed_by(mut self, consequence: Consequence) -> Self {
        if !self.consequences.contains(&consequence) {
            self.consequences.push(consequence);
        }
        self
    }

    /// The state after the change.
    pub const fn state(&self) -> &T {
        &self.state
    }

    /// Takes it apart for storing: base version, state, events in order, consequences.
    pub fn into_parts(self) -> (Version, T, Vec<Event>, Vec<Consequence>) {
        let mut events = vec![self.first_event];
        events.extend(self.more_events);
        (self.base, self.state, events, self.consequences)
    }

    /// Carries the change over to a wider state.
    pub fn map<U>(self, widen: impl FnOnce(T) -> U) -> Change<U> {
        Change {
            base: self.base,
            state: widen(self.state),
            first_event: self.first_event,
            more_events: self.more_events,
            consequences: self.consequences,
        }
    }
}

/// What a transition decided: a change, or that there is nothing to do.
#[must_use]
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "it lives on the stack for one decision and is taken apart at once"
)]
pub enum Step<T> {
    /// Something changes.
    Changed(Change<T>),
    /// It is so already; nothing is written and nothing is logged.
    Already(T),
}
