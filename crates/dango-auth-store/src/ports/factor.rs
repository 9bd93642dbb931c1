//! Second factors and recovery codes.

use dango_auth_core::id::{RecoveryCodeId, UserId};
use dango_auth_core::second_factor::{SecondFactor, StoredRecoveryCode};

use crate::Answer;

/// Asking about second factors.
pub trait FactorReads {
    /// An account's second factor.
    fn second_factor(&mut self, user: UserId) -> Answer<SecondFactor>;
    /// How many recovery codes are left.
    fn recovery_codes_left(&mut self, user: UserId) -> Answer<u32>;
}

/// Writing second factors.
pub trait FactorWrites {
    /// Keeps a started enrolment and the recovery codes shown with it, in place of any earlier one;
    /// a factor that is on is never overwritten (Conflict).
    fn put_pending_factor(
        &mut self,
        user: UserId,
        factor: &SecondFactor,
        codes: &[StoredRecoveryCode],
    ) -> Answer<()>;
    /// Moves the last accepted step forward by compare-and-set; false when it was used already.
    fn advance_step(&mut self, user: UserId, step: i64) -> Answer<bool>;
    /// Uses one recovery code up by one of these digests; false when there is none (any more).
    fn consume_recovery_code(
        &mut self,
        user: UserId,
        digests: &[[u8; 32]],
    ) -> Answer<Option<RecoveryCodeId>>;
    /// Adds codes taken over from another system.
    fn insert_recovery_codes(&mut self, user: UserId, codes: &[StoredRecoveryCode]) -> Answer<()>;
}
