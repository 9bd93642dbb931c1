//! Failed attempts, devices and request limits: fields, locks under concurrency, sweeps.

use dango_auth_core::id::{DeviceId, UserId};
use dango_auth_core::limiter::Recent;
use dango_auth_core::lockout::{
    AccountKey, AccountRow, AccountState, Admission, DeviceRow, DeviceState, FactorRow,
    FactorState, LockoutLimits, PairState, SeriesRow, SourceRow, SourceState,
};
use dango_auth_core::token::TokenHash;
use dango_auth_store::ports::{Device, DeviceWrites as _, LimitWrites as _, LockoutWrites as _};
use dango_auth_store::{Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    every_state_comes_back_as_it_was_stored,
    parallel_first_attempts_are_all_counted,
    lifting_takes_everything_of_one_account_only,
    an_impossible_state_is_an_error_and_no_open_door,
    a_device_is_known_for_its_owner_only,
    the_oldest_devices_beyond_twenty_go,
    request_logs_come_back_and_count_under_concurrency,
    sweeps_take_what_nobody_touched,
}

const SERIES: SeriesRow = SeriesRow {
    failures: 3,
    locks: 2,
    since: Some(1_767_268_800_000_001),
    last_at: Some(1_767_268_800_000_002),
    locked_until: Some(1_767_268_800_000_003),
};

fn key(byte: u8) -> AccountKey {
    AccountKey::from_bytes([byte; 32])
}

fn source(text: &str) -> String {
    text.to_owned()
}

fn every_state_comes_back_as_it_was_stored(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let pair = PairState::from_stored(&SERIES).unwrap();
    let account = AccountState::from_stored(&AccountRow {
        in_a_row: 7,
        since: Some(1),
        last_at: Some(2),
        recent: 5_i64.to_be_bytes().to_vec(),
        guarded_until: Some(3),
        ceiling_until: Some(4),
    })
    .unwrap();
    let from = SourceState::from_stored(&SourceRow {
        failed: vec![1; 32],
        refused_until: Some(9),
    })
    .unwrap();
    let factor = FactorState::from_stored(&FactorRow {
        series: SERIES,
        total: 42,
    })
    .unwrap();
    store
        .write(|tx| {
            assert_eq!(tx.pair(&key(1), &source("s"))?, PairState::default());
            assert_eq!(tx.account(&key(1))?, AccountState::default());
            assert_eq!(tx.source(&source("s"))?, SourceState::default());
            assert_eq!(tx.factor_attempts(user.id)?, FactorState::default());
            tx.put_pair(&key(1), &source("s"), &pair, noon())?;
            tx.put_account(&key(1), &account, noon())?;
            tx.put_source(&source("s"), &from, noon())?;
            tx.put_factor_attempts(user.id, &factor, noon())
        })
        .unwrap();
    store
        .write(|tx| {
            assert_eq!(tx.pair(&key(1), &source("s"))?, pair);
            assert_eq!(tx.pair(&key(1), &source("other"))?, PairState::default());
            assert_eq!(tx.account(&key(1))?, account);
            assert_eq!(tx.source(&source("s"))?, from);
            assert_eq!(tx.factor_attempts(user.id)?, factor);
            // Back to nothing: every nullable column must be emptied again.
            tx.put_pair(&key(1), &source("s"), &PairState::default(), noon())?;
            tx.put_account(&key(1), &AccountState::default(), noon())?;
            assert_eq!(tx.pair(&key(1), &source("s"))?, PairState::default());
            assert_eq!(tx.account(&key(1))?, AccountState::default());
            ok(())
        })
        .unwrap();
}

fn parallel_first_attempts_are_all_counted(base: &Base) {
    let store = base.open();
    let limits = LockoutLimits::new(100, 15).unwrap();
    let attempt = |store: &Store| {
        store.write(|tx| {
            let mut state = tx.pair(&key(1), &source("s"))?;
            let Admission::Proceed(_) = state.reserve(limits, noon()) else {
                panic!("a hundred are allowed");
            };
            tx.put_pair(&key(1), &source("s"), &state, noon())
        })
    };
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| attempt(&store).unwrap());
        }
    });
    let state = store.write(|tx| tx.pair(&key(1), &source("s"))).unwrap();
    assert_eq!(state.to_stored().failures, 32);
}

fn lifting_takes_everything_of_one_account_only(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let device = device(user.id, 60);
    let hash = token();
    store
        .write(|tx| {
            for byte in [1, 2] {
                let pair = PairState::from_stored(&SERIES).unwrap();
                tx.put_pair(&key(byte), &source("a"), &pair, noon())?;
                tx.put_pair(&key(byte), &source("b"), &pair, noon())?;
                tx.put_account(&key(byte), &AccountState::default(), noon())?;
            }
            let factor = FactorState::from_stored(&FactorRow {
                series: SERIES,
                total: 99,
            });
            tx.put_factor_attempts(user.id, &factor.unwrap(), noon())?;
            tx.insert_device(&device, &hash, noon())?;
            tx.lift_locks(&key(1), Some(user.id))
        })
        .unwrap();
    store
        .write(|tx| {
            assert_eq!(tx.factor_attempts(user.id)?, FactorState::default());
            let known = tx.device(user.id, &hash)?.unwrap();
            assert_eq!(known.state, DeviceState::default());
            assert_eq!(known.expires_at, minutes(60));
            assert_eq!(tx.lock_summary(&key(1), noon())?.locked_until, None);
            ok(())
        })
        .unwrap();
    assert_eq!(
        base.values("SELECT source AS value FROM login_pairs ORDER BY 1"),
        ["a", "b"]
    );
}

