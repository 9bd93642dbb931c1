//! Leases: what was read at an epoch is used for a while without asking again, and whoever moves the epoch waits
//! that long after the commit before saying so (ADR 0014).
//!
//! Both lengths stand in the guard row, so that no two processes can disagree on them: every writer reads how long
//! to wait from the row it locks anyway, and a reader uses no lease that it has not read there.

use std::time::Duration;

use diesel::prelude::*;

use crate::options::Location;
use crate::schema::guard;
use crate::store::Store;
use crate::tx::ChangeTx;
use crate::{Answer, StoreError};

/// How long one lease lasts, counted from before the epoch was asked for.
const LEASE: Duration = Duration::from_millis(60);
/// How long a change is kept back: longer, by more than any two clocks differ in that time.
const WAIT: Duration = Duration::from_millis(62);
/// How often ending all leases begins anew because another server has allowed them meanwhile.
const TRIES: u32 = 5;

impl Store {
    /// Allows leases to every process, of the length that is in force already where they are allowed.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn allow_leases(&self) -> Result<(), StoreError> {
        if !self.can_lease() {
            return Ok(());
        }
        let (lease, _) = self.lengths()?;
        if lease.is_zero() {
            self.change(|tx| tx.set_lengths(LEASE, WAIT))?;
        }
        Ok(())
    }

    /// Ends all leases of every process, and then the waiting.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn end_leases(&self) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let (_, wait) = self.lengths()?;
            if wait.is_zero() {
                return Ok(());
            }
            // This change is acknowledged when the last lease given before it is over. Until then, and for those
            // who commit meanwhile, the waiting goes on.
            let ended = self.change(|tx| {
                tx.set_lengths(Duration::ZERO, wait)?;
                tx.lease_epoch()
            })?;
            self.change(|tx| {
                // LOCK: the guard row is held, so nobody allows leases between the look and the end.
                if tx.lease_epoch()? == ended {
                    tx.set_lengths(Duration::ZERO, Duration::ZERO)?;
                }
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(())
    }

    /// How long a lease lasts and how long changes wait.
    fn lengths(&self) -> Result<(Duration, Duration), StoreError> {
        let both = (guard::lease_micros, guard::wait_micros);
        let (lease, wait) = self.outside(|link| guard::table.select(both).get_result(link))?;
        Ok((duration(lease), duration(wait)))
    }

    /// On SQLite the epoch is known at once, so there is nothing to lease.
    fn can_lease(&self) -> bool {
        matches!(self.location(), Location::Postgres(_))
    }
}

impl ChangeTx<'_> {
    fn set_lengths(&mut self, lease: Duration, wait: Duration) -> Answer<()> {
        let lengths = (
            guard::lease_micros.eq(micros(lease)),
            guard::wait_micros.eq(micros(wait)),
            guard::lease_epoch.eq(guard::epoch),
        );
        self.query(|link| diesel::update(guard::table).set(lengths).execute(link))
            .map(drop)
    }

    /// The epoch at which the lengths were decided last.
    fn lease_epoch(&mut self) -> Answer<i64> {
        self.query(|link| guard::table.select(guard::lease_epoch).get_result(link))
    }
}

/// A length as the guard row holds it.
pub(crate) fn duration(micros: i64) -> Duration {
    Duration::from_micros(micros.try_into().unwrap_or_default())
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
