//! The same work for every password that is checked, whatever there is to check it against (contract §3.9).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dango_auth_core::password::{
    HashMemory, HashParameters, HashingError, Password, PasswordHash, idle_work, verify,
};
use rustix::time::{ClockId, clock_gettime};

/// How slowly the time of a whole check follows the last one.
const INERTIA: u64 = 8;

/// Checks passwords, and works off what a check cost less than that of a hash of today.
///
/// What it cost is measured, not computed: a block of a small memory, which the processor's cache holds, takes
/// less than one of today's, and bcrypt has no blocks. The time is the hashing thread's own, so that other
/// programs do not stretch it.
///
/// A hash that costs more than one of today (bcrypt of a high cost, or parameters that were lowered since)
/// cannot be made cheaper; it is replaced at the next sign-in.
#[derive(Debug, Clone)]
pub(super) struct EqualWork {
    parameters: HashParameters,
    is_left_out: bool,
    blocks: Arc<AtomicU64>,
    /// What the check of a hash of today took lately, in nanoseconds; 0 before the first.
    whole_took: Arc<AtomicU64>,
}

impl EqualWork {
    pub(super) fn new(parameters: HashParameters) -> Self {
        Self {
            parameters,
            is_left_out: false,
            blocks: Arc::default(),
            whole_took: Arc::default(),
        }
    }

    pub(super) fn left_out(self) -> Self {
        Self {
            is_left_out: true,
            ..self
        }
    }

    /// Work done so far, in blocks.
    pub(super) fn blocks_checked(&self) -> u64 {
        self.blocks.load(Ordering::Relaxed)
    }

    /// Tells whether the password matches; without a hash it never does.
    pub(super) fn verify(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
        memory: &mut HashMemory,
    ) -> Result<bool, HashingError> {
        let Some(hash) = hash else {
            if !self.is_left_out {
                let dummy = PasswordHash::dummy(&self.parameters);
                let (_, took) = timed(|| verify(password, &dummy, memory))?;
                self.note_whole(took);
            }
            return Ok(false);
        };
        let (verdict, took) = timed(|| verify(password, hash, memory))?;
        match hash.blocks() {
            _ if !hash.needs_rehash(&self.parameters) => self.note_whole(took),
            Some(blocks) if self.is_left_out || blocks >= self.whole() => self.count(blocks),
            None if self.is_left_out => {}
            _ => self.work_off_after(took, memory)?,
        }
        Ok(verdict.is_match())
    }

    /// Works off what a cheaper check left of the time of a whole one.
    fn work_off_after(&self, took: Duration, memory: &mut HashMemory) -> Result<(), HashingError> {
        let whole = u128::from(self.whole());
        let spent = whole.saturating_mul(took.as_nanos()) / self.whole_took(memory)?.max(1);
        let spent = u64::try_from(spent).map_or(self.whole(), |spent| spent.min(self.whole()));
        self.count(spent);
        self.work_off(self.whole() - spent, memory)
    }

    /// What a whole check takes, tried out where there was none yet.
    fn whole_took(&self, memory: &mut HashMemory) -> Result<u128, HashingError> {
        if self.whole_took.load(Ordering::Relaxed) == 0 {
            let (_, took) = timed(|| idle_work(&self.parameters, self.whole(), memory))?;
            self.note_time(took);
        }
        Ok(self.whole_took.load(Ordering::Relaxed).into())
    }

    fn note_whole(&self, took: Duration) {
        self.count(self.whole());
        self.note_time(took);
    }

    /// Only the one hashing thread comes here.
    fn note_time(&self, took: Duration) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX).max(1);
        let before = match self.whole_took.load(Ordering::Relaxed) {
            0 => took,
            before => before,
        };
        let now = before / INERTIA * (INERTIA - 1) + took / INERTIA;
        self.whole_took.store(now.max(1), Ordering::Relaxed);
    }

    fn work_off(&self, blocks: u64, memory: &mut HashMemory) -> Result<(), HashingError> {
        self.count(idle_work(&self.parameters, blocks, memory)?);
        Ok(())
    }

    fn whole(&self) -> u64 {
        self.parameters.blocks()
    }

    fn count(&self, blocks: u64) {
        self.blocks.fetch_add(blocks, Ordering::Relaxed);
    }
}

/// Does something, and tells how long this thread was at work with it.
fn timed<T>(work: impl FnOnce() -> Result<T, HashingError>) -> Result<(T, Duration), HashingError> {
    let own_time = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let (whole, parts) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
        Duration::new(whole.unwrap_or_default(), parts.unwrap_or_default())
    };
    let started = own_time();
    let done = work()?;
    Ok((done, own_time().saturating_sub(started)))
}