fn an_impossible_state_is_an_error_and_no_open_door(base: &Base) {
    let store = base.open();
    store.write(|tx| tx.pair(&key(1), &source("s"))).unwrap();
    base.sql("UPDATE login_pairs SET failures = -1");
    let error = store
        .write(|tx| tx.pair(&key(1), &source("s")))
        .unwrap_err();
    let expected = StoreError::Corrupt {
        table: "login_pairs",
        column: "failures",
        id: source("s"),
    };
    assert_eq!(error, expected);
}

fn device(user: UserId, minute: i64) -> Device {
    let row = DeviceRow {
        series: SERIES,
        in_a_row: 4,
    };
    Device {
        id: DeviceId::from_random(fresh()),
        user,
        state: DeviceState::from_stored(&row).unwrap(),
        expires_at: minutes(minute),
    }
}

fn find(store: &Store, user: UserId, hash: &TokenHash) -> Option<Device> {
    store.write(|tx| tx.device(user, hash)).unwrap()
}

fn a_device_is_known_for_its_owner_only(base: &Base) {
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "viewer"),
    );
    let (mut kept, hash) = (device(ann.id, 10), token());
    store
        .write(|tx| tx.insert_device(&kept, &hash, noon()))
        .unwrap();
    let found = find(&store, ann.id, &hash).unwrap();
    assert_eq!(
        (found.id, found.state, found.expires_at),
        (kept.id, kept.state, minutes(10))
    );
    assert!(find(&store, bob.id, &hash).is_none());
    kept.state = DeviceState::default();
    store.write(|tx| tx.put_device(&kept)).unwrap();
    store
        .write(|tx| tx.renew_device(kept.id, minutes(20)))
        .unwrap();
    let found = find(&store, ann.id, &hash).unwrap();
    assert_eq!((found.state, found.expires_at), (kept.state, minutes(20)));
    store.write(|tx| tx.forget_device(kept.id)).unwrap();
    assert!(find(&store, ann.id, &hash).is_none());
}

fn the_oldest_devices_beyond_twenty_go(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let lapsed = token();
    store
        .write(|tx| tx.insert_device(&device(user.id, 0), &lapsed, minutes(-1)))
        .unwrap();
    let hashes: Vec<TokenHash> = (1..=22).map(|_| token()).collect();
    for (minute, hash) in (1..).zip(&hashes) {
        store
            .write(|tx| tx.insert_device(&device(user.id, minute), hash, noon()))
            .unwrap();
    }
    assert!(find(&store, user.id, &lapsed).is_none());
    let known = hashes
        .iter()
        .map(|hash| find(&store, user.id, hash).is_some());
    assert_eq!(
        known.collect::<Vec<_>>(),
        [vec![false; 2], vec![true; 20]].concat()
    );
}

fn request_logs_come_back_and_count_under_concurrency(base: &Base) {
    let store = base.open();
    std::thread::scope(|scope| {
        for minute in 0..16 {
            let store = &store;
            scope.spawn(move || {
                store
                    .write(|tx| {
                        let mut log: Recent = tx.limit_log("login:192.0.2.1")?;
                        log.push(minutes(minute));
                        tx.put_limit_log("login:192.0.2.1", &log, minutes(minute))
                    })
                    .unwrap();
            });
        }
    });
    let log = store.write(|tx| tx.limit_log("login:192.0.2.1")).unwrap();
    assert_eq!(
        (log.len(), log.oldest(), log.newest()),
        (16, Some(noon()), Some(minutes(15)))
    );
    assert!(
        store
            .write(|tx| tx.limit_log("login:192.0.2.2"))
            .unwrap()
            .is_empty()
    );
}

fn sweeps_take_what_nobody_touched(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    store
        .write(|tx| {
            for minute in [0, 5] {
                let from = format!("s{minute}");
                tx.put_pair(&key(1), &from, &PairState::default(), minutes(minute))?;
                tx.put_source(&from, &SourceState::default(), minutes(minute))?;
                tx.put_limit_log(&from, &Recent::default(), minutes(minute))?;
                tx.insert_device(&device(user.id, minute), &token(), minutes(-1))?;
            }
            tx.put_account(&key(1), &AccountState::default(), noon())?;
            tx.put_account(&key(2), &AccountState::default(), minutes(5))?;
            tx.put_factor_attempts(user.id, &FactorState::default(), noon())
        })
        .unwrap();
    assert_eq!(
        store.write(|tx| tx.sweep_lockout(minutes(1), 100)).unwrap(),
        4
    );
    assert_eq!(
        store.write(|tx| tx.sweep_lockout(minutes(1), 100)).unwrap(),
        0
    );
    assert_eq!(
        store.write(|tx| tx.sweep_limits(minutes(1), 100)).unwrap(),
        1
    );
    for (table, column) in [
        ("login_pairs", "source"),
        ("login_sources", "source"),
        ("limit_logs", "limit_key"),
    ] {
        let left = base.values(&format!("SELECT {column} AS value FROM {table}"));
        assert_eq!(left, ["s5"], "{table}");
    }
    assert_eq!(
        base.values("SELECT user_id AS value FROM factor_attempts")
            .len(),
        1
    );
}
