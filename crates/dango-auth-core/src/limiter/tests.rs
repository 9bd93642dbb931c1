use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;

const LOGIN: Rate = match Rate::new(10, 60) {
    Ok(rate) => rate,
    Err(_) => panic!("a valid rate"),
};

fn at_micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_700_000_000_000_000 + micros).unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    at_micros(seconds * 1_000_000)
}

/// A key's burst limit with its stored instant.
struct Burst(BurstLimit, Option<DateTime<Utc>>);

impl Burst {
    fn admit(&mut self, now: DateTime<Utc>) -> LimitDecision {
        let (decision, store) = self.0.admit(self.1, now);
        self.1 = store.or(self.1);
        decision
    }
}

#[test]
fn a_rate_of_nothing_is_refused() {
    for (requests, seconds) in [(0, 60), (10, 0), (1_000_001, 60), (10, 86_401)] {
        assert_eq!(Rate::new(requests, seconds), Err(InvalidRate));
    }
}

#[test]
fn ten_sign_ins_pass_and_the_eleventh_waits_for_the_first_to_age() {
    let (limit, mut recent) = (SlidingLimit::new(LOGIN), Recent::default());
    for second in 0..10 {
        let decision = limit.admit(&mut recent, at(second));
        assert!(decision.admitted);
        assert_eq!(decision.remaining, 9 - u32::try_from(second).unwrap());
        assert_eq!(decision.retry_after_seconds, 0);
    }
    let refused = limit.admit(&mut recent, at(20));
    let expected = LimitDecision {
        admitted: false,
        limit: 10,
        remaining: 0,
        retry_after_seconds: 40,
        reset_after_seconds: 49,
    };
    assert_eq!(refused, expected);
    assert!(!limit.admit(&mut recent, at_micros(59_999_999)).admitted);
    assert!(limit.admit(&mut recent, at(60)).admitted);
    assert!(!limit.admit(&mut recent, at(60)).admitted);
    assert!(limit.admit(&mut recent, at(61)).admitted);
}

#[test]
fn a_lowered_limit_holds_at_once() {
    let mut recent = Recent::default();
    for second in 0..10 {
        let _ = SlidingLimit::new(LOGIN).admit(&mut recent, at(second));
    }
    let lower = SlidingLimit::new(Rate::new(3, 60).unwrap());
    let refused = lower.admit(&mut recent, at(10));
    assert!(!refused.admitted);
    // The third from the newest came at second 7.
    assert_eq!(refused.retry_after_seconds, 57);
    assert!(!lower.admit(&mut recent, at(66)).admitted);
    assert!(lower.admit(&mut recent, at(67)).admitted);
}

#[test]
fn a_clock_set_back_does_not_close_the_door() {
    let (limit, mut recent) = (SlidingLimit::new(LOGIN), Recent::default());
    let mut burst = Burst(BurstLimit::new(LOGIN), None);
    for _ in 0..10 {
        assert!(limit.admit(&mut recent, at(1_000_000_000)).admitted);
        assert!(burst.admit(at(1_000_000_000)).admitted);
    }
    assert!(limit.admit(&mut recent, at(0)).admitted);
    assert!(burst.admit(at(0)).admitted);
}

#[test]
fn another_server_whose_clock_is_behind_counts_too() {
    let (limit, mut recent) = (SlidingLimit::new(LOGIN), Recent::default());
    let mut burst = Burst(BurstLimit::new(LOGIN), None);
    for _ in 0..10 {
        assert!(limit.admit(&mut recent, at(100)).admitted);
        assert!(burst.admit(at(100)).admitted);
    }
    assert_eq!(limit.admit(&mut recent, at(98)).retry_after_seconds, 62);
    assert_eq!(burst.admit(at(98)).retry_after_seconds, 6);
}

