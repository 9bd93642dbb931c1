use super::*;

#[test]
fn every_state_reads_back_from_its_row() {
    let mut gate = known();
    let mut strange = stranger();
    for second in 0..5 {
        let _ = fail(&mut gate, second);
        let _ = fail(&mut strange, second);
    }
    let device = gate.device.unwrap();
    assert_eq!(DeviceState::from_stored(&device.to_stored()), Ok(device));
    assert_eq!(
        PairState::from_stored(&strange.pair.to_stored()),
        Ok(strange.pair)
    );
    let account = AccountState::from_stored(&strange.account.to_stored());
    assert_eq!(account, Ok(strange.account));
    let source = strange.source.unwrap();
    assert_eq!(SourceState::from_stored(&source.to_stored()), Ok(source));
    let mut factor = FactorState::default();
    let _ = admitted(factor.reserve(at(0)));
    assert_eq!(FactorState::from_stored(&factor.to_stored()), Ok(factor));
}

#[test]
fn rows_nobody_could_have_written_are_refused() {
    let series = SeriesRow {
        failures: -1,
        ..SeriesRow::default()
    };
    assert_eq!(
        PairState::from_stored(&series).unwrap_err().column,
        "failures"
    );
    let series = SeriesRow {
        locked_until: Some(i64::MAX),
        ..SeriesRow::default()
    };
    let factor = FactorRow { series, total: 0 };
    assert_eq!(
        FactorState::from_stored(&factor).unwrap_err().column,
        "locked_until"
    );
    let device = DeviceRow {
        in_a_row: -5,
        ..DeviceRow::default()
    };
    assert_eq!(
        DeviceState::from_stored(&device).unwrap_err().column,
        "in_a_row"
    );
    let account = AccountRow {
        recent: vec![0; 9],
        ..AccountRow::default()
    };
    assert_eq!(
        AccountState::from_stored(&account).unwrap_err().column,
        "recent"
    );
    let source = SourceRow {
        failed: vec![0; 24],
        ..SourceRow::default()
    };
    assert_eq!(
        SourceState::from_stored(&source).unwrap_err().column,
        "failed"
    );
}

#[test]
fn limits_out_of_range_are_refused() {
    for attempts in [0, 101] {
        assert_eq!(
            LockoutLimits::new(attempts, 15),
            Err(InvalidLimits::MaxAttempts(attempts))
        );
    }
    for minutes in [0, 1_441] {
        assert_eq!(
            LockoutLimits::new(5, minutes),
            Err(InvalidLimits::LockMinutes(minutes))
        );
    }
    assert_eq!(LockoutLimits::new(5, 15), Ok(LockoutLimits::default()));
}
