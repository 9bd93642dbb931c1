//! The count that protects the last administrator.

use super::UserError;

/// How many usable administrators there are besides the account about to change.
///
/// INVARIANT: it is only made from a count taken while the store's guard row is locked, so that two
/// transitions cannot both rely on the other's administrator (contract §3.1).
#[derive(Clone, Copy, Debug)]
pub struct AdminCensus {
    others: u64,
}

impl AdminCensus {
    /// LOCK: for the store alone, with the number it counted under the guard row's lock.
    pub const fn counted_under_lock(others: u64) -> Self {
        Self { others }
    }

    /// Refuses when nobody else could administrate.
    pub(super) const fn require_another(self) -> Result<(), UserError> {
        if self.others == 0 {
            Err(UserError::LastAdmin)
        } else {
            Ok(())
        }
    }
}
