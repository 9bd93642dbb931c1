//! The same work for every password that is checked, whatever there is to check it against (contract §3.9).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dango_auth_core::password::{
    HashMemory, HashParameters, HashingError, Password, PasswordHash, idle_work, verify,
};

/// Of the work of today's hash, the part that shows what a block takes on this machine at this moment.
const SAMPLE: u64 = 8;

/// Checks passwords, and works off what a check cost less than that of a hash of today.
///
/// A hash that costs more than one of today (bcrypt of a high cost, or parameters that were lowered since)
/// cannot be made cheaper; it is replaced at the next sign-in.
#[derive(Debug, Clone)]
pub(super) struct EqualWork {
    parameters: HashParameters,
    is_left_out: bool,
    blocks: Arc<AtomicU64>,
}

impl EqualWork {
    pub(super) fn new(parameters: HashParameters) -> Self {
        Self {
            parameters,
            is_left_out: false,
            blocks: Arc::default(),
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
                let _ = verify(password, &dummy, memory)?;
                self.count(self.parameters.blocks());
            }
            return Ok(false);
        };
        let started = Instant::now();
        let verdict = verify(password, hash, memory)?;
        let took = started.elapsed();
        let spent = hash.blocks();
        self.count(spent.unwrap_or_default());
        if !self.is_left_out {
            match spent {
                Some(spent) => self.work_off(self.whole().saturating_sub(spent), memory)?,
                None => self.work_off_after(took, memory)?,
            }
        }
        Ok(verdict.is_match())
    }

    /// Works off what a check of another scheme left, whose work can only be told by its time.
    fn work_off_after(&self, took: Duration, memory: &mut HashMemory) -> Result<(), HashingError> {
        let sample = self.whole() / SAMPLE;
        let started = Instant::now();
        self.work_off(sample, memory)?;
        let sample_took = started.elapsed().as_nanos().max(1);
        let spent = u128::from(sample).saturating_mul(took.as_nanos()) / sample_took;
        let spent = u64::try_from(spent).unwrap_or(u64::MAX);
        self.count(spent.min(self.whole() - sample));
        let left = self.whole().saturating_sub(sample).saturating_sub(spent);
        self.work_off(left, memory)
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
