//! The clock and the source of random bytes, handed in so that tests decide both.
//!
//! These are the only two things the use cases take from the world around them besides the store; nothing else in the
//! crate reads the time or draws randomness.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant in UTC, cut to whole microseconds because that is what the store keeps.
    fn now(&self) -> DateTime<Utc>;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[allow(
            clippy::disallowed_methods,
            reason = "this is the clock that everything else is handed"
        )]
        let now = Utc::now();
        now.trunc_subsecs(6)
    }
}

/// Gives random bytes fit for keys and tokens.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with random bytes.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the source gives none; `buffer` must then not be used.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(buffer).map_err(|error| EntropyError(error.to_string()))
    }
}

/// The random source gave nothing; whatever needed it must not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes from the operating system: {0}")]
pub struct EntropyError(String);

impl EntropyError {
    /// An error with its cause in plain words, for sources other than [`OsEntropy`].
    pub fn new(cause: impl Into<String>) -> Self {
        Self(cause.into())
    }
}

/// Clock and entropy together, cheap to clone.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Ambient {
    /// Joins a clock and a source of random bytes.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The clock and the random source of the operating system.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(OsEntropy))
    }

    /// The present instant, see [`Clock::now`].
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// `N` random bytes.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the source gives none.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], EntropyError> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A fresh identifier: a version 7 UUID (RFC 9562), so that rows made later sort later.
    ///
    /// Identifiers are not secrets; tokens come from [`Ambient::bytes`].
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the source gives no random bytes.
    pub fn uuid(&self) -> Result<Uuid, EntropyError> {
        let milliseconds = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        let random = self.bytes::<10>()?;
        Ok(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
    }
}

impl fmt::Debug for Ambient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ambient").finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod fixed {
    //! A clock that stands still and entropy that counts, for this crate's unit tests.

    use std::sync::atomic::{AtomicU8, Ordering};

    use super::{Ambient, Arc, Clock, DateTime, Entropy, EntropyError, Utc};

    pub(crate) struct Still(pub(crate) DateTime<Utc>);

    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            self.0
        }
    }

    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }
    }

    pub(crate) struct Dry;

    impl Entropy for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
            Err(EntropyError::new("the well is dry"))
        }
    }

    pub(crate) fn ambient() -> Ambient {
        let noon = DateTime::from_timestamp(1_767_268_800, 0).unwrap();
        Ambient::new(Arc::new(Still(noon)), Arc::new(Counting::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_gives_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn the_system_source_gives_different_bytes_each_time() {
        let ambient = Ambient::system();
        assert_ne!(
            ambient.bytes::<32>().unwrap(),
            ambient.bytes::<32>().unwrap()
        );
    }

    #[test]
    fn identifiers_carry_their_time_and_never_repeat() {
        let ambient = fixed::ambient();
        let (first, second) = (ambient.uuid().unwrap(), ambient.uuid().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.get_version_num(), 7);
        let seconds = first.get_timestamp().unwrap().to_unix().0;
        assert_eq!(i64::try_from(seconds).unwrap(), ambient.now().timestamp());
    }

    #[test]
    fn a_dry_source_gives_no_identifier() {
        let ambient = Ambient::new(Arc::new(SystemClock), Arc::new(fixed::Dry));
        assert_eq!(
            ambient.uuid().unwrap_err().to_string(),
            "no random bytes from the operating system: the well is dry"
        );
    }
}
