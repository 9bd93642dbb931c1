use super::*;

/// One attempt on each of these accounts from the same source.
fn spray(
    source: &mut SourceState,
    accounts: std::ops::Range<u8>,
    second: i64,
    outcome: Outcome,
) -> usize {
    let mut refused = 0;
    for number in accounts {
        let mut gate = Gate {
            source: Some(source.clone()),
            ..stranger()
        };
        match gate.reserve(LIMITS, &super::account(number), at(second)) {
            Admission::Proceed(reservation) => {
                let _ = gate.settle(&reservation, outcome, LIMITS, at(second));
            }
            Admission::Refused(_) => refused += 1,
        }
        *source = gate.source.unwrap();
    }
    refused
}

#[test]
fn failures_on_twenty_accounts_close_the_source_for_fifteen_minutes() {
    let mut source = SourceState::default();
    assert_eq!(spray(&mut source, 0..25, 0, Outcome::Failed), 5);
    let refusal = source.refusal(at(0)).unwrap();
    assert_eq!(refusal, Refusal::new(LockoutLayer::Source, at(15 * MINUTE)));
    assert_eq!(source.forgotten_at(), Some(at(15 * MINUTE)));
    assert_eq!(spray(&mut source, 0..25, 15 * MINUTE, Outcome::Failed), 5);
}

#[test]
fn the_closing_failure_is_an_event() {
    let mut source = SourceState::default();
    let _ = spray(&mut source, 0..19, 0, Outcome::Failed);
    let mut gate = Gate {
        source: Some(source),
        ..stranger()
    };
    let settlement = fail(&mut gate, 1);
    assert!(settlement.events.is_empty(), "account 1 failed already");
    let reservation = admitted(gate.reserve(LIMITS, &super::account(99), at(2)));
    let settlement = gate.settle(&reservation, Outcome::Failed, LIMITS, at(2));
    assert_eq!(layers(&settlement), [LockoutLayer::Source]);
    assert_eq!(settlement.refusal.unwrap().layer, LockoutLayer::Source);
}

#[test]
fn people_who_get_in_do_not_count() {
    let mut source = SourceState::default();
    assert_eq!(spray(&mut source, 0..100, 0, Outcome::Succeeded), 0);
    assert_eq!(spray(&mut source, 0..100, 1, Outcome::Released), 0);
    let _ = spray(&mut source, 0..10, 2, Outcome::Failed);
    let _ = spray(&mut source, 0..10, 3, Outcome::Succeeded);
    assert_eq!(source, SourceState::default());
}

#[test]
fn a_failure_counts_for_fifteen_minutes_and_not_a_second_more() {
    let mut source = SourceState::default();
    let _ = spray(&mut source, 0..19, 0, Outcome::Failed);
    let mut later = source.clone();
    let _ = spray(&mut later, 19..20, 15 * MINUTE, Outcome::Failed);
    assert_eq!(later.refusal(at(15 * MINUTE)), None);
    let _ = spray(&mut source, 19..20, 15 * MINUTE - 1, Outcome::Failed);
    assert!(source.refusal(at(15 * MINUTE - 1)).is_some());
}

#[test]
fn the_twentieth_account_that_gets_in_after_all_does_not_close_the_source() {
    for outcome in [Outcome::Succeeded, Outcome::Released] {
        let mut source = SourceState::default();
        let _ = spray(&mut source, 0..19, 0, Outcome::Failed);
        let _ = spray(&mut source, 19..20, 1, outcome);
        assert_eq!(source.refusal(at(1)), None);
    }
}

#[test]
fn a_clock_that_was_years_ahead_leaves_no_refusal_of_years() {
    let mut source = SourceState::default();
    let _ = spray(&mut source, 0..20, 10 * 365 * DAY, Outcome::Failed);
    assert_eq!(source.refusal(at(0)), None);
    assert_eq!(spray(&mut source, 0..25, 0, Outcome::Failed), 5);
}

#[test]
fn failures_spread_over_hours_do_not_close_the_source() {
    let mut source = SourceState::default();
    for number in 0..100 {
        let second = i64::from(number) * MINUTE;
        assert_eq!(
            spray(&mut source, number..number + 1, second, Outcome::Failed),
            0
        );
    }
}

#[test]
fn where_sources_are_not_judged_nothing_is_counted() {
    for number in 0..50 {
        let mut gate = Gate::default();
        let reservation = admitted(gate.reserve(LIMITS, &super::account(number), at(0)));
        let _ = gate.settle(&reservation, Outcome::Failed, LIMITS, at(0));
        assert_eq!(gate.source, None);
    }
}
