//! Whole copies: to another database, into a file, and back from it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use dango_auth_core::audit::{EventName, Target};
use dango_auth_store::ports::{
    AuditReads as _, AuditWrites as _, ChainReport, SessionWrites as _, UserReads as _,
};
use dango_auth_store::{
    BackupError, CopyError, Location, Store, StoreError, StoreOptions, restore,
};

use crate::backends::{Base, keys};
use crate::fixtures::*;

/// Something in many tables, and more events than fit one statement or one block.
fn fill(store: &Store) {
    let ann = add_user(store, "ann@example.org", "admin");
    add_user(store, "bob", "viewer");
    add_workspace(store, "sales");
    store
        .write(|tx| tx.insert_session(&full_session(&ann, noon())))
        .unwrap();
    store
        .write(|tx| {
            for number in 0..2500 {
                let event = act().event(EventName::LOGIN_FAILED, Target::system("tests"));
                tx.note(event.detail("number", number));
            }
            ok(())
        })
        .unwrap();
}

fn assert_whole(store: &Store, rows: u64) {
    let chain = store.read(|tx| tx.verify_chain(&[])).unwrap();
    assert_eq!(chain, ChainReport::Intact { rows });
    let login = dango_auth_core::name::LoginName::parse("ann@example.org").unwrap();
    let ann = store.read(|tx| tx.user_by_login(&login)).unwrap().unwrap();
    assert!(
        ann.password.is_some(),
        "sealed for its place and opened there"
    );
}

fn there_and_back(source: &Base, target: &Base) {
    let store = source.open();
    fill(&store);
    let mut steps = Vec::new();
    let tables = store
        .copy_to(target.location.clone(), |step| steps.push(step))
        .unwrap();
    assert_eq!(tables.len(), 29);
    let last = steps.last().unwrap();
    assert_eq!(last.rows, last.total);
    assert!(steps.is_sorted_by_key(|step| step.rows));
    let rows = |name: &str| {
        tables
            .iter()
            .find(|table| table.table == name)
            .unwrap()
            .rows
    };
    assert_eq!((rows("users"), rows("sessions")), (2, 1));
    let copied = target.open();
    assert_whole(&copied, rows("audit_events"));
    let again = store.copy_to(target.location.clone(), |_| {});
    assert!(
        matches!(again, Err(CopyError::NotEmpty { .. })),
        "{again:?}"
    );
    let third = Base::sqlite();
    let back = copied.copy_to(third.location.clone(), |_| {}).unwrap();
    assert_eq!(back, tables, "the same rows with the same hashes");
    add_user(&third.open(), "late", "viewer");
    assert_whole(&third.open(), rows("audit_events") + 1);
}

#[test]
fn a_file_goes_to_another_file_and_back() {
    there_and_back(&Base::sqlite(), &Base::sqlite());
}

#[test]
fn a_file_goes_to_a_server_and_back() {
    if let Some(server) = Base::postgres() {
        there_and_back(&Base::sqlite(), &server);
    }
}

#[test]
fn a_server_goes_to_another_server_and_back() {
    if let (Some(source), Some(target)) = (Base::postgres(), Base::postgres()) {
        there_and_back(&source, &target);
    }
}

#[test]
fn a_broken_chain_is_not_copied() {
    let (source, target) = (Base::sqlite(), Base::sqlite());
    let store = source.open();
    fill(&store);
    source.drop_audit_triggers();
    source.sql("UPDATE audit_events SET actor_name = 'nobody' WHERE id = 2");
    let refused = store.copy_to(target.location.clone(), |_| {});
    assert!(
        matches!(refused, Err(CopyError::Chain { at: 2, .. })),
        "{refused:?}"
    );
    assert!(!target.file().exists(), "the target was made");
    if let Some(server) = Base::postgres() {
        let refused = store.copy_to(server.location.clone(), |_| {});
        assert!(matches!(refused, Err(CopyError::Chain { .. })));
        let tables = "SELECT table_name AS value FROM information_schema.tables
                      WHERE table_schema = 'public'";
        assert_eq!(server.values(tables), Vec::<String>::new());
    }
}

