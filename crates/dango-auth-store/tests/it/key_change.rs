//! Replacing the key while others work: everything stays readable, and in the end nothing needs the old key.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use dango_auth_core::audit::EventName;
use dango_auth_core::audit::Target;
use dango_auth_core::password::PasswordHash;
use dango_auth_core::seal::{KeyRing, MasterKey, Purpose};
use dango_auth_core::second_factor::SecondFactor;
use dango_auth_core::totp::TotpSeed;
use dango_auth_core::user::User;
use dango_auth_store::ports::{
    AuditReads as _, ChainReport, FactorReads as _, FactorWrites as _, IdempotencyReads as _,
    IdempotencyWrites as _, KeptAnswer, KeyChanges as _, KeyReads as _, KeyStanding,
    UserReads as _, UserWrites as _,
};
use dango_auth_store::{Clash, KeySource, Store, StoreError, StoreOptions};

use crate::audit::{logins, verify};
use crate::backends::{Base, keys};
use crate::fixtures::*;

for_each_backend! {
    nothing_is_sealed_under_the_old_key_in_the_end,
    a_change_that_stopped_half_way_leaves_everything_readable_and_is_finished_later,
    a_running_neighbour_takes_the_new_key_over,
    a_neighbour_without_the_new_key_is_refused_and_breaks_nothing,
    those_who_write_meanwhile_leave_nothing_behind,
    a_key_is_used_once,
    the_log_is_checked_with_the_key_of_each_row,
    what_cannot_be_made_again_outlives_the_key,
}

fn key(byte: u8) -> MasterKey {
    MasterKey::from_bytes([byte; 32])
}

fn both(first: u8, second: u8) -> KeyRing {
    KeyRing::new(key(first)).with_older([key(second)])
}

/// One secret of each kind.
fn fill(base: &Base, store: &Store) -> User {
    let user = add_user(store, "ann", "admin");
    let pending = SecondFactor::default()
        .begin(TotpSeed::from_random([5; 20]), noon())
        .unwrap();
    let answer = KeptAnswer {
        fingerprint: [1; 32],
        answer: b"canary".to_vec(),
    };
    store
        .write(|tx| {
            tx.put_pending_factor(user.id, &pending, &[])?;
            tx.keep_answer("cli", "r1", &answer, minutes(60))
        })
        .unwrap();
    crate::api_keys::taken_over(store, &user);
    let count = base.values(
        "SELECT CAST(COUNT(*) AS TEXT) AS value FROM api_keys WHERE bcrypt_sealed IS NOT NULL",
    );
    assert_eq!(count, ["1"]);
    user
}

fn is_readable(store: &Store, user: &User) {
    let found = store.read(|tx| tx.user(user.id)).unwrap().unwrap();
    assert!(found.password.is_some());
    let factor = store.read(|tx| tx.second_factor(user.id)).unwrap();
    assert!(matches!(factor, SecondFactor::Pending { .. }));
    let answer = store
        .write(|tx| tx.kept_answer("cli", "r1", noon()))
        .unwrap();
    assert_eq!(answer.unwrap().answer, b"canary");
    crate::api_keys::is_readable(store, user);
}

fn put_in_force(store: &Store, byte: u8) {
    store
        .change(|tx| tx.replace_key(&key(byte), noon()))
        .unwrap();
}

fn finish(store: &Store) {
    store.seal_anew(|_| {}).unwrap();
    let event = act().event(EventName::KEY_ROTATED, Target::system("key"));
    store
        .change(|tx| tx.finish_key_change(minutes(1), event.clone()))
        .unwrap();
}

/// The key ids of all envelopes, column by column, as the database holds them.
fn key_ids(base: &Base) -> Vec<(String, Vec<String>)> {
    let columns = base.values(if base.is_sqlite() {
        "SELECT m.name || '.' || c.name AS value FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name LIKE '%sealed%' ORDER BY 1"
    } else {
        "SELECT table_name || '.' || column_name AS value FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name LIKE '%sealed%' ORDER BY 1"
    });
    let ids = |name: &String| {
        let (table, column) = name.split_once('.').unwrap();
        let hex = if base.is_sqlite() {
            format!("lower(hex(substr({column}, 2, 8)))")
        } else {
            format!("encode(substr({column}, 2, 8), 'hex')")
        };
        base.values(&format!(
            "SELECT {hex} AS value FROM {table} WHERE {column} IS NOT NULL"
        ))
    };
    columns
        .iter()
        .map(|name| (name.clone(), ids(name)))
        .collect()
}

