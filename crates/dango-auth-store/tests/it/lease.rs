//! Leases: who moves the epoch waits for as long as others may use what was before.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use dango_auth_store::ports::UserWrites as _;
use dango_auth_store::{Sight, Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

const LEASE: Duration = Duration::from_millis(60);

fn look(store: &Store) -> Sight {
    store.watch().sight().unwrap()
}

fn time_of_a_change(store: &Store) -> Duration {
    let start = Instant::now();
    store.change(|_| ok(())).unwrap();
    start.elapsed()
}

#[test]
fn on_sqlite_nobody_leases_and_nobody_waits() {
    let base = Base::sqlite();
    let store = base.open();
    store.allow_leases().unwrap();
    assert_eq!(look(&store).lease, Duration::ZERO);
    assert_eq!(
        base.values("SELECT CAST(wait_micros AS TEXT) AS value FROM guard"),
        ["0"]
    );
}

#[test]
fn a_change_waits_longer_than_a_lease_in_every_process_once_leases_are_allowed() {
    let Some(base) = Base::postgres() else { return };
    let (store, other) = (base.open(), base.open());
    let before = look(&store);
    assert_eq!(before.lease, Duration::ZERO);
    store.allow_leases().unwrap();
    let after = look(&other);
    assert_eq!(after.lease, LEASE);
    assert_eq!(after.epoch, before.epoch + 1, "allowing them is a change");
    store.allow_leases().unwrap();
    assert_eq!(look(&other), after, "allowing them again is none");
    assert!(time_of_a_change(&other) > LEASE);
}

/// The shortest of several times: a machine may be busy.
fn quickest(mut one: impl FnMut()) -> Duration {
    let time = |()| {
        let start = Instant::now();
        one();
        start.elapsed()
    };
    [(); 5].map(time).into_iter().min().unwrap()
}

/// Whether a change was seen by others before it was reported.
fn is_seen_before_it_is_reported(store: &Store) -> bool {
    let before = look(store).epoch;
    let reported = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            time_of_a_change(store);
            reported.store(true, SeqCst);
        });
        let mut watch = store.watch();
        while watch.epoch().unwrap() == before {}
        !reported.load(SeqCst)
    })
}

#[test]
fn what_waits_has_been_committed_and_keeps_nobody_out() {
    let Some(base) = Base::postgres() else { return };
    let store = base.open();
    store.allow_leases().unwrap();
    assert!((0..10).any(|_| is_seen_before_it_is_reported(&store)));
    // Eight changes that waited one after the other would take half a second.
    let together = || {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| time_of_a_change(&store));
            }
        });
    };
    assert!(quickest(together) < 8 * LEASE);
}

#[test]
fn what_is_refused_or_changes_no_rights_does_not_wait() {
    let Some(base) = Base::postgres() else { return };
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    store.allow_leases().unwrap();
    let refused = || {
        let refusal = store.change(|_| Err::<(), _>(StoreError::ReadOnly));
        assert!(refusal.is_err());
    };
    assert!(quickest(refused) < LEASE);
    let noted = || {
        let noted = store.write(|tx| {
            tx.note_login(user.id, noon())?;
            ok(())
        });
        noted.unwrap();
    };
    assert!(quickest(noted) < LEASE);
}

#[test]
fn leases_end_before_the_waiting_does() {
    let Some(base) = Base::postgres() else { return };
    let (store, other) = (base.open(), base.open());
    store.allow_leases().unwrap();
    let start = Instant::now();
    other.end_leases().unwrap();
    // The change that ends them waits, and so does the one that ends the waiting.
    assert!(start.elapsed() > 2 * LEASE);
    assert_eq!(look(&store).lease, Duration::ZERO);
    assert_eq!(
        base.values("SELECT CAST(wait_micros AS TEXT) AS value FROM guard"),
        ["0"]
    );
    let epoch = look(&store).epoch;
    other.end_leases().unwrap();
    assert_eq!(look(&store).epoch, epoch, "there is nothing to end");
}

#[test]
fn leases_allowed_while_they_are_ended_are_waited_for() {
    let Some(base) = Base::postgres() else { return };
    let (store, other) = (base.open(), base.open());
    for _ in 0..5 {
        store.allow_leases().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| other.end_leases().unwrap());
            scope.spawn(|| store.allow_leases().unwrap());
        });
        let both = "SELECT lease_micros || ' ' || wait_micros AS value FROM guard";
        let found = base.values(both);
        assert!(
            ["0 0", "60000 62000"].contains(&found[0].as_str()),
            "{found:?}"
        );
    }
}
