//! Time that moves when a test says so.

use std::sync::Mutex;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use dango_auth::Clock;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Mutex::new(
            Utc.with_ymd_and_hms(2026, 1, 5, 12, 0, 0).unwrap(),
        ))
    }
}

impl TestClock {
    /// Moves on.
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}
