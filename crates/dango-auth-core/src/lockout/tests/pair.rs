use super::*;

#[test]
fn the_fifth_failure_locks_for_fifteen_minutes_and_says_so_once() {
    let mut pair = PairState::default();
    for second in 0..4 {
        assert_eq!(fail_pair(&mut pair, second), Settlement::default());
    }
    let fifth = fail_pair(&mut pair, 4);
    let lock = Refusal::new(LockoutLayer::Pair, at(4 + 15 * MINUTE));
    assert_eq!(fifth.events, [LockoutEvent::Locked(lock)]);
    assert_eq!(fifth.refusal, Some(lock));
    assert_eq!(lock.remaining_seconds(at(4)), 900);
}

#[test]
fn attempts_during_a_lock_are_not_counted_and_do_not_prolong_it() {
    let mut pair = failed_pair(5, 0);
    let before = pair;
    for second in 5..100 {
        assert!(matches!(
            pair.reserve(LIMITS, at(second)),
            Admission::Refused(_)
        ));
    }
    assert_eq!(pair, before);
    assert_eq!(lock_of(&pair, 4 + 15 * MINUTE - 1), Some(1));
    assert_eq!(lock_of(&pair, 4 + 15 * MINUTE), None);
}

#[test]
fn after_a_lock_counting_starts_at_one_and_the_next_lock_is_longer() {
    let mut pair = failed_pair(5, 0);
    let mut second = 4;
    for minutes in [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440, 1_440] {
        assert_eq!(
            lock_of(&pair, second),
            Some(u32::try_from(minutes * MINUTE).unwrap())
        );
        second += minutes * MINUTE;
        for _ in 0..4 {
            assert_eq!(fail_pair(&mut pair, second), Settlement::default());
        }
        let _ = fail_pair(&mut pair, second);
    }
}

#[test]
fn a_success_forgets_failures_and_locks() {
    let mut pair = failed_pair(5, 0);
    let _ = fail_pair(&mut pair, HOUR);
    let reservation = admitted(pair.reserve(LIMITS, at(HOUR)));
    let _ = pair.settle(&reservation, Outcome::Succeeded, LIMITS, at(HOUR));
    assert_eq!(pair, PairState::default());
    assert_eq!(pair.forgotten_at(), None);
}

#[test]
fn a_quiet_day_forgets_and_less_does_not() {
    let mut pair = failed_pair(4, 0);
    assert_eq!(pair.forgotten_at(), Some(at(3 + DAY)));
    let mut on_time = pair;
    assert!(fail_pair(&mut on_time, 2 + DAY).refusal.is_some());
    assert!(fail_pair(&mut pair, 3 + DAY).refusal.is_none());
    // A day after the end of the lock, the next one is short again.
    let mut locked = failed_pair(5, 0);
    let end = 4 + 15 * MINUTE;
    assert_eq!(locked.forgotten_at(), Some(at(end + DAY)));
    for second in 0..5 {
        let _ = fail_pair(&mut locked, end + DAY + second);
    }
    assert_eq!(lock_of(&locked, end + DAY + 4), Some(900));
}

#[test]
fn of_many_parallel_attempts_exactly_five_are_evaluated() {
    let mut pair = PairState::default();
    let reservations: Vec<_> = (0..32)
        .filter_map(|_| match pair.reserve(LIMITS, at(0)) {
            Admission::Proceed(reservation) => Some(reservation),
            Admission::Refused(_) => None,
        })
        .collect();
    assert_eq!(reservations.len(), 5);
    let events: Vec<_> = reservations
        .iter()
        .rev()
        .flat_map(|one| pair.settle(one, Outcome::Failed, LIMITS, at(2)).events)
        .collect();
    assert_eq!(events.len(), 1);
    assert_eq!(lock_of(&pair, 2), Some(900));
}

#[test]
fn the_time_of_a_lock_starts_when_the_last_failure_is_known() {
    let mut pair = failed_pair(4, 0);
    let reservation = admitted(pair.reserve(LIMITS, at(4)));
    let settlement = pair.settle(&reservation, Outcome::Failed, LIMITS, at(34));
    let until = at(34 + 15 * MINUTE);
    assert_eq!(
        settlement.refusal,
        Some(Refusal::new(LockoutLayer::Pair, until))
    );
    assert_eq!(settlement.refusal.unwrap().remaining_seconds(until), 1);
}

