//! Each row of the tables in the module's documentation, as a sentence.

mod account;
mod device;
mod factor;
mod pair;
mod rows;
mod source;

use chrono::{DateTime, Utc};

use super::*;
use crate::seal::{MasterKey, Purpose};

pub(super) const LIMITS: LockoutLimits = match LockoutLimits::new(5, 15) {
    Ok(limits) => limits,
    Err(_) => panic!("valid limits"),
};
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

pub(super) fn account(number: u8) -> AccountKey {
    AccountKey::from_bytes([number; 32])
}

pub(super) fn admitted<R>(admission: Admission<R>) -> R {
    match admission {
        Admission::Proceed(reservation) => reservation,
        Admission::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// A pair that has failed `times` times, one second apart, from `start` on.
fn failed_pair(times: i64, start: i64) -> PairState {
    let mut pair = PairState::default();
    for second in 0..times {
        let _ = fail_pair(&mut pair, start + second);
    }
    pair
}

fn fail_pair(pair: &mut PairState, second: i64) -> Settlement {
    let reservation = admitted(pair.reserve(LIMITS, at(second)));
    pair.settle(&reservation, Outcome::Failed, LIMITS, at(second))
}

fn lock_of(pair: &PairState, second: i64) -> Option<u32> {
    let refusal = pair.refusal(at(second))?;
    Some(refusal.remaining_seconds(at(second)))
}

fn stranger() -> Gate {
    Gate {
        source: Some(SourceState::default()),
        ..Gate::default()
    }
}

fn known() -> Gate {
    Gate {
        device: Some(DeviceState::default()),
        ..stranger()
    }
}

fn fail(gate: &mut Gate, second: i64) -> Settlement {
    let reservation = admitted(gate.reserve(LIMITS, &account(1), at(second)));
    gate.settle(&reservation, Outcome::Failed, LIMITS, at(second))
}

fn succeed(gate: &mut Gate, second: i64) {
    let reservation = admitted(gate.reserve(LIMITS, &account(1), at(second)));
    let settlement = gate.settle(&reservation, Outcome::Succeeded, LIMITS, at(second));
    assert_eq!(settlement, Settlement::default());
}

/// Fails from a fresh source each time, one second apart, until a stranger is refused; returns how often.
fn fail_as_strangers(account: &mut AccountState, start: i64) -> i64 {
    for times in 0.. {
        let mut gate = Gate {
            account: account.clone(),
            ..stranger()
        };
        if gate.refusal(at(start + times)).is_some() {
            return times;
        }
        let _ = fail(&mut gate, start + times);
        *account = gate.account;
    }
    unreachable!()
}

fn layers(settlement: &Settlement) -> Vec<LockoutLayer> {
    let layer = |event: &LockoutEvent| match event {
        LockoutEvent::Locked(refusal) => Some(refusal.layer),
        LockoutEvent::DeviceForgotten => None,
    };
    settlement.events.iter().filter_map(layer).collect()
}
