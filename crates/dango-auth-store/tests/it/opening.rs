//! Opening: what is made, what is refused, and that a refusal changes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use dango_auth_store::ports::{InstallationReads as _, UserReads as _};
use dango_auth_store::{Location, Store, StoreError, StoreOptions};

use crate::backends::{Base, keys};
use crate::fixtures::add_user;

for_each_backend! {
    what_was_written_is_there_after_opening_again,
    another_key_is_refused_and_changes_nothing,
    a_newer_database_is_refused,
    a_database_of_another_program_is_refused,
    a_database_without_tables_is_missing_unless_it_may_be_made,
    eight_that_start_at_once_migrate_once,
}

fn what_was_written_is_there_after_opening_again(base: &Base) {
    let user = add_user(&base.open(), "ann@x.org", "admin");
    let mut options = base.options();
    options.create = false;
    let again = Store::open(&options).unwrap();
    let found = again.read(|tx| tx.user(user.id)).unwrap().unwrap();
    assert_eq!(found.username, user.username);
}

fn another_key_is_refused_and_changes_nothing(base: &Base) {
    drop(base.open());
    let before = epoch_and_head(base);
    let mut options = base.options();
    options.keys = keys(2);
    assert_eq!(Store::open(&options).unwrap_err(), StoreError::WrongKey);
    assert_eq!(epoch_and_head(base), before);
    assert!(Store::open(&base.options()).is_ok());
}

fn epoch_and_head(base: &Base) -> Vec<String> {
    base.values(
        "SELECT CAST(epoch AS TEXT) AS value FROM guard
         UNION ALL SELECT CAST(last_id AS TEXT) FROM audit_head",
    )
}

fn a_newer_database_is_refused(base: &Base) {
    drop(base.open());
    base.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let refused = Store::open(&base.options()).unwrap_err();
    assert_eq!(
        refused,
        StoreError::NewerSchema {
            found: "9999".to_owned()
        }
    );
}

fn a_database_of_another_program_is_refused(base: &Base) {
    if base.is_sqlite() {
        fs::write(base.file(), "").unwrap();
    }
    base.sql("CREATE TABLE users (id INTEGER PRIMARY KEY)");
    let refused = Store::open(&base.options()).unwrap_err();
    assert!(matches!(refused, StoreError::Foreign { .. }), "{refused:?}");
    base.sql("INSERT INTO users VALUES (1)");
}

fn a_database_without_tables_is_missing_unless_it_may_be_made(base: &Base) {
    let mut options = base.options();
    options.create = false;
    let refused = Store::open(&options).unwrap_err();
    assert!(matches!(refused, StoreError::Missing { .. }), "{refused:?}");
    if base.is_sqlite() {
        assert!(!base.file().exists());
    }
    assert!(Store::open(&base.options()).is_ok());
}

fn eight_that_start_at_once_migrate_once(base: &Base) {
    std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| base.open())).collect();
        for start in starts {
            assert!(!start.join().unwrap().read(|tx| tx.any_user()).unwrap());
        }
    });
    let versions = base.values("SELECT version AS value FROM __diesel_schema_migrations");
    let migrations = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite"));
    assert_eq!(versions.len(), migrations.unwrap().count());
}

#[test]
fn files_are_private_whatever_was_there() {
    let base = Base::sqlite();
    let store = base.open();
    add_user(&store, "ann", "admin");
    for name in ["auth.db", "auth.db-wal", "auth.db-shm"] {
        let mode = fs::metadata(base.file().with_file_name(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(store);
    fs::set_permissions(base.file(), fs::Permissions::from_mode(0o644)).unwrap();
    drop(base.open());
    assert_eq!(
        fs::metadata(base.file()).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let base = Base::sqlite();
    fs::write(
        base.file(),
        "not a database, but long enough to be looked at ".repeat(50),
    )
    .unwrap();
    let refused = Store::open(&base.options()).unwrap_err();
    assert_eq!(
        refused,
        StoreError::NotADatabase {
            path: base.file().display().to_string()
        }
    );
    let folder = Location::Sqlite(base.file().parent().unwrap().to_owned());
    let refused = Store::open(&StoreOptions::new(folder, keys(1))).unwrap_err();
    assert!(
        matches!(refused, StoreError::NotADatabase { .. }),
        "{refused:?}"
    );
}

#[test]
fn a_file_that_was_moved_or_replaced_closes_the_doors() {
    let base = Base::sqlite();
    let store = base.open();
    fs::rename(base.file(), base.file().with_extension("moved")).unwrap();
    let refused = store.read(|tx| tx.epoch()).unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
    assert!(refused.to_string().contains("removed"), "{refused}");
    fs::write(base.file(), "").unwrap();
    let refused = store.read(|tx| tx.epoch()).unwrap_err();
    assert!(refused.to_string().contains("emptied"), "{refused}");
    fs::rename(base.file().with_extension("moved"), base.file()).unwrap();
    assert!(store.read(|tx| tx.epoch()).is_ok());
}

#[test]
fn a_server_that_is_down_is_unavailable_and_no_file_is_made_of_its_url() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "postgres:///nothing?host={}&port=1",
        folder.path().display()
    );
    let options = StoreOptions::new(Location::parse(&url).unwrap(), keys(1)).creating();
    let refused = Store::open(&options).unwrap_err();
    assert!(refused.is_worth_retrying(), "{refused:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn secrets_do_not_stand_in_the_file() {
    let base = Base::sqlite();
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let phc = user.password.unwrap().hash.to_stored();
    drop(store);
    let bytes = fs::read(base.file()).unwrap();
    let (_, hash) = phc.rsplit_once('$').unwrap();
    for canary in [phc.as_str(), hash] {
        assert!(
            !bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes())
        );
    }
}
