//! Random walks of strangers and an owner against the promises, and a pair against a naive model.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::tests::{LIMITS, account, at};
use super::*;

const SOURCES: u8 = 7;

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(i64),
    Stranger(u8),
    Owner,
    /// Settles one of the open attempts, whichever the number picks.
    Settle(usize, Outcome),
}

/// Who made an attempt: a stranger from a source, or the owner on a known device.
type Who = Option<u8>;

#[derive(Debug, Clone, Copy)]
struct Attempt {
    who: Who,
    at: DateTime<Utc>,
    /// `None` while open, which counts as failed.
    outcome: Option<Outcome>,
}

/// The rows of one account, and everything that happened to it.
#[derive(Default)]
struct World {
    seconds: i64,
    pairs: BTreeMap<u8, PairState>,
    account: AccountState,
    device: DeviceState,
    attempts: Vec<Attempt>,
    open: Vec<(usize, GateReservation)>,
    /// Owner's sign-ins, by when they were settled.
    signed_in: Vec<DateTime<Utc>>,
}

impl World {
    fn now(&self) -> DateTime<Utc> {
        at(self.seconds)
    }

    fn gate(&self, who: Who) -> Gate {
        Gate {
            device: who.is_none().then_some(self.device),
            pair: who
                .and_then(|source| self.pairs.get(&source).copied())
                .unwrap_or_default(),
            account: self.account.clone(),
            source: None,
        }
    }

    fn keep(&mut self, who: Who, gate: Gate) {
        if let Some(source) = who {
            self.pairs.insert(source, gate.pair);
        }
        self.device = gate.device.unwrap_or(self.device);
        self.account = gate.account;
    }

    fn take(&mut self, step: Step) {
        // No two steps at one instant: ties are decided by the store's order.
        self.seconds += 1;
        match step {
            Step::Wait(seconds) => self.seconds += seconds,
            Step::Stranger(source) => self.attempt(Some(source)),
            // A device that is known no more is a stranger, and there are enough of those.
            Step::Owner if !self.device.is_known() => {}
            Step::Owner => self.attempt(None),
            Step::Settle(pick, outcome) => self.settle(pick, outcome),
        }
    }

    fn attempt(&mut self, who: Who) {
        let mut gate = self.gate(who);
        let before = gate.clone();
        match gate.reserve(LIMITS, &account(1), self.now()) {
            Admission::Proceed(reservation) => {
                self.open.push((self.attempts.len(), reservation));
                self.attempts.push(Attempt {
                    who,
                    at: self.now(),
                    outcome: None,
                });
                self.keep(who, gate);
            }
            Admission::Refused(refusal) => {
                assert_eq!(gate, before, "a refusal counts nothing");
                let until = refusal.until.unwrap();
                assert!(until > self.now());
                assert_eq!(gate.refusal(until), None, "a refusal has a hard end");
                if who.is_none() {
                    self.assert_own_fault();
                }
            }
        }
    }

    fn settle(&mut self, pick: usize, outcome: Outcome) {
        if self.open.is_empty() {
            return;
        }
        let (index, reservation) = self.open.swap_remove(pick % self.open.len());
        let who = self.attempts[index].who;
        // Strangers do not know the password.
        let outcome = match (who, outcome) {
            (Some(_), Outcome::Succeeded) => Outcome::Failed,
            _ => outcome,
        };
        let mut gate = self.gate(who);
        let _ = gate.settle(&reservation, outcome, LIMITS, self.now());
        self.keep(who, gate);
        self.attempts[index].outcome = Some(outcome);
        if outcome == Outcome::Succeeded {
            self.signed_in.push(self.now());
        }
    }

    /// A known device is only ever refused for five failures of its own since its last sign-in.
    fn assert_own_fault(&self) {
        let last = self.signed_in.last();
        let own = self.failures(|attempt| {
            attempt.who.is_none() && last.is_none_or(|last| attempt.at > *last)
        });
        assert!(own.len() >= 5, "refused after {} own failures", own.len());
    }

    fn failures(&self, wanted: impl Fn(&Attempt) -> bool) -> Vec<DateTime<Utc>> {
        let failed = |attempt: &&Attempt| matches!(attempt.outcome, None | Some(Outcome::Failed));
        let attempts = self.attempts.iter().filter(failed);
        attempts
            .filter(|attempt| wanted(attempt))
            .map(|attempt| attempt.at)
            .collect()
    }