#[track_caller]
fn only(base: &Base, byte: u8) {
    let id = key(byte).key_id().to_string();
    let found = key_ids(base);
    assert_eq!(found.len(), 5, "{found:?}");
    for (column, ids) in found {
        assert!(!ids.is_empty(), "no test fills {column}");
        assert!(ids.iter().all(|found| *found == id), "{column}: {ids:?}");
    }
}

fn with_keys(base: &Base, keys: KeyRing) -> StoreOptions {
    let mut options = base.options();
    options.keys = keys;
    options
}

fn nothing_is_sealed_under_the_old_key_in_the_end(base: &Base) {
    let store = base.open();
    let user = fill(base, &store);
    put_in_force(&store, 2);
    let mut steps = Vec::new();
    let sealed = store
        .seal_anew(|step| steps.push((step.rows, step.total)))
        .unwrap();
    assert_eq!(sealed, 4);
    assert_eq!(steps.last(), Some(&(4, 4)));
    assert_eq!(store.seal_anew(|_| {}), Ok(0));
    finish(&store);
    only(base, 2);
    drop(store);
    let refused = Store::open(&base.options()).unwrap_err();
    assert_eq!(refused, StoreError::WrongKey);
    let store = Store::open(&with_keys(base, keys(2))).unwrap();
    is_readable(&store, &user);
    let standing = store.read(|tx| tx.key_standing()).unwrap();
    let expected = KeyStanding {
        current: key(2).key_id(),
        replaced: vec![key(1).key_id()],
        unfinished: None,
    };
    assert_eq!(standing, expected);
    assert!(matches!(verify(&store), ChainReport::Intact { .. }));
}

fn a_change_that_stopped_half_way_leaves_everything_readable_and_is_finished_later(base: &Base) {
    let store = base.open();
    let user = fill(base, &store);
    put_in_force(&store, 2);
    drop(store);
    // Whoever comes next has both keys, in whatever order; the database says which is in force.
    for ring in [both(1, 2), both(2, 1)] {
        let store = Store::open(&with_keys(base, ring)).unwrap();
        is_readable(&store, &user);
        let standing = store.read(|tx| tx.key_standing()).unwrap();
        assert_eq!(standing.unfinished, Some(key(1).key_id()));
        assert_eq!(standing.current, key(2).key_id());
        let again = store.change(|tx| tx.replace_key(&key(3), noon()));
        assert!(again.unwrap_err().is_stale(), "one change at a time");
    }
    finish(&Store::open(&with_keys(base, both(1, 2))).unwrap());
    only(base, 2);
    is_readable(&Store::open(&with_keys(base, keys(2))).unwrap(), &user);
}

/// A store of another process, which looks for keys where `file` says.
fn neighbour(base: &Base, file: &Arc<Mutex<KeyRing>>) -> Store {
    let mut options = with_keys(base, file.lock().unwrap().clone());
    let file = Arc::clone(file);
    options.key_source = KeySource::new(move || Some(file.lock().unwrap().clone()));
    Store::open(&options).unwrap()
}

fn a_running_neighbour_takes_the_new_key_over(base: &Base) {
    let store = base.open();
    let user = fill(base, &store);
    let file = Arc::new(Mutex::new(keys(1)));
    let other = neighbour(base, &file);
    is_readable(&other, &user);
    *file.lock().unwrap() = both(2, 1);
    put_in_force(&store, 2);
    logins(&other, 1);
    finish(&store);
    *file.lock().unwrap() = keys(2);
    is_readable(&other, &user);
    add_user(&other, "bob", "viewer");
    let third = neighbour(base, &file);
    add_user(&third, "cid", "viewer");
    only(base, 2);
    for store in [&store, &other, &third] {
        assert!(matches!(verify(store), ChainReport::Intact { .. }));
    }
}

fn a_neighbour_without_the_new_key_is_refused_and_breaks_nothing(base: &Base) {
    let store = base.open();
    let user = fill(base, &store);
    let other = base.open();
    put_in_force(&store, 2);
    let rows = store.read(|tx| tx.audit_head()).unwrap().0;
    let change = other.change(|tx| tx.record(created("bob", "viewer")));
    assert_eq!(change.unwrap_err(), StoreError::WrongKey);
    let note = other.write(|tx| {
        use dango_auth_store::ports::AuditWrites as _;
        tx.note(act().event(EventName::LOGOUT, Target::system("x")));
        ok(())
    });
    assert_eq!(note.unwrap_err(), StoreError::WrongKey);
    is_readable(&other, &user);
    finish(&store);
    let found = other.read(|tx| tx.user(user.id)).unwrap_err();
    assert_eq!(found, StoreError::WrongKey);
    assert_eq!(store.read(|tx| tx.audit_head()).unwrap().0, rows + 1);
    assert!(matches!(verify(&store), ChainReport::Intact { .. }));
}

