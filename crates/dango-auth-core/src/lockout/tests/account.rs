use super::*;
use crate::id::UserId;

#[test]
fn twenty_failures_of_strangers_guard_the_account_for_fifteen_minutes() {
    let mut account = AccountState::default();
    assert_eq!(fail_as_strangers(&mut account, 0), 20);
    let refusal = account.refusal(at(20)).unwrap();
    assert_eq!(
        refusal,
        Refusal::new(LockoutLayer::Guard, at(19 + 15 * MINUTE))
    );
    assert_eq!(account.refusal(at(19 + 15 * MINUTE)), None);
    assert_eq!(fail_as_strangers(&mut account, 19 + 15 * MINUTE), 20);
}

#[test]
fn slow_guessing_is_not_guarded_but_meets_the_ceiling() {
    let mut gate = stranger();
    for hour in 0..99 {
        gate.pair = PairState::default();
        assert_eq!(fail(&mut gate, hour * HOUR), Settlement::default());
    }
    gate.pair = PairState::default();
    let hundredth = fail(&mut gate, 99 * HOUR);
    assert_eq!(layers(&hundredth), [LockoutLayer::Ceiling]);
    let until = at(99 * HOUR + 30 * DAY);
    assert_eq!(
        hundredth.refusal,
        Some(Refusal::new(LockoutLayer::Ceiling, until))
    );
    assert_eq!(gate.account.refusal(until), None);
}

#[test]
fn fast_guessing_from_everywhere_gets_a_hundred_in_all() {
    let mut account = AccountState::default();
    let rounds: Vec<_> = (0..6)
        .map(|round| fail_as_strangers(&mut account, round * HOUR))
        .collect();
    assert_eq!(rounds, [20, 20, 20, 20, 20, 0]);
    assert!(account.refusal(at(29 * DAY)).is_some());
}

#[test]
fn a_sign_in_from_a_known_device_lifts_the_ceiling_but_not_the_guard() {
    let mut account = AccountState::default();
    for round in 0..5 {
        let _ = fail_as_strangers(&mut account, round * HOUR);
    }
    let mut owner = Gate { account, ..known() };
    succeed(&mut owner, 4 * HOUR + MINUTE);
    let refusal = owner.account.refusal(at(4 * HOUR + MINUTE)).unwrap();
    assert_eq!(refusal.layer, LockoutLayer::Guard);
    assert_eq!(owner.account.refusal(at(5 * HOUR)), None);
}

#[test]
fn a_strangers_success_starts_the_row_anew_but_not_the_window() {
    let mut gate = stranger();
    for second in 0..19 {
        gate.pair = PairState::default();
        let _ = fail(&mut gate, second);
    }
    gate.pair = PairState::default();
    succeed(&mut gate, 19);
    assert_eq!(gate.account.to_stored().in_a_row, 0);
    let twentieth = fail(&mut gate, 20);
    assert_eq!(layers(&twentieth), [LockoutLayer::Guard]);
}

#[test]
fn attempts_that_were_not_evaluated_do_not_guard_the_account() {
    let mut gate = stranger();
    for second in 0..50 {
        let reservation = admitted(gate.reserve(LIMITS, &super::account(1), at(second)));
        let _ = gate.settle(&reservation, Outcome::Released, LIMITS, at(second));
    }
    assert_eq!(gate.account.refusal(at(50)), None);
    assert_eq!(gate.account.to_stored().in_a_row, 0);
    assert_eq!(fail(&mut gate, 50), Settlement::default());
}

#[test]
fn the_time_of_a_guard_starts_when_the_last_failure_is_known() {
    let mut gate = stranger();
    for second in 0..19 {
        gate.pair = PairState::default();
        let _ = fail(&mut gate, second);
    }
    gate.pair = PairState::default();
    let reservation = admitted(gate.reserve(LIMITS, &super::account(1), at(19)));
    let settlement = gate.settle(&reservation, Outcome::Failed, LIMITS, at(49));
    let guard = Refusal::new(LockoutLayer::Guard, at(49 + 15 * MINUTE));
    assert_eq!(settlement.events, [LockoutEvent::Locked(guard)]);
    assert_eq!(gate.account.refusal(at(50)), Some(guard));
}

#[test]
fn a_clock_that_was_years_ahead_leaves_no_guard_of_years() {
    let years = 10 * 365 * DAY;
    let mut account = AccountState::default();
    for round in 0..5 {
        let _ = fail_as_strangers(&mut account, years + round * HOUR);
    }
    assert!(account.refusal(at(years + 5 * HOUR)).is_some());
    assert_eq!(account.refusal(at(0)), None);
    assert_eq!(fail_as_strangers(&mut account, 0), 20);
}