#[test]
fn a_burst_passes_and_then_one_for_each_share_of_the_window() {
    let mut burst = Burst(BurstLimit::new(LOGIN), None);
    for left in (0..10).rev() {
        let decision = burst.admit(at(0));
        assert!(decision.admitted);
        assert_eq!(decision.remaining, left);
    }
    let refused = burst.admit(at(1));
    let expected = LimitDecision {
        admitted: false,
        limit: 10,
        remaining: 0,
        retry_after_seconds: 5,
        reset_after_seconds: 59,
    };
    assert_eq!(refused, expected);
    assert!(!burst.admit(at_micros(5_999_999)).admitted);
    assert!(burst.admit(at(6)).admitted);
    assert!(!burst.admit(at(6)).admitted);
    let later = burst.admit(at(1_000));
    assert_eq!((later.admitted, later.remaining), (true, 9));
}

#[test]
fn nineteen_of_ten_pass_in_the_first_window_of_a_burst_limit() {
    let mut burst = Burst(BurstLimit::new(LOGIN), None);
    let admitted = (0..60_000).filter(|ms| burst.admit(at_micros(ms * 1_000)).admitted);
    assert_eq!(admitted.count(), 19);
}

#[test]
fn recent_instants_read_back() {
    let mut recent = Recent::default();
    recent.push(at(2));
    recent.push(at(1));
    assert_eq!(recent.oldest(), Some(at(1)));
    assert_eq!(Recent::from_bytes(&recent.to_bytes()), Some(recent.clone()));
    assert_eq!(Recent::from_bytes(&[0; 7]), None);
    assert!(recent.remove(at(1)));
    assert!(!recent.remove(at(1)));
    assert_eq!((recent.len(), recent.newest()), (1, Some(at(2))));
}

#[test]
fn the_ends_of_time_are_answered() {
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let mut recent = Recent::default();
        assert!(SlidingLimit::new(LOGIN).admit(&mut recent, now).admitted);
        assert!(Burst(BurstLimit::new(LOGIN), None).admit(now).admitted);
    }
}

fn most_in_any_window(admitted: &[i64], window: i64) -> usize {
    let in_window = |start: &i64| {
        let end = start + window;
        admitted
            .iter()
            .filter(|at| (*start..end).contains(at))
            .count()
    };
    admitted.iter().map(in_window).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_window_ever_holds_more_than_the_bound(
        requests in 1_u32..12,
        seconds in 1_u32..20,
        gaps in prop::collection::vec(0_i64..4_000_000, 1..120),
    ) {
        let rate = Rate::new(requests, seconds).unwrap();
        let (mut recent, mut burst) = (Recent::default(), Burst(BurstLimit::new(rate), None));
        let (mut by_log, mut by_burst) = (Vec::new(), Vec::new());
        let mut micros = 0;
        for gap in gaps {
            micros += gap;
            if SlidingLimit::new(rate).admit(&mut recent, at_micros(micros)).admitted {
                by_log.push(micros);
            }
            if burst.admit(at_micros(micros)).admitted {
                by_burst.push(micros);
            }
        }
        let window = rate.window_micros();
        prop_assert!(most_in_any_window(&by_log, window) <= requests as usize);
        // The interval is cut to whole microseconds, so compare with N of them.
        let span = burst.0.span().num_microseconds().unwrap();
        prop_assert!(most_in_any_window(&by_burst, span) < 2 * requests as usize);
    }

    #[test]
    fn whoever_waits_as_told_is_admitted(
        requests in 1_u32..12,
        seconds in 1_u32..20,
        gaps in prop::collection::vec(0_i64..2_000_000, 1..60),
    ) {
        let rate = Rate::new(requests, seconds).unwrap();
        let (limit, mut recent) = (SlidingLimit::new(rate), Recent::default());
        let mut burst = Burst(BurstLimit::new(rate), None);
        let mut micros = 0;
        for gap in gaps {
            micros += gap;
            let told = limit.admit(&mut recent, at_micros(micros)).retry_after_seconds;
            let later = at_micros(micros + i64::from(told) * 1_000_000);
            prop_assert!(told == 0 || limit.admit(&mut recent.clone(), later).admitted);
            let told = burst.admit(at_micros(micros)).retry_after_seconds;
            let later = at_micros(micros + i64::from(told) * 1_000_000);
            prop_assert!(told == 0 || burst.0.admit(burst.1, later).0.admitted);
        }
    }
}
