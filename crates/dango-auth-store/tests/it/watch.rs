//! Watches: no change of anybody's is ever missed.

use dango_auth_store::ports::{UserReads as _, UserWrites as _};
use dango_auth_store::{Detection, Store, StoreError, Watch};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    a_watch_sees_every_change_of_everybody,
    a_watch_without_the_log_index_sees_as_much,
    what_changes_no_rights_moves_nothing,
    watches_of_many_threads_see_what_was_acknowledged,
}

/// How a store of this backend is watched.
fn expected(base: &Base, best: Detection) -> Detection {
    if base.is_sqlite() {
        best
    } else {
        Detection::None
    }
}

fn sees_everything(base: &Base, mut watch: Watch, own: &Store, detection: Detection) {
    let other = base.open();
    watch.epoch().unwrap();
    assert_eq!(watch.detection(), Some(detection));
    for round in 0..50 {
        let writer = [own, &other][round % 2];
        let before = watch.epoch().unwrap();
        writer.change(|_| ok(())).unwrap();
        assert_eq!(watch.epoch().unwrap(), before + 1, "round {round}");
        assert_eq!(watch.epoch().unwrap(), before + 1, "asked again");
    }
    base.sql("UPDATE guard SET epoch = epoch + 1000");
    assert_eq!(watch.epoch().unwrap(), own.epoch().unwrap());
}

fn a_watch_sees_every_change_of_everybody(base: &Base) {
    let store = base.open();
    let detection = expected(base, Detection::Header);
    sees_everything(base, store.watch(), &store, detection);
}

fn a_watch_without_the_log_index_sees_as_much(base: &Base) {
    let store = base.open();
    let detection = expected(base, Detection::DataVersion);
    sees_everything(base, store.watch().by_data_version(), &store, detection);
}

fn what_changes_no_rights_moves_nothing(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let mut watch = store.watch();
    let before = watch.epoch().unwrap();
    store
        .write(|tx| {
            tx.note_login(user.id, noon())?;
            ok(())
        })
        .unwrap();
    store.read(|tx| tx.user(user.id)).unwrap();
    assert_eq!(watch.epoch().unwrap(), before);
}

fn watches_of_many_threads_see_what_was_acknowledged(base: &Base) {
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
    let store = base.open();
    let (acknowledged, over) = (
        AtomicI64::new(store.epoch().unwrap()),
        AtomicBool::new(false),
    );
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut watch = store.watch();
                while !over.load(SeqCst) {
                    let known = acknowledged.load(SeqCst);
                    let seen = watch.epoch().unwrap();
                    assert!(seen >= known, "{seen} after {known}");
                }
            });
        }
        let other = base.open();
        for _ in 0..100 {
            other.change(|_| ok(())).unwrap();
            acknowledged.store(other.epoch().unwrap(), SeqCst);
        }
        over.store(true, SeqCst);
    });
}

#[test]
fn a_file_that_has_gone_is_no_answer() {
    let base = Base::sqlite();
    let store = base.open();
    let mut watch = store.watch();
    let epoch = watch.epoch().unwrap();
    let away = base.file().with_extension("away");
    std::fs::rename(base.file(), &away).unwrap();
    // It was at its place a moment ago, which may count for a millisecond.
    let gone = (0..10_000_000).map(|_| watch.epoch()).find(Result::is_err);
    assert!(matches!(gone, Some(Err(StoreError::Unavailable { .. }))));
    std::fs::rename(&away, base.file()).unwrap();
    assert_eq!(watch.epoch().unwrap(), epoch);
}
