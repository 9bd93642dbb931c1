//! How many sign in at a time, and when somebody who found no place may come again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Sign-ins that one process works on at a time. They wait for a hash on the pool of threads that everybody's
/// requests need, which has 64 of them for each worker; so some are always left, however many people sign in.
const SIGN_INS: usize = 48;

/// Those who found no place come again no sooner, when the places have been left once, ...
const SOONEST: Duration = Duration::from_secs(2);
/// ... and are told no longer time than this.
const LATEST: Duration = Duration::from_secs(30);
/// The time from one sign-in to the next, as long as none was seen: that of a hash on a quick machine.
const USUAL_PACE: Duration = Duration::from_millis(20);

/// The places of a process.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<Crowd>>);

struct Crowd {
    taken: usize,
    /// When a place was left last.
    left: Option<Instant>,
    /// The time from one who leaves to the next, lately.
    pace: Duration,
    /// The turn that the last one without a place was told.
    promised: Option<Instant>,
}

impl Default for Crowd {
    fn default() -> Self {
        Self {
            taken: 0,
            left: None,
            pace: USUAL_PACE,
            promised: None,
        }
    }
}

impl Places {
    /// Takes a place.
    ///
    /// # Errors
    /// The seconds after which to come again: all who found none one after the other, as fast as places are left,
    /// so that a crowd does not come back as one.
    pub(crate) fn take(&self) -> Result<Place, u64> {
        let mut crowd = self.crowd();
        if crowd.taken < SIGN_INS {
            crowd.taken += 1;
            return Ok(Place(self.clone()));
        }
        let wait = crowd.again(Instant::now());
        Err(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    fn crowd(&self) -> MutexGuard<'_, Crowd> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Crowd {
    /// How long the next one without a place has to wait.
    ///
    /// Some more are asked to come than are likely to find a place: an empty place is worse than asking twice.
    fn again(&mut self, now: Instant) -> Duration {
        let next = self.promised.map(|last| last + self.pace * 3 / 4);
        let turn = next.map_or(now + SOONEST, |next| next.max(now + SOONEST));
        let turn = turn.min(now + LATEST);
        self.promised = Some(turn);
        turn - now
    }

    fn leave(&mut self, now: Instant) {
        self.taken -= 1;
        // Only somebody who leaves while others wait tells how fast it goes.
        if let Some(left) = self.left.replace(now)
            && self.taken + 1 == SIGN_INS
        {
            let took = now.saturating_duration_since(left).min(SOONEST);
            self.pace = (self.pace * 7 + took) / 8;
        }
    }
}

/// A place, free again when this is dropped.
pub(crate) struct Place(Places);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.crowd().leave(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let places = Places::default();
        let mut taken: Vec<_> = (0..SIGN_INS).map(|_| places.take().ok()).collect();
        assert!(taken.iter().all(Option::is_some));
        assert_eq!(places.take().err(), Some(2));
        taken.pop();
        let again = places.take();
        assert!(again.is_ok() && places.take().is_err());
        drop((again, taken));
        assert_eq!(places.crowd().taken, 0);
    }

    #[test]
    fn a_crowd_is_asked_to_come_again_one_after_the_other() {
        let mut crowd = Crowd::default();
        let now = Instant::now();
        let told: Vec<Duration> = (0..2_000).map(|_| crowd.again(now)).collect();
        assert_eq!((told[0], told[1_999]), (SOONEST, LATEST));
        assert!(told.is_sorted());
        let by = |seconds| told.iter().filter(|told| told.as_secs() < seconds).count();
        // 15 ms each.
        assert_eq!((by(3), by(12)), (67, 667));
        // Later the line is shorter.
        let later = now + Duration::from_secs(25);
        assert_eq!(
            crowd.again(later),
            Duration::from_secs(5) + USUAL_PACE * 3 / 4
        );
        assert_eq!(crowd.again(later + LATEST), SOONEST);
    }

    #[test]
    fn the_pace_follows_those_who_leave_while_others_wait() {
        let mut crowd = Crowd::default();
        let mut now = Instant::now();
        for _ in 0..100 {
            crowd.taken = SIGN_INS;
            now += Duration::from_millis(100);
            crowd.leave(now);
        }
        assert!(crowd.pace > Duration::from_millis(99), "{:?}", crowd.pace);
        let slow = crowd.pace;
        crowd.taken = 1;
        crowd.leave(now + Duration::from_secs(60));
        assert_eq!(crowd.pace, slow);
    }
}
