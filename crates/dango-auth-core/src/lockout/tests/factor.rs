use super::*;

fn fail_code(factor: &mut FactorState, second: i64) -> Settlement {
    let reservation = admitted(factor.reserve(at(second)));
    factor.settle(&reservation, Outcome::Failed, at(second))
}

#[test]
fn five_wrong_codes_lock_for_fifteen_minutes() {
    let mut factor = FactorState::default();
    for second in 0..4 {
        assert_eq!(fail_code(&mut factor, second), Settlement::default());
    }
    let fifth = fail_code(&mut factor, 4);
    assert_eq!(layers(&fifth), [LockoutLayer::SecondFactor]);
    assert_eq!(fifth.refusal.unwrap().remaining_seconds(at(4)), 900);
    assert!(factor.refusal(at(4 + 15 * MINUTE)).is_none());
}

#[test]
fn a_hundred_wrong_codes_lock_until_somebody_unlocks() {
    let mut factor = FactorState::default();
    for round in 0..20 {
        for second in 0..5 {
            let settlement = fail_code(&mut factor, round * HOUR + second);
            let last = (round, second) == (19, 4);
            let expected = if last {
                vec![LockoutLayer::SecondFactorCeiling]
            } else if second == 4 {
                vec![LockoutLayer::SecondFactor]
            } else {
                Vec::new()
            };
            assert_eq!(layers(&settlement), expected);
        }
    }
    let refusal = factor.refusal(at(10 * 365 * DAY)).unwrap();
    assert_eq!(refusal.until, None);
    assert_eq!(refusal.remaining_seconds(at(0)), 86_400);
}

#[test]
fn right_codes_end_the_row_but_not_the_hundred() {
    let mut factor = FactorState::default();
    for round in 0..25 {
        for second in 0..4 {
            let settlement = fail_code(&mut factor, round * HOUR + second);
            let hundredth = (round, second) == (24, 3);
            assert_eq!(settlement.refusal.is_some(), hundredth);
            assert_eq!(settlement.events.len(), usize::from(hundredth));
        }
        if round < 24 {
            let reservation = admitted(factor.reserve(at(round * HOUR + 4)));
            let _ = factor.settle(&reservation, Outcome::Succeeded, at(round * HOUR + 4));
        }
    }
    assert_eq!(factor.to_stored().total, 100);
    assert!(factor.refusal(at(DAY * 99)).unwrap().until.is_none());
}

#[test]
fn of_many_parallel_codes_exactly_five_are_evaluated() {
    let mut factor = FactorState::default();
    let admissions = (0..50).filter(|_| matches!(factor.reserve(at(0)), Admission::Proceed(_)));
    assert_eq!(admissions.count(), 5);
}

#[test]
fn a_released_code_was_never_there() {
    let mut factor = FactorState::default();
    let _ = fail_code(&mut factor, 0);
    let before = factor;
    let reservation = admitted(factor.reserve(at(0)));
    let _ = factor.settle(&reservation, Outcome::Released, at(0));
    assert_eq!(factor, before);
}
