//! Second factors and recovery codes: each code works once.

use dango_auth_core::id::RecoveryCodeId;
use dango_auth_core::second_factor::{FactorChange, SecondFactor, StoredRecoveryCode};
use dango_auth_core::totp::{TotpSeed, code_at, step_at};
use dango_auth_core::user::User;
use dango_auth_store::ports::{
    FactorReads as _, FactorWrites as _, SessionReads as _, SessionWrites as _, UserReads as _,
};
use dango_auth_store::{Clash, Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    a_started_enrolment_is_replaced_by_the_next,
    a_confirmed_factor_comes_back_and_is_never_overwritten,
    a_step_is_accepted_once_under_concurrency,
    a_recovery_code_is_used_once_under_concurrency,
    taken_over_codes_are_added,
    a_reset_removes_seed_codes_and_failures,
    a_seed_is_sealed_for_its_owner,
}

fn seed(byte: u8) -> TotpSeed {
    TotpSeed::from_random([byte; 20])
}

fn codes(count: u8) -> Vec<StoredRecoveryCode> {
    let code = |byte| StoredRecoveryCode {
        id: RecoveryCodeId::from_random(fresh()),
        digest: [byte; 32],
    };
    (1..=count).map(code).collect()
}

fn begin(store: &Store, user: &User, byte: u8, shown: &[StoredRecoveryCode]) {
    let pending = SecondFactor::default().begin(seed(byte), noon()).unwrap();
    store
        .write(|tx| tx.put_pending_factor(user.id, &pending, shown))
        .unwrap();
}

fn confirm(store: &Store, user: &User, byte: u8) -> FactorChange {
    let code = code_at(&seed(byte), step_at(noon()));
    store
        .change(|tx| {
            let pending = tx.second_factor(user.id)?;
            let user = tx.user(user.id)?.unwrap();
            tx.record(pending.confirm(user, &code, None, &act()).unwrap())
        })
        .unwrap()
}

fn enrolled(store: &Store) -> User {
    let user = add_user(store, "ann", "admin");
    begin(store, &user, 1, &codes(10));
    confirm(store, &user, 1).user
}

fn a_started_enrolment_is_replaced_by_the_next(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    assert!(matches!(
        store.read(|tx| tx.second_factor(user.id)).unwrap(),
        SecondFactor::Off
    ));
    begin(&store, &user, 1, &codes(3));
    begin(&store, &user, 2, &codes(10));
    let SecondFactor::Pending {
        seed: found,
        expires_at,
    } = store.read(|tx| tx.second_factor(user.id)).unwrap()
    else {
        panic!("it was begun");
    };
    assert!(found == seed(2));
    assert_eq!(expires_at, minutes(10));
    assert_eq!(
        store.read(|tx| tx.recovery_codes_left(user.id)).unwrap(),
        10
    );
}

fn a_confirmed_factor_comes_back_and_is_never_overwritten(base: &Base) {
    let store = base.open();
    let user = enrolled(&store);
    let SecondFactor::On {
        seed: found,
        last_step,
        enabled_at,
    } = store.read(|tx| tx.second_factor(user.id)).unwrap()
    else {
        panic!("it was confirmed");
    };
    assert!(found == seed(1));
    assert_eq!((last_step, enabled_at), (step_at(noon()), noon()));
    let pending = SecondFactor::default().begin(seed(9), noon()).unwrap();
    let refused = store
        .write(|tx| tx.put_pending_factor(user.id, &pending, &codes(1)))
        .unwrap_err();
    assert_eq!(
        refused,
        StoreError::Conflict {
            what: Clash::SecondFactorOn
        }
    );
    assert_eq!(
        store.read(|tx| tx.recovery_codes_left(user.id)).unwrap(),
        10
    );
    let session = full_session(&user, noon());
    store.write(|tx| tx.insert_session(&session)).unwrap();
    let row = store
        .read(|tx| tx.session_by_token(&session.token_hash))
        .unwrap()
        .unwrap();
    assert!(row.second_factor_on);
}

/// How many of eight threads got a yes.
fn winners(store: &Store, attempt: impl Fn(&Store) -> bool + Sync) -> usize {
    std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..8).map(|_| scope.spawn(|| attempt(store))).collect();
        attempts
            .into_iter()
            .map(|a| a.join().unwrap())
            .filter(|won| *won)
            .count()
    })
}

fn a_step_is_accepted_once_under_concurrency(base: &Base) {
    let store = base.open();
    let user = enrolled(&store);
    for step in 1..=10 {
        let step = step_at(noon()) + step;
        let won = winners(&store, |store| {
            store.write(|tx| tx.advance_step(user.id, step)).unwrap()
        });
        assert_eq!(won, 1);
    }
    assert!(
        !store
            .write(|tx| tx.advance_step(user.id, step_at(noon())))
            .unwrap()
    );
}

fn a_recovery_code_is_used_once_under_concurrency(base: &Base) {
    let store = base.open();
    let user = enrolled(&store);
    for byte in 1..=10_u8 {
        let digests = [[byte; 32], [byte + 100; 32]];
        let won = winners(&store, |store| {
            store
                .write(|tx| tx.consume_recovery_code(user.id, &digests))
                .unwrap()
                .is_some()
        });
        assert_eq!(won, 1);
        let left = store.read(|tx| tx.recovery_codes_left(user.id)).unwrap();
        assert_eq!(left, u32::from(10 - byte));
    }
    let other = add_user(&store, "bob", "viewer");
    let consumed = store
        .write(|tx| tx.consume_recovery_code(other.id, &[[1; 32]]))
        .unwrap();
    assert_eq!(consumed, None);
}

fn taken_over_codes_are_added(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    store
        .write(|tx| tx.insert_recovery_codes(user.id, &codes(4)))
        .unwrap();
    store
        .write(|tx| tx.insert_recovery_codes(user.id, &[]))
        .unwrap();
    assert_eq!(store.read(|tx| tx.recovery_codes_left(user.id)).unwrap(), 4);
}

fn a_reset_removes_seed_codes_and_failures(base: &Base) {
    use dango_auth_store::ports::LockoutWrites as _;
    let store = base.open();
    let user = enrolled(&store);
    store.write(|tx| tx.factor_attempts(user.id)).unwrap();
    add(&store, || user.clone().reset_second_factor(&act()));
    assert!(matches!(
        store.read(|tx| tx.second_factor(user.id)).unwrap(),
        SecondFactor::Off
    ));
    for table in ["second_factors", "recovery_codes", "factor_attempts"] {
        let rows = base.values(&format!("SELECT user_id AS value FROM {table}"));
        assert_eq!(rows, Vec::<String>::new(), "{table}");
    }
}

fn a_seed_is_sealed_for_its_owner(base: &Base) {
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "viewer"),
    );
    begin(&store, &ann, 1, &[]);
    base.sql(&format!("UPDATE second_factors SET user_id = '{}'", bob.id));
    let error = store.read(|tx| tx.second_factor(bob.id)).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Corrupt {
                table: "second_factors",
                ..
            }
        ),
        "{error:?}"
    );
}
