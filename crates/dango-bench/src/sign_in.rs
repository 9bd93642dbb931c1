//! Whole sign-ins against the bare hash they contain.

use std::time::Instant;

use dango_auth::core::password::{HashMemory, Password, hash};

use crate::Failure;
use crate::effort::Effort;
use crate::measure::in_turn;
use crate::place::{Hashing, PASSWORD, Place};
use crate::report::{Budget, Row};

/// Signs in one after the other; hashes one after the other, in memory that is kept.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let place = Place::new(Hashing::Real)?;
    let parameters = place.auth.settings()?.hash_parameters();
    let password = Password::new(PASSWORD)?;
    let mut memory = HashMemory::new();
    let count = effort.pick(1, 5, 20);
    let pair = in_turn(
        effort.rounds(),
        || rate(count, || place.sign_in().map(drop)),
        || {
            rate(count, || {
                let _ = hash(&password, &parameters, [7; 16], &mut memory)?;
                Ok(())
            })
        },
    )?;
    let row = Row::beside("sign-ins, one at a time", "per s", pair, "hashes");
    Ok(vec![row.within(Budget::RatioAtLeast(0.95))])
}

fn rate(count: usize, mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}
