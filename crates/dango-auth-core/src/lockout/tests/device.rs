use super::*;

#[test]
fn strangers_cannot_keep_a_known_device_out() {
    let mut account = AccountState::default();
    for round in 0..6 {
        let _ = fail_as_strangers(&mut account, round * HOUR);
    }
    let mut owner = Gate {
        account,
        pair: failed_pair(5, 6 * HOUR),
        source: Some(SourceState {
            failed: Vec::new(),
            refused_until: Some(at(7 * HOUR)),
        }),
        ..known()
    };
    assert_eq!(owner.refusal(at(6 * HOUR + 10)), None);
    succeed(&mut owner, 6 * HOUR + 10);
}

#[test]
fn a_known_device_has_five_failures_and_then_a_lock_of_constant_length() {
    let mut gate = known();
    for round in 0..2 {
        let start = round * HOUR;
        for second in 0..4 {
            assert_eq!(fail(&mut gate, start + second), Settlement::default());
        }
        let fifth = fail(&mut gate, start + 4);
        assert_eq!(layers(&fifth), [LockoutLayer::Device]);
        let refusal = gate.device.unwrap().refusal(at(start + 4)).unwrap();
        assert_eq!(refusal.remaining_seconds(at(start + 4)), 900);
    }
}

#[test]
fn ten_failures_in_a_row_make_a_device_a_stranger() {
    let mut gate = known();
    for second in 0..5 {
        let _ = fail(&mut gate, second);
    }
    for second in 0..4 {
        assert!(fail(&mut gate, HOUR + second).events.is_empty());
    }
    let tenth = fail(&mut gate, HOUR + 4);
    assert!(tenth.events.contains(&LockoutEvent::DeviceForgotten));
    assert!(!gate.device.unwrap().is_known());
    // From here on its failures count for the pair.
    let _ = fail(&mut gate, HOUR + 5);
    assert_eq!(gate.pair, failed_pair(1, HOUR + 5));
}

#[test]
fn failures_of_a_known_device_do_not_count_for_anybody_else() {
    let mut gate = known();
    let _ = fail(&mut gate, 0);
    assert_eq!(gate.pair, PairState::default());
    assert_eq!(gate.account, AccountState::default());
    assert_eq!(gate.source, Some(SourceState::default()));
}

#[test]
fn attempts_that_were_not_evaluated_do_not_cost_the_device_its_name() {
    let mut gate = known();
    for second in 0..50 {
        let reservation = admitted(gate.reserve(LIMITS, &super::account(1), at(second)));
        let _ = gate.settle(&reservation, Outcome::Released, LIMITS, at(second));
    }
    assert!(gate.device.unwrap().is_known());
    assert_eq!(gate.device.unwrap().to_stored().in_a_row, 0);
}

#[test]
fn a_success_makes_the_device_blameless_again() {
    let mut gate = known();
    for second in 0..4 {
        let _ = fail(&mut gate, second);
    }
    succeed(&mut gate, 4);
    assert_eq!(gate.device, Some(DeviceState::default()));
}

#[test]
fn a_device_removed_meanwhile_settles_nothing() {
    let mut gate = known();
    let reservation = admitted(gate.reserve(LIMITS, &super::account(1), at(0)));
    gate.device = None;
    let settlement = gate.settle(&reservation, Outcome::Failed, LIMITS, at(1));
    assert_eq!(settlement, Settlement::default());
    assert_eq!(gate, stranger());
}
