//! Who has a waiting job: its caller, who may still leave, or the thread, which has begun.

use std::sync::atomic::{AtomicU8, Ordering};

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Settles in one step whether a job is begun or given up, never both.
#[derive(Debug, Default)]
pub(super) struct Claim(AtomicU8);

impl Claim {
    /// The thread takes the job; false when its caller has left.
    pub(super) fn begin(&self) -> bool {
        self.settle(BEGUN)
    }

    /// The caller leaves; false when the job is begun, so that its answer comes soon.
    pub(super) fn give_up(&self) -> bool {
        self.settle(GIVEN_UP)
    }

    fn settle(&self, state: u8) -> bool {
        let settled = self
            .0
            .compare_exchange(WAITING, state, Ordering::AcqRel, Ordering::Acquire);
        settled.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_to_settle_a_claim_has_it() {
        let begun = Claim::default();
        assert!(begun.begin());
        assert!(!begun.give_up());
        let given_up = Claim::default();
        assert!(given_up.give_up());
        assert!(!given_up.begin());
    }
}
