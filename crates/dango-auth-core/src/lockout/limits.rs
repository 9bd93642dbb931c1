//! The numbers of the lockout: two settings and the constants around them.

use chrono::{DateTime, TimeDelta, Utc};

/// A lock never lasts longer, however often it doubles.
pub(super) const LONGEST_LOCK: TimeDelta = TimeDelta::hours(24);
/// After so long without a failure a pair starts from nothing.
pub(super) const QUIET: TimeDelta = TimeDelta::hours(24);
/// Failures of strangers within [`WINDOW`] after which only known devices are evaluated.
pub(super) const GUARD_AFTER: usize = 20;
/// Failures of strangers in a row after which they are refused for [`CEILING_LASTS`]
/// (NIST SP 800-63B §3.2.2).
pub(super) const CEILING: u32 = 100;
/// How long the ceiling holds without an unlock; also how long failures in a row are remembered.
pub(super) const CEILING_LASTS: TimeDelta = TimeDelta::days(30);
/// Failures in a row after which a known device is one no more.
pub(super) const DEVICE_CEILING: u32 = 10;
/// Accounts that fail from one source within [`WINDOW`] before it is refused.
pub(super) const SPRAYED_ACCOUNTS: usize = 20;
/// Wrong codes in a row that lock the second factor for [`WINDOW`].
pub(super) const FACTOR_ATTEMPTS: u32 = 5;
/// Wrong codes in all that lock the second factor until somebody unlocks it.
pub(super) const FACTOR_CEILING: u32 = 100;
/// The window and the length of a refusal where no setting says otherwise.
pub(super) const WINDOW: TimeDelta = TimeDelta::minutes(15);

const MOST_ATTEMPTS: u32 = 100;
const MOST_MINUTES: u32 = 1_440;

/// `at + delta`, at most the end of the calendar.
pub(super) fn later(at: DateTime<Utc>, delta: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(delta)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// False for an end so far ahead that only a clock that was wrong by more than a day can have set it.
///
/// Such an end is void: nobody could wait for it, and whoever can set the server's clock needs no guessing.
pub(super) fn is_possible_end(
    until: DateTime<Utc>,
    now: DateTime<Utc>,
    longest: TimeDelta,
) -> bool {
    until <= later(now, longest + TimeDelta::days(1))
}

/// The two settings of the lockout (contract §6): failures in a row that lock, and how long the first lock lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutLimits {
    max_attempts: u32,
    lock_minutes: u32,
}

/// Settings that would lock at once, never, or for days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLimits {
    /// `lockout.max_attempts` out of range.
    #[error("lockout.max_attempts must be 1 to {MOST_ATTEMPTS}, not {0}")]
    MaxAttempts(u32),
    /// `lockout.lockout_minutes` out of range.
    #[error("lockout.lockout_minutes must be 1 to {MOST_MINUTES}, not {0}")]
    LockMinutes(u32),
}

impl LockoutLimits {
    /// Limits from the configuration.
    ///
    /// # Errors
    /// Attempts outside 1 to 100, minutes outside 1 to 1,440.
    pub const fn new(max_attempts: u32, lock_minutes: u32) -> Result<Self, InvalidLimits> {
        if max_attempts < 1 || max_attempts > MOST_ATTEMPTS {
            return Err(InvalidLimits::MaxAttempts(max_attempts));
        }
        if lock_minutes < 1 || lock_minutes > MOST_MINUTES {
            return Err(InvalidLimits::LockMinutes(lock_minutes));
        }
        Ok(Self {
            max_attempts,
            lock_minutes,
        })
    }

    /// Failures in a row that lock.
    pub fn max_attempts(self) -> u32 {
        self.max_attempts
    }

    /// How long the first lock lasts.
    pub fn lock(self) -> TimeDelta {
        TimeDelta::minutes(self.lock_minutes.into())
    }
}

impl Default for LockoutLimits {
    /// Five failures, fifteen minutes.
    fn default() -> Self {
        Self {
            max_attempts: 5,
            lock_minutes: 15,
        }
    }
}
