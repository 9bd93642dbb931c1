//! Lockout: guessing is stopped, and whoever guesses cannot lock the owner out.
//!
//! An attempt is judged by several counters, each a small state machine that is stored as one row. Which ones
//! depends on who comes (security research §4.7, contract §3.9):
//!
//! ```text
//!                       ┌─ known device ──▶ DeviceState ────────────────────────────▶ evaluate
//! attempt ──▶ Gate ─────┤
//!                       └─ stranger ──────▶ PairState, AccountState, SourceState ──▶ evaluate
//! code of the second factor ──────────────▶ FactorState ────────────────────────────▶ evaluate
//! ```
//!
//! | state | counts | limit | then |
//! |---|---|---|---|
//! | [`PairState`] | failures of an account from one source | 5 in a row (setting) | locked 15 min (setting), doubling to 24 h; 24 quiet hours forget it |
//! | [`AccountState`] | failures of an account from all strangers | 20 in 15 min | *guarded* 15 min: strangers are refused |
//! | | | 100 in a row | *ceiling*: strangers are refused 30 days, or until the owner signs in from a known device |
//! | [`DeviceState`] | failures of a known device | 5 in a row (setting) | locked 15 min (setting) |
//! | | | 10 in a row | the device is known no more |
//! | [`SourceState`] | accounts that failed from one source | 20 in 15 min | the source is refused 15 min |
//! | [`FactorState`] | wrong codes of an account | 5 in a row | locked 15 min |
//! | | | 100 in all | locked until somebody unlocks it |
//!
//! Accounts that do not exist are counted like those that do, under [`AccountKey`]. A known device is never
//! refused for what strangers did. Unlocking an account is
//! deleting its rows, those of its devices and of its second factor included.
//!
//! # Reserve, evaluate, settle
//!
//! ```text
//!            reserve                         settle
//!  open ───────────────▶ counted as failure ────────▶ Failed: stays counted
//!    │                                               ─▶ Succeeded: the row starts anew
//!    └─ refused: nothing is counted                  ─▶ Released: taken out again
//! ```
//!
//! [`reserve`](Gate::reserve) and [`settle`](Gate::settle) are two short transactions with the slow hash
//! between them. A reservation counts as a failure from the start, so parallel guesses cannot overshoot: of any
//! number of simultaneous attempts exactly as many are evaluated as were left. A process that dies in between
//! leaves a failure behind. A lock has a hard end: attempts while it lasts are refused and do not prolong it.
//! That end is fixed when the lock begins; changed settings apply to the next one.
//!
//! | in | event | to |
//! |---|---|---|
//! | open, fewer failures than the limit | reserve | open, one failure more |
//! | open, one failure missing | reserve | locked (provisionally), attempt evaluated |
//! | locked provisionally | settle Failed | locked, full time from now, event |
//! | locked provisionally | settle Succeeded | open, no failures |
//! | locked provisionally | settle Released | open, one failure missing |
//! | locked | reserve | locked, refused |
//! | locked | its time is over, reserve | open, one failure, the next lock is longer |

mod account;
mod device;
mod factor;
mod gate;
mod limits;
mod pair;
mod rows;
mod series;
mod source;
mod verdict;

pub use account::{AccountKey, AccountState};
pub use device::DeviceState;
pub use factor::{FactorReservation, FactorState};
pub use gate::{Gate, GateReservation};
pub use limits::{InvalidLimits, LockoutLimits};
pub use pair::PairState;
pub use rows::{AccountRow, CorruptRow, DeviceRow, FactorRow, SeriesRow, SourceRow};
pub use series::Reservation;
pub use source::SourceState;
pub use verdict::{Admission, LockoutEvent, LockoutLayer, Outcome, Refusal, Settlement};

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
