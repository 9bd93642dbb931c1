//! An epoch that may be used for a moment without asking again (ADR 0014).

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use dango_auth::Sight;

/// What was seen last, and until when it counts.
#[derive(Debug, Default)]
pub(crate) struct Leased {
    epoch: AtomicI64,
    /// An instant of [`now`]; zero before anything was seen.
    until: AtomicU64,
    used: AtomicBool,
}

impl Leased {
    /// The epoch, unless the moment is over.
    pub(crate) fn epoch(&self) -> Option<i64> {
        // INVARIANT: the deadline is loaded before the epoch, and stored after it, so that a deadline is never used
        // with an epoch older than its own. Whoever asks has come before the clock is looked at.
        let until = self.until.load(Ordering::Acquire);
        if now()? >= until {
            return None;
        }
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
        Some(self.epoch.load(Ordering::Acquire))
    }

    /// Takes over what was seen by a look that began at `begun`.
    pub(crate) fn renew(&self, sight: Sight, begun: Option<u64>) {
        let length = u64::try_from(sight.lease.as_nanos()).unwrap_or(0);
        let until = begun.filter(|_| length > 0).map(|begun| begun + length);
        self.epoch.store(sight.epoch, Ordering::Release);
        self.until.store(until.unwrap_or(0), Ordering::Release);
    }

    /// Whether it was used since this was last asked.
    pub(crate) fn was_used(&self) -> bool {
        self.used.swap(false, Ordering::Relaxed)
    }
}

/// Nanoseconds on a clock that goes on while the machine sleeps, so that no lease outlives that; nothing where
/// there is no such clock.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn now() -> Option<u64> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::Boottime);
    let since = Duration::try_from(time).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

/// Nothing: leases are not used here, and every request asks.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn now() -> Option<u64> {
    let _: Option<Duration> = None;
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(epoch: i64, millis: u64) -> Sight {
        Sight {
            epoch,
            lease: Duration::from_millis(millis),
        }
    }

    #[test]
    fn nothing_is_leased_before_anything_was_seen() {
        assert_eq!(Leased::default().epoch(), None);
    }

    #[test]
    fn what_was_seen_counts_for_as_long_as_the_look_says_from_its_beginning() {
        let leased = Leased::default();
        leased.renew(sight(7, 3_600_000), now());
        assert_eq!(leased.epoch(), Some(7));
        let long_ago = now().map(|now| now.saturating_sub(60_000_000));
        leased.renew(sight(8, 60), long_ago);
        assert_eq!(leased.epoch(), None, "the look took as long as the lease");
    }

    #[test]
    fn without_leave_nothing_is_leased() {
        let leased = Leased::default();
        leased.renew(sight(7, 3_600_000), now());
        leased.renew(sight(7, 0), now());
        assert_eq!(leased.epoch(), None);
        leased.renew(sight(7, 3_600_000), None);
        assert_eq!(leased.epoch(), None, "no clock");
    }

    #[test]
    fn it_knows_whether_it_is_used() {
        let leased = Leased::default();
        leased.renew(sight(7, 3_600_000), now());
        assert!(!leased.was_used());
        assert!(leased.epoch().is_some());
        assert!(leased.was_used() && !leased.was_used());
    }

    #[test]
    fn no_deadline_is_used_with_an_older_epoch() {
        let leased = Leased::default();
        std::thread::scope(|scope| {
            let asks = || {
                let mut last = 0;
                while last < 10_000 {
                    let until = leased.until.load(Ordering::Acquire);
                    let epoch = leased.epoch().unwrap_or(last);
                    assert!(
                        epoch >= last && u64::try_from(epoch).unwrap() >= until / 1_000_000_000_000
                    );
                    last = epoch;
                }
            };
            scope.spawn(asks);
            scope.spawn(asks);
            // The n-th look begins n thousand seconds in the future, so each deadline names its epoch.
            for number in 1..=10_000_u64 {
                let begun = number * 1_000_000_000_000;
                let epoch = i64::try_from(number).unwrap();
                leased.renew(sight(epoch, 1), Some(begun));
            }
        });
    }
}