    /// Failures of strangers between two sign-ins of the owner.
    fn most_in_a_row(&self) -> usize {
        let mut cuts = self.signed_in.clone();
        cuts.push(DateTime::<Utc>::MAX_UTC);
        let mut start = DateTime::<Utc>::MIN_UTC;
        let mut most = 0;
        for end in cuts {
            let between = self.failures(|one| one.who.is_some() && one.at > start && one.at <= end);
            most = most.max(between.len());
            start = end;
        }
        most
    }
}

fn most_in_window(failures: &[DateTime<Utc>]) -> usize {
    let window = TimeDelta::minutes(15);
    let from = |start: &DateTime<Utc>| {
        let inside = |at: &&DateTime<Utc>| **at >= *start && **at - *start < window;
        failures.iter().filter(inside).count()
    };
    failures.iter().map(from).max().unwrap_or(0)
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        8 => Just(Outcome::Failed),
        2 => Just(Outcome::Succeeded),
        1 => Just(Outcome::Released),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..1_200_i64).prop_map(Step::Wait),
        6 => (0..SOURCES).prop_map(Step::Stranger),
        1 => Just(Step::Owner),
        6 => (0..64_usize, outcome()).prop_map(|(pick, outcome)| Step::Settle(pick, outcome)),
    ]
}

proptest! {
    #[test]
    fn guessing_is_bounded_and_the_owner_gets_in(steps in prop::collection::vec(step(), 1..400)) {
        let mut world = World::default();
        for step in steps {
            world.take(step);
        }
        for source in 0..SOURCES {
            let failures = world.failures(|attempt| attempt.who == Some(source));
            prop_assert!(most_in_window(&failures) <= 5, "pair {source}");
        }
        let strangers = world.failures(|attempt| attempt.who.is_some());
        prop_assert!(most_in_window(&strangers) <= 20);
        prop_assert!(world.most_in_a_row() <= 100);
    }

    #[test]
    fn a_pair_agrees_with_a_naive_model(
        gaps in prop::collection::vec((0..4_000_i64, any::<bool>(), 0..25_u8), 1..120),
    ) {
        let (mut pair, mut naive, mut seconds) = (PairState::default(), Naive::default(), 0);
        for (gap, long, luck) in gaps {
            seconds += if long { gap * 30 } else { gap / 100 };
            let outcome = if luck == 0 { Outcome::Succeeded } else { Outcome::Failed };
            let admission = pair.reserve(LIMITS, at(seconds));
            let refused = match admission {
                Admission::Refused(refusal) => Some(refusal.remaining_seconds(at(seconds))),
                Admission::Proceed(reservation) => {
                    let _ = pair.settle(&reservation, outcome, LIMITS, at(seconds));
                    None
                }
            };
            prop_assert_eq!(refused, naive.attempt(seconds, outcome));
        }
    }
}

/// The pair's rule once more, as somebody would write it down who knows nothing of reservations.
#[derive(Default)]
struct Naive {
    failures: u32,
    locks: u32,
    last: i64,
    locked_until: i64,
}

impl Naive {
    /// Seconds to wait when the attempt is refused.
    fn attempt(&mut self, second: i64, outcome: Outcome) -> Option<u32> {
        if second < self.locked_until {
            return Some(u32::try_from(self.locked_until - second).unwrap());
        }
        if second - self.last.max(self.locked_until) >= 86_400 || outcome == Outcome::Succeeded {
            *self = Self::default();
        }
        if outcome == Outcome::Succeeded {
            return None;
        }
        self.last = second;
        self.failures += 1;
        if self.failures == 5 {
            let minutes = (15 * 2_i64.pow(self.locks.min(10))).min(1_440);
            (self.failures, self.locks) = (0, self.locks + 1);
            self.locked_until = second + minutes * 60;
        }
        None
    }
}

#[test]
fn the_walks_reach_every_bound() {
    // The properties above would hold for a door that is never opened; this walk meets each bound exactly.
    let mut world = World::default();
    for _ in 0..30 {
        for source in 0..SOURCES {
            for _ in 0..6 {
                world.take(Step::Stranger(source));
                world.take(Step::Settle(0, Outcome::Failed));
            }
        }
        world.take(Step::Wait(24 * 3_600));
    }
    let first = world.failures(|attempt| attempt.who == Some(0));
    assert_eq!(most_in_window(&first), 5);
    let strangers = world.failures(|attempt| attempt.who.is_some());
    assert_eq!(most_in_window(&strangers), 20);
    assert_eq!(world.most_in_a_row(), 100);
    world.take(Step::Owner);
    world.take(Step::Settle(0, Outcome::Succeeded));
    assert_eq!(world.signed_in.len(), 1);
}