fn other_hash(number: u8) -> PasswordHash {
    let text = hash().to_stored().to_string();
    let (front, _) = text.rsplit_once('$').unwrap();
    let tail = data_tail(number);
    PasswordHash::parse(&format!("{front}${tail}")).unwrap()
}

/// 32 bytes in the alphabet of a hash, different for each number.
fn data_tail(number: u8) -> String {
    let letter = char::from(b'A' + number % 26);
    format!("{}A", letter.to_string().repeat(42))
}

fn those_who_write_meanwhile_leave_nothing_behind(base: &Base) {
    let store = base.open();
    let user = fill(base, &store);
    let file = Arc::new(Mutex::new(keys(1)));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|_| {
                let (other, user, stop) = (neighbour(base, &file), &user, &stop);
                scope.spawn(move || {
                    let mut written = 0_u8;
                    while !stop.load(Ordering::Relaxed) {
                        let found = other.read(|tx| tx.user(user.id)).unwrap().unwrap();
                        let old = found.password.unwrap().hash;
                        let new = other_hash(written);
                        other
                            .write(|tx| tx.replace_hash(user.id, &old, &new))
                            .unwrap();
                        logins(&other, 1);
                        written = written.wrapping_add(1);
                    }
                    written
                })
            })
            .collect();
        for round in 2..6 {
            *file.lock().unwrap() = both(round, round - 1);
            put_in_force(&store, round);
            finish(&store);
            *file.lock().unwrap() = keys(round);
            only(base, round);
        }
        stop.store(true, Ordering::Relaxed);
        let written: Vec<u8> = writers.into_iter().map(|w| w.join().unwrap()).collect();
        assert!(written.iter().all(|count| *count > 0), "{written:?}");
    });
    only(base, 5);
    assert!(matches!(verify(&store), ChainReport::Intact { .. }));
}

fn a_key_is_used_once(base: &Base) {
    let store = base.open();
    let refused = |byte| {
        store
            .change(|tx| tx.replace_key(&key(byte), noon()))
            .unwrap_err()
    };
    let used = StoreError::Conflict {
        what: Clash::KeyUsed,
    };
    assert_eq!(refused(1), used);
    put_in_force(&store, 2);
    finish(&store);
    assert_eq!(refused(1), used);
    assert_eq!(refused(2), used);
}

fn the_log_is_checked_with_the_key_of_each_row(base: &Base) {
    let store = base.open();
    logins(&store, 3);
    for byte in [2, 3] {
        put_in_force(&store, byte);
        logins(&store, 3);
        finish(&store);
    }
    assert!(matches!(verify(&store), ChainReport::Intact { rows: 11 }));
    drop(store);
    let store = Store::open(&with_keys(base, keys(3))).unwrap();
    assert!(matches!(verify(&store), ChainReport::Intact { rows: 11 }));
    // Whoever has the first key can chain anew what was chained with it, but not what follows.
    base.drop_audit_triggers();
    base.sql("UPDATE audit_events SET actor_name = 'eve' WHERE id = 2");
    assert!(matches!(verify(&store), ChainReport::Broken { at: 2, .. }));
    base.sql("UPDATE audit_events SET actor_name = 'ann' WHERE id = 2");
    base.sql("UPDATE kept_keys SET last_id = last_id + 1 WHERE purpose = 'audit'");
    assert!(matches!(verify(&store), ChainReport::Broken { at: 4, .. }));
}

fn what_cannot_be_made_again_outlives_the_key(base: &Base) {
    let store = base.open();
    let purposes = [Purpose::LoginName, Purpose::RecoveryCode];
    let before = purposes.map(|purpose| store.lasting_subkey(purpose));
    for byte in [2, 3] {
        put_in_force(&store, byte);
        finish(&store);
        let store = Store::open(&with_keys(base, keys(byte))).unwrap();
        assert_eq!(
            purposes.map(|purpose| store.lasting_subkey(purpose)),
            before
        );
    }
    assert_ne!(
        store.lasting_subkey(Purpose::Csrf),
        key(1).subkey(Purpose::Csrf)
    );
}
