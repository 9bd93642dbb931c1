//! How long and how often a transaction is tried.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::keys::random;

/// Most tries after the first.
const RETRIES: u32 = 5;

/// Counts tries and time.
pub(crate) struct Patience {
    deadline: Instant,
    tries: u32,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            deadline: Instant::now() + limit,
            tries: 0,
        }
    }

    /// Whether time is left; a connection that was dead before anything was asked costs no try.
    pub(crate) fn has_time(&self) -> bool {
        Instant::now() < self.deadline
    }

    /// Waits a little, longer each time and never two alike; false when it is enough.
    pub(crate) fn wait(&mut self) -> bool {
        self.tries += 1;
        if self.tries > RETRIES || !self.has_time() {
            return false;
        }
        let jitter = random::<1>().map_or(128, |[byte]| u64::from(byte));
        let ceiling = 4_000_u64 << self.tries;
        std::thread::sleep(Duration::from_micros(ceiling * jitter / 256));
        true
    }
}

/// Lets one writer of this process in at a time.
///
/// SQLite has one writer anyway and lets others poll; waiting here wakes them at once and holds no
/// connection meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Turnstile {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// The right to write; given back on drop.
#[derive(Debug)]
pub(crate) struct Turn<'a>(&'a Turnstile);

impl Turnstile {
    /// Waits for the turn, at most `limit`.
    pub(crate) fn enter(&self, limit: Duration) -> Option<Turn<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, wait) = self
            .freed
            .wait_timeout_while(taken, limit, |taken| *taken)
            .unwrap_or_else(PoisonError::into_inner);
        if wait.timed_out() && *taken {
            return None;
        }
        *taken = true;
        Some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_given_to_one_at_a_time() {
        let turnstile = Turnstile::default();
        let turn = turnstile.enter(Duration::ZERO).unwrap();
        assert!(turnstile.enter(Duration::from_millis(1)).is_none());
        drop(turn);
        assert!(turnstile.enter(Duration::ZERO).is_some());
    }

    #[test]
    fn patience_ends_after_five_retries_or_at_the_deadline() {
        let mut patience = Patience::new(Duration::from_secs(60));
        assert_eq!((0..10).filter(|_| patience.wait()).count(), 5);
        assert!(!Patience::new(Duration::ZERO).wait());
    }
}