#[test]
fn a_backup_is_private_whole_and_never_overwrites() {
    let base = Base::sqlite();
    let store = base.open();
    fill(&store);
    let file = base.file().with_file_name("backup.db");
    store.back_up(&file).unwrap();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = store.back_up(&file);
    assert!(
        matches!(again, Err(BackupError::Exists { .. })),
        "{again:?}"
    );
    let nowhere = store.back_up(&base.file().with_file_name("no/such/folder.db"));
    assert!(
        matches!(nowhere, Err(BackupError::File { .. })),
        "{nowhere:?}"
    );
    let copy = Store::open(&StoreOptions::new(Location::Sqlite(file), keys(1))).unwrap();
    assert_whole(&copy, 2503);
    if let Some(server) = Base::postgres() {
        let refused = server.open().back_up(&base.file().with_file_name("x"));
        assert_eq!(refused, Err(BackupError::Server));
    }
}

#[test]
fn a_backup_comes_back_and_the_database_before_is_kept() {
    let base = Base::sqlite();
    let store = base.open();
    fill(&store);
    let file = base.file().with_file_name("backup.db");
    store.back_up(&file).unwrap();
    add_user(&store, "late", "viewer");
    let in_use = restore(&base.options(), &file);
    assert!(
        matches!(in_use, Err(BackupError::InUse { .. })),
        "{in_use:?}"
    );
    let names = "SELECT username AS value FROM users ORDER BY username";
    assert_eq!(base.values(names), ["ann@example.org", "bob", "late"]);
    drop(store);
    let aside = restore(&base.options(), &file).unwrap().unwrap();
    assert_eq!(base.values(names), ["ann@example.org", "bob"]);
    assert_whole(&base.open(), 2503);
    let before = Store::open(&StoreOptions::new(Location::Sqlite(aside), keys(1))).unwrap();
    assert_whole(&before, 2504);
    let mode = fs::metadata(base.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_cannot_be_put_back_leaves_everything_as_it_was() {
    let base = Base::sqlite();
    let store = base.open();
    fill(&store);
    let file = base.file().with_file_name("backup.db");
    store.back_up(&file).unwrap();
    drop(store);
    let before = fs::read_dir(base.file().parent().unwrap()).unwrap().count();
    let missing = base.file().with_file_name("missing.db");
    let refused = restore(&base.options(), &missing);
    assert!(
        matches!(refused, Err(BackupError::Store(StoreError::Missing { .. }))),
        "{refused:?}"
    );
    let mut other_key = base.options();
    other_key.keys = keys(2);
    let refused = restore(&other_key, &file);
    assert_eq!(refused, Err(BackupError::Store(StoreError::WrongKey)));
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let refused = restore(&base.options(), &file);
    assert!(refused.is_err(), "{refused:?}");
    fs::write(&file, b"not a database at all").unwrap();
    let refused = restore(&base.options(), &file);
    assert!(
        matches!(
            refused,
            Err(BackupError::Store(StoreError::NotADatabase { .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(
        fs::read_dir(base.file().parent().unwrap()).unwrap().count(),
        before
    );
    assert_whole(&base.open(), 2503);
}

#[test]
fn a_damaged_database_can_be_replaced() {
    let base = Base::sqlite();
    let store = base.open();
    fill(&store);
    let file = base.file().with_file_name("backup.db");
    store.back_up(&file).unwrap();
    drop(store);
    fs::write(base.file(), b"lightning struck here").unwrap();
    assert!(restore(&base.options(), &file).unwrap().is_some());
    assert_whole(&base.open(), 2503);
    fs::remove_file(base.file()).unwrap();
    assert_eq!(restore(&base.options(), &file).unwrap(), None);
    assert_whole(&base.open(), 2503);
}