#[test]
fn a_process_that_dies_leaves_its_failure_behind() {
    let mut pair = PairState::default();
    for _ in 0..5 {
        let _ = admitted(pair.reserve(LIMITS, at(0)));
    }
    assert_eq!(lock_of(&pair, 0), Some(900));
}

#[test]
fn the_right_password_at_the_last_attempt_is_a_success() {
    let mut pair = failed_pair(4, 0);
    let reservation = admitted(pair.reserve(LIMITS, at(4)));
    assert!(pair.refusal(at(4)).is_some());
    let _ = pair.settle(&reservation, Outcome::Succeeded, LIMITS, at(5));
    assert_eq!(lock_of(&pair, 5), None);
}

#[test]
fn a_released_attempt_gives_its_place_back() {
    let mut pair = failed_pair(4, 0);
    let before = pair;
    let reservation = admitted(pair.reserve(LIMITS, at(3)));
    let _ = pair.settle(&reservation, Outcome::Released, LIMITS, at(4));
    assert_eq!(pair, before);
    assert!(fail_pair(&mut pair, 5).refusal.is_some());
}

#[test]
fn a_release_lifts_the_lock_that_a_parallel_attempt_completed() {
    let mut pair = failed_pair(3, 0);
    let overloaded = admitted(pair.reserve(LIMITS, at(4)));
    let closing = admitted(pair.reserve(LIMITS, at(5)));
    let settlement = pair.settle(&closing, Outcome::Failed, LIMITS, at(6));
    assert!(settlement.refusal.is_some());
    let _ = pair.settle(&overloaded, Outcome::Released, LIMITS, at(7));
    assert_eq!(lock_of(&pair, 7), None);
    let _ = fail_pair(&mut pair, 8);
    assert_eq!(
        lock_of(&pair, 8),
        Some(900),
        "the first lock, not the second"
    );
}

#[test]
fn a_release_long_after_the_lock_changes_nothing() {
    let mut pair = failed_pair(3, 0);
    let lost = admitted(pair.reserve(LIMITS, at(4)));
    let _ = fail_pair(&mut pair, 5);
    let later = 5 + 15 * MINUTE;
    assert!(fail_pair(&mut pair, later).refusal.is_none());
    let _ = pair.settle(&lost, Outcome::Released, LIMITS, at(later));
    for second in 1..4 {
        assert!(fail_pair(&mut pair, later + second).refusal.is_none());
    }
    let _ = fail_pair(&mut pair, later + 4);
    assert_eq!(lock_of(&pair, later + 4), Some(1_800));
}

#[test]
fn a_release_after_a_success_takes_nothing_from_the_new_count() {
    let mut pair = PairState::default();
    let early = admitted(pair.reserve(LIMITS, at(0)));
    let winner = admitted(pair.reserve(LIMITS, at(1)));
    let _ = pair.settle(&winner, Outcome::Succeeded, LIMITS, at(2));
    let _ = fail_pair(&mut pair, 3);
    let _ = pair.settle(&early, Outcome::Released, LIMITS, at(4));
    for second in 5..9 {
        let _ = fail_pair(&mut pair, second);
    }
    assert!(lock_of(&pair, 9).is_some());
}

#[test]
fn a_failure_settled_after_an_unlock_does_not_lock_again() {
    let mut pair = failed_pair(4, 0);
    let reservation = admitted(pair.reserve(LIMITS, at(4)));
    pair = PairState::default();
    let settlement = pair.settle(&reservation, Outcome::Failed, LIMITS, at(5));
    assert_eq!(settlement, Settlement::default());
    assert_eq!(pair, PairState::default());
}

#[test]
fn a_stricter_setting_holds_at_once() {
    let mut four = failed_pair(4, 0);
    let stricter = LockoutLimits::new(3, 15).unwrap();
    let reservation = admitted(four.reserve(stricter, at(5)));
    let settlement = four.settle(&reservation, Outcome::Failed, stricter, at(5));
    assert!(settlement.refusal.is_some());
}

#[test]
fn a_clock_that_was_years_ahead_leaves_no_lock_of_years() {
    let pair = failed_pair(5, 10 * 365 * DAY);
    assert_eq!(lock_of(&pair, 0), None);
    // A clock that was an hour ahead only makes the lock an hour longer.
    let pair = failed_pair(5, HOUR - 4);
    assert_eq!(lock_of(&pair, 0), Some(3_600 + 900));
    let mut open = failed_pair(4, 10 * 365 * DAY);
    let fifth = fail_pair(&mut open, 0);
    assert_eq!(fifth.events.len(), 1);
    assert_eq!(lock_of(&open, 0), Some(900));
}
