//! Transactions: all or nothing, retries, and what happens when the database goes away.

use std::cell::Cell;
use std::time::Duration;

use dango_auth_store::ports::{
    AuditWrites as _, InstallationReads as _, UserReads as _, UserWrites as _,
};
use dango_auth_store::{Clash, Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    an_error_of_the_closure_takes_back_its_writes_and_notes,
    a_swallowed_failure_does_not_commit_the_rest,
    a_read_sees_one_moment,
    whoever_waits_too_long_is_told_so,
    cut_connections_are_replaced,
}

fn an_error_of_the_closure_takes_back_its_writes_and_notes(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let failed: Result<(), StoreError> = store.write(|tx| {
        tx.note_login(user.id, noon())?;
        tx.note(act().event(dango_auth_core::audit::EventName::LOGOUT, user.target()));
        Err(StoreError::ReadOnly)
    });
    assert_eq!(failed, Err(StoreError::ReadOnly));
    assert_eq!(
        store
            .read(|tx| tx.user(user.id))
            .unwrap()
            .unwrap()
            .last_login,
        None
    );
    assert_eq!(
        base.values("SELECT event AS value FROM audit_events"),
        ["user_created"]
    );
}

fn a_swallowed_failure_does_not_commit_the_rest(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    base.sql(if base.is_sqlite() {
        "CREATE TRIGGER refuse BEFORE UPDATE OF last_login_at ON users
         BEGIN SELECT RAISE(ABORT, 'refused'); END"
    } else {
        "ALTER TABLE users ADD CONSTRAINT refuse CHECK (last_login_at IS NULL)"
    });
    let outcome = store.change(|tx| {
        tx.record(created("bob", "viewer"))?;
        let _ = tx.note_login(user.id, noon());
        ok(())
    });
    assert!(outcome.is_err());
    assert_eq!(base.values("SELECT username AS value FROM users"), ["ann"]);
}

fn a_read_sees_one_moment(base: &Base) {
    let store = base.open();
    let (before, after) = store
        .read(|tx| {
            let before = tx.epoch()?;
            // Another connection commits in between.
            base.sql("UPDATE guard SET epoch = epoch + 1");
            ok((before, tx.epoch()?))
        })
        .unwrap();
    assert_eq!(before, after);
    assert_eq!(store.read(|tx| tx.epoch()).unwrap(), before + 1);
}

fn whoever_waits_too_long_is_told_so(base: &Base) {
    drop(base.open());
    let mut options = base.options();
    options.patience = Duration::from_millis(200);
    let impatient = Store::open(&options).unwrap();
    let holder = base.open();
    let tries = Cell::new(0);
    holder
        .change(|_| {
            let refused: Result<(), StoreError> = impatient.change(|_| {
                tries.set(tries.get() + 1);
                Ok(())
            });
            let error = refused.unwrap_err();
            assert!(error.is_worth_retrying(), "{error:?}");
            ok(())
        })
        .unwrap();
    assert_eq!(tries.get(), 0);
    impatient.change(|_| ok(())).unwrap();
}

fn cut_connections_are_replaced(base: &Base) {
    if base.is_sqlite() {
        return;
    }
    let store = base.open();
    // Several connections lie in the pool, and all of them are cut.
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| store.read(|tx| tx.any_user()).unwrap());
        }
    });
    let cut = "SELECT pg_terminate_backend(pid)::text AS value FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert!(!base.values(cut).is_empty());
    store.epoch().unwrap();
    for _ in 0..10 {
        store.read(|tx| tx.any_user()).unwrap();
    }
    add_user(&store, "ann", "admin");
    // Cut in the middle of its work, a change runs again from its start.
    let tries = Cell::new(0);
    store
        .change(|tx| {
            tries.set(tries.get() + 1);
            if tries.get() == 1 {
                base.values(cut);
            }
            tx.record(created("bob", "viewer"))
        })
        .unwrap();
    assert_eq!(tries.get(), 2);
    assert_eq!(base.values("SELECT username AS value FROM users").len(), 2);
}

#[test]
fn writers_of_one_process_wait_for_each_other() {
    let base = Base::sqlite();
    let store = base.open();
    std::thread::scope(|scope| {
        for number in 0..16 {
            let store = &store;
            scope.spawn(move || add_user(store, &format!("u{number}"), "viewer"));
        }
    });
    assert_eq!(base.values("SELECT username AS value FROM users").len(), 16);
}

#[test]
fn a_deadlock_is_run_again() {
    let Some(base) = Base::postgres() else { return };
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "viewer"),
    );
    let barrier = std::sync::Barrier::new(2);
    let cross = |first, second| {
        let tries = Cell::new(0);
        store
            .write(|tx| {
                tries.set(tries.get() + 1);
                tx.note_login(first, noon())?;
                if tries.get() == 1 {
                    barrier.wait();
                }
                tx.note_login(second, noon())
            })
            .unwrap();
        tries.get()
    };
    let tries: u32 = std::thread::scope(|scope| {
        let one = scope.spawn(|| cross(ann.id, bob.id));
        let two = scope.spawn(|| cross(bob.id, ann.id));
        one.join().unwrap() + two.join().unwrap()
    });
    assert!(tries >= 3, "one of the two had to run again, {tries} runs");
}

#[test]
fn a_replica_is_read_only() {
    let Some(base) = Base::postgres() else { return };
    drop(base.open());
    let name = base
        .values("SELECT current_database()::text AS value")
        .remove(0);
    base.sql(&format!(
        "ALTER DATABASE {name} SET default_transaction_read_only = on"
    ));
    let store = base.open();
    assert!(store.read(|tx| tx.epoch()).is_ok());
    let refused = store.change(|_| ok(())).unwrap_err();
    assert_eq!(refused, StoreError::ReadOnly);
    assert_ne!(refused, StoreError::Conflict { what: Clash::Stale });
}
