//! Refusals that repeat: the first few are written down as they are, further ones of the same minute as one event
//! with their number (`ASVS 16.2`, security research §4.10). Otherwise whoever is refused could fill the disk.
//!
//! Numbers of a minute that has not ended are kept in memory; a crash loses them, the first events never.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth_core::audit::{Event, EventName};

use crate::auth::Auth;
use crate::error::Error;

/// How long repetitions count together.
const WINDOW: TimeDelta = TimeDelta::seconds(60);
/// Refusals of one kind that are written down singly in each window.
const SINGLY: u64 = 5;
/// Kinds that are told apart at one time; beyond that only the event's name counts.
const KINDS: usize = 10_000;

/// Refusals that are the same: who, from where, refused what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    name: EventName,
    actor: String,
    from: Option<IpAddr>,
    about: String,
}

struct Repeats {
    since: DateTime<Utc>,
    count: u64,
    last: Event,
}

impl Repeats {
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.since >= WINDOW || now < self.since
    }

    /// One event for all that were not written down singly.
    fn into_event(self) -> Option<Event> {
        let hidden = self
            .count
            .checked_sub(SINGLY)
            .filter(|hidden| *hidden > 0)?;
        let event = self.last.detail("repeated", hidden);
        Some(event.detail("since", self.since.to_rfc3339()))
    }
}

/// What is being counted.
#[derive(Default)]
pub(crate) struct Floods(Mutex<HashMap<Kind, Repeats>>);

impl Floods {
    /// Counts a refusal; answers the events to write down now.
    pub(crate) fn take(&self, event: Event, about: &str) -> Vec<Event> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kind = Kind {
            name: event.name.clone(),
            actor: event.actor.name().to_owned(),
            from: event.origin.ip,
            about: about.to_owned(),
        };
        if kinds.len() >= KINDS && !kinds.contains_key(&kind) {
            kind.actor.clear();
            kind.from = None;
            kind.about.clear();
        }
        let mut due = Vec::new();
        if kinds
            .get(&kind)
            .is_some_and(|repeats| repeats.is_over(event.at))
        {
            due.extend(kinds.remove(&kind).and_then(Repeats::into_event));
        }
        let repeats = kinds.entry(kind).or_insert_with(|| Repeats {
            since: event.at,
            count: 0,
            last: event.clone(),
        });
        repeats.count += 1;
        if repeats.count <= SINGLY {
            due.push(event);
        } else {
            repeats.last = event;
        }
        due
    }

    /// The events of windows that are over, or of all.
    fn finished(&self, now: Option<DateTime<Utc>>) -> Vec<Event> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_done = |repeats: &Repeats| now.is_none_or(|now| repeats.is_over(now));
        let done: Vec<Kind> = kinds
            .iter()
            .filter(|(_, repeats)| is_done(repeats))
            .map(|(kind, _)| kind.clone())
            .collect();
        let taken = done.iter().filter_map(|kind| kinds.remove(kind));
        taken.filter_map(Repeats::into_event).collect()
    }
}

impl Auth {
    /// Writes down how often refusals were repeated in the minutes that are over, or up to now.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn note_repeats(&self, up_to_now: bool) -> Result<(), Error> {
        let now = (!up_to_now).then(|| self.now());
        self.note_all(&self.inner.floods.finished(now))
    }

    /// Writes events down that nothing else goes with.
    pub(crate) fn note_all(&self, events: &[Event]) -> Result<(), Error> {
        use dango_auth_store::ports::AuditWrites as _;
        if events.is_empty() {
            return Ok(());
        }
        self.inner.store.write(|tx| {
            for event in events {
                tx.note(event.clone());
            }
            Ok::<_, Error>(())
        })
    }
}

#[cfg(test)]
mod tests {
    use dango_auth_core::audit::{Act, Actor, Origin, Target, Via};

    use super::*;

    fn refusal(actor: &str, second: i64) -> Event {
        let act = Act {
            actor: Actor::anonymous(actor),
            origin: Origin::local(Via::Api),
            at: DateTime::from_timestamp(1_767_268_800 + second, 0).unwrap(),
        };
        act.event(EventName::PERMISSION_DENIED, Target::system("x"))
            .denied()
    }

    fn repeated(events: &[Event]) -> Vec<u64> {
        let number = |event: &Event| {
            event
                .details
                .get("repeated")
                .and_then(serde_json::Value::as_u64)
        };
        events.iter().filter_map(number).collect()
    }

    #[test]
    fn the_first_stand_alone_and_the_rest_are_one_with_their_number() {
        let floods = Floods::default();
        let written: usize = (0..1000)
            .map(|n| floods.take(refusal("ann", n / 20), "a").len())
            .sum();
        assert_eq!(written, 5);
        assert!(floods.finished(Some(refusal("", 59).at)).is_empty());
        assert_eq!(repeated(&floods.finished(Some(refusal("", 60).at))), [995]);
        assert!(floods.finished(None).is_empty());
    }

    #[test]
    fn other_people_and_other_things_are_counted_apart() {
        let floods = Floods::default();
        for n in 0..6 {
            for (actor, about) in [("ann", "a"), ("ann", "b"), ("bob", "a")] {
                let singly = floods.take(refusal(actor, 0), about).len();
                assert_eq!(singly, usize::from(n < 5));
            }
        }
        assert_eq!(repeated(&floods.finished(None)), [1, 1, 1]);
    }

    #[test]
    fn a_new_minute_begins_with_the_sum_of_the_last() {
        let floods = Floods::default();
        for _ in 0..8 {
            floods.take(refusal("ann", 0), "a");
        }
        let events = floods.take(refusal("ann", 61), "a");
        assert_eq!((events.len(), repeated(&events)), (2, vec![3]));
    }

    #[test]
    fn a_crowd_is_bounded_in_memory_and_in_the_log() {
        let floods = Floods::default();
        let written: usize = (0..30_000)
            .map(|n| floods.take(refusal(&format!("bot{n}"), 0), "a").len())
            .sum();
        assert_eq!(written, KINDS + 5);
        assert_eq!(repeated(&floods.finished(None)), [19_995]);
    }
}