#[test]
fn after_the_ceiling_counting_starts_at_one() {
    let mut account = AccountState::default();
    for round in 0..5 {
        let _ = fail_as_strangers(&mut account, round * HOUR);
    }
    let until = account.refusal(at(5 * HOUR)).unwrap().until.unwrap();
    let mut gate = Gate {
        account,
        ..stranger()
    };
    let reservation = admitted(gate.reserve(LIMITS, &super::account(1), until));
    let _ = gate.settle(&reservation, Outcome::Failed, LIMITS, until);
    assert_eq!(gate.account.to_stored().in_a_row, 1);
}

#[test]
fn an_attempt_that_was_not_evaluated_does_not_make_the_hundred() {
    let mut gate = stranger();
    for hour in 0..98 {
        gate.pair = PairState::default();
        let _ = fail(&mut gate, hour * HOUR);
    }
    gate.pair = PairState::default();
    let overloaded = admitted(gate.reserve(LIMITS, &super::account(1), at(98 * HOUR)));
    let hundredth = fail(&mut gate, 98 * HOUR + 1);
    assert_eq!(layers(&hundredth), [LockoutLayer::Ceiling]);
    let _ = gate.settle(&overloaded, Outcome::Released, LIMITS, at(98 * HOUR + 2));
    assert_eq!(gate.account.refusal(at(98 * HOUR + 2)), None);
    assert_eq!(
        layers(&fail(&mut gate, 98 * HOUR + 3)),
        [LockoutLayer::Ceiling]
    );
}

#[test]
fn a_month_without_a_failure_forgets_the_row() {
    let mut gate = stranger();
    for hour in 0..99 {
        gate.pair = PairState::default();
        let _ = fail(&mut gate, hour * HOUR);
    }
    gate.pair = PairState::default();
    assert_eq!(gate.account.forgotten_at(), Some(at(98 * HOUR + 30 * DAY)));
    assert!(fail(&mut gate, 98 * HOUR + 30 * DAY).events.is_empty());
    assert_eq!(gate.account.to_stored().in_a_row, 1);
}

#[test]
fn names_are_stored_as_macs() {
    let subkey = |byte| MasterKey::from_bytes([byte; 32]).subkey(Purpose::LoginName);
    let ann = AccountKey::of_name(&subkey(1), "ann@example.org");
    assert_eq!(ann, AccountKey::of_name(&subkey(1), "ann@example.org"));
    assert_ne!(ann, AccountKey::of_name(&subkey(1), "bob@example.org"));
    assert_ne!(ann, AccountKey::of_name(&subkey(2), "ann@example.org"));
    assert_eq!(AccountKey::from_bytes(*ann.as_bytes()), ann);
}

#[test]
fn an_account_and_a_name_spelt_like_its_id_are_counted_apart() {
    let subkey = MasterKey::from_bytes([1; 32]).subkey(Purpose::LoginName);
    let user = UserId::from_random([5; 16]);
    let key = AccountKey::of_user(&subkey, user);
    assert_eq!(key, AccountKey::of_user(&subkey, user));
    assert_ne!(
        key,
        AccountKey::of_user(&subkey, UserId::from_random([6; 16]))
    );
    assert_ne!(key, AccountKey::of_name(&subkey, &user.to_string()));
}

#[test]
fn a_late_failure_closes_no_door_that_is_open_again() {
    // The owner came from a known device while the hundredth guess was still being looked at.
    let mut account = AccountState::default();
    let hundredth = (0..100)
        .map(|hour| account.count(at(hour * HOUR)))
        .last()
        .unwrap();
    assert!(account.refusal(at(99 * HOUR)).is_some());
    account.known_device_succeeded();
    assert_eq!(account.fail(&hundredth, at(99 * HOUR)), []);
    assert_eq!(account.refusal(at(99 * HOUR)), None);
    // The twentieth guess took exactly as long as the guard lasts.
    let mut account = AccountState::default();
    let twentieth = (0..20)
        .map(|second| account.count(at(second)))
        .last()
        .unwrap();
    assert!(account.refusal(at(20)).is_some());
    let late = at(19 + 15 * MINUTE);
    assert_eq!(account.fail(&twentieth, late), []);
    assert_eq!(account.refusal(late), None);
}
