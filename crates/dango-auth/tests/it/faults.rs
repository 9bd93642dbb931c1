//! A database that is gone or cannot be written closes the doors and leaves nothing half done
//! (contract §3.7, §3.8).

use std::path::PathBuf;
use std::sync::Arc;

use dango_auth::core::{HashParameters, PasswordHash};
use dango_auth::error::Error;
use dango_auth::ports::{UserCursor, UserFilter};
use dango_auth::users::ResetPassword;
use dango_auth::{Ambient, Caller, Entropy, EntropyError, HasherLimits, Kind, OpenError};
use dango_testkit::postgres::Database;

use crate::house::{House, at_once};
use crate::people::{
    HOME, INVITE, PASSWORD, attempt, new_user, password, ready, recognise, role, workspace,
};

/// Takes the database away, tries, and puts it back.
fn without_database<T>(house: &House, action: impl FnOnce() -> T) -> T {
    match (house.database_file(), house.database()) {
        (Some(file), _) => {
            let moved: Vec<(PathBuf, PathBuf)> = ["", "-wal", "-shm"]
                .map(|end| PathBuf::from(format!("{}{end}", file.display())))
                .into_iter()
                .filter(|path| path.exists())
                .map(|path| (path.with_extension("away"), path))
                .enumerate()
                .map(|(at, (away, path))| (away.with_extension(format!("away{at}")), path))
                .collect();
            for (away, path) in &moved {
                std::fs::rename(path, away).unwrap();
            }
            let answer = action();
            for (away, path) in &moved {
                std::fs::rename(away, path).unwrap();
            }
            answer
        }
        (None, Some(database)) => {
            let name = database.name();
            database.administer(&format!(
                "alter database {name} with allow_connections false"
            ));
            cut_off(database);
            let answer = action();
            database.administer(&format!(
                "alter database {name} with allow_connections true"
            ));
            answer
        }
        (None, None) => unreachable!("a house stands on one of the two"),
    }
}

fn cut_off(database: &Database) {
    let name = database.name();
    database.administer(&format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    ));
}

/// Things that change something, by name.
fn changes(house: &House, caller: &Caller) -> Vec<(&'static str, Option<Error>)> {
    let auth = &house.auth;
    let users = auth.users();
    let id = caller.user_id().unwrap();
    let generate = ResetPassword::Generate;
    let (old, new) = (password(PASSWORD), password("another-good-one"));
    let name = workspace("sales");
    let values = [("require_2fa".to_owned(), true.into())].into();
    vec![
        (
            "sign in",
            house.try_password("ann@x.org", PASSWORD, HOME).err(),
        ),
        (
            "fail to",
            house.try_password("ann@x.org", "wrong", HOME).err(),
        ),
        (
            "invite",
            users
                .create(caller, new_user("g@x.org", "viewer", INVITE))
                .err(),
        ),
        (
            "add",
            users
                .create(caller, new_user("bob", "viewer", ready()))
                .err(),
        ),
        ("role", users.change_role(caller, id, &role("viewer")).err()),
        (
            "reset",
            users.reset_password(caller, id, generate, true).err(),
        ),
        ("unlock", users.unlock(caller, id).err()),
        (
            "change",
            auth.account().change_password(caller, &old, &new).err(),
        ),
        ("factor", auth.second_factor().begin(caller, &old).err()),
        (
            "workspace",
            auth.workspaces().create(caller, &name, "").err(),
        ),
        ("settings", auth.configuration().put(caller, &values).err()),
        ("others", auth.sessions().end_others(caller).err()),
        ("sign out", auth.sign_in().sign_out(caller).err()),
        ("sweep", auth.sessions().sweep().err()),
        (
            "recover",
            auth.recovery().restore(&house.system(), "ann@x.org").err(),
        ),
    ]
}

fn unavailable(refused: Vec<(&'static str, Option<Error>)>) {
    for (what, error) in refused {
        let error = error.unwrap_or_else(|| panic!("{what} is answered"));
        assert_eq!(
            (error.kind(), error.code()),
            (Kind::Unavailable, "unavailable"),
            "{what}: {error}"
        );
        assert!(error.retry_after_seconds().is_some(), "{what}");
    }
}

fn a_missing_database_closes_every_door(house: &House) {
    let admin = house.admin();
    let signed_in = house.signed_in("ann@x.org");
    let (auth, before) = (house.impatient(), house.events().len());
    without_database(house, || {
        let filter = UserFilter::default();
        let cursor = UserCursor::CreatedAt(None);
        unavailable(vec![
            ("ready", auth.ready().err()),
            ("recognise", recognise(&auth, &signed_in).err()),
            ("switch", auth.is_switched_off().err()),
            ("setup", auth.setup().is_open().err()),
            (
                "list",
                auth.users().list(&admin, &filter, &cursor, 10).err(),
            ),
            ("settings", auth.settings().err()),
            (
                "limit",
                house
                    .auth
                    .limits()
                    .login(dango_auth::core::Source::of(HOME.parse().unwrap()))
                    .err(),
            ),
            (
                "add",
                house
                    .auth
                    .users()
                    .create(&admin, new_user("bob", "viewer", ready()))
                    .err(),
            ),
            (
                "sign in",
                auth.sign_in()
                    .with_password(&attempt("ann@x.org", PASSWORD, HOME))
                    .err(),
            ),
        ]);
        let opened = house.try_another(&[]).map(drop).unwrap_err();
        assert_eq!(opened.kind(), Kind::Unavailable, "{opened}");
    });
    auth.ready().unwrap();
    recognise(&auth, &signed_in).unwrap();
    assert_eq!(house.events().len(), before);
    house.signed_in("ann@x.org");
}

fn a_change_that_waits_too_long_for_another_is_refused_whole(house: &House) {
    let admin = house.admin();
    let (auth, before) = (house.impatient(), house.events().len());
    let held = house.store().change(|_| {
        let request = new_user("bob", "viewer", ready());
        let refused = auth.users().create(&admin, request).unwrap_err();
        assert_eq!(refused.kind(), Kind::Unavailable, "{refused}");
        // Readers do not wait.
        auth.users().find(&admin, "ann@x.org").unwrap();
        Ok::<_, dango_auth_store::StoreError>(())
    });
    held.unwrap();
    assert_eq!(house.events().len(), before);
    let request = new_user("bob", "viewer", ready());
    auth.users().create(&admin, request).unwrap();
}

fn an_attempt_that_was_not_evaluated_does_not_count(house: &House) {
    let hashing = HasherLimits {
        queue: 1,
        wait: std::time::Duration::ZERO,
        niceness: 0,
    };
    let busy = house.opened(|options| options.hashing = hashing);
    // Passwords that cost enough for the others to find the hasher at work.
    let slow = HashParameters::checked(47_104, 2, 1).unwrap();
    let hash = PasswordHash::dummy(&slow);
    let names = (0..6).map(|at| format!("bob{at}")).collect::<Vec<_>>();
    for name in &names {
        let user = house.person(name, "viewer").user;
        crate::people::set_hash(house, &user, &hash);
    }
    let tries = names.iter().map(|name| {
        let busy = &busy;
        move || {
            let attempt = attempt(name, PASSWORD, HOME);
            busy.sign_in().with_password(&attempt).unwrap_err()
        }
    });
    let answers = at_once(tries.collect());
    assert!(
        answers
            .iter()
            .any(|error| error.kind() == Kind::Unavailable)
    );
    for (name, error) in names.iter().zip(answers) {
        let counted = house.named(name).lock.failed_attempts;
        let expected = u32::from(error.kind() == Kind::BadCredentials);
        assert_eq!(counted, expected, "{name}: {error}");
        assert!(
            expected == 1 || error.retry_after_seconds().is_some(),
            "{error}"
        );
    }
}

/// Random bytes that have run out.
struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError::new("the well is dry"))
    }
}

fn without_random_bytes_nothing_is_made(house: &House) {
    let admin = house.admin();
    let clock = Arc::new(house.clock.clone());
    let auth = house.opened(|options| options.ambient = Ambient::new(clock, Arc::new(Dry)));
    let id = admin.user_id().unwrap();
    let (old, new) = (password(PASSWORD), password("another-good-one"));
    let generate = ResetPassword::Generate;
    let ((), events) = house.trace(|| {
        unavailable(vec![
            (
                "sign in",
                auth.sign_in()
                    .with_password(&attempt("ann@x.org", PASSWORD, HOME))
                    .err(),
            ),
            (
                "add",
                auth.users()
                    .create(&admin, new_user("bob", "viewer", ready()))
                    .err(),
            ),
            (
                "invite",
                auth.users()
                    .create(&admin, new_user("g@x.org", "viewer", INVITE))
                    .err(),
            ),
            (
                "reset",
                auth.users()
                    .reset_password(&admin, id, generate, false)
                    .err(),
            ),
            (
                "change",
                auth.account().change_password(&admin, &old, &new).err(),
            ),
            ("factor", auth.second_factor().begin(&admin, &old).err()),
        ]);
    });
    assert!(events.is_empty(), "{events:?}");
    assert_eq!(house.named("ann@x.org").lock.failed_attempts, 0);
    house.signed_in("ann@x.org");
}

fn another_key_opens_nothing(house: &House) {
    house.admin();
    let other = "ab".repeat(32);
    let refused = house.try_another(&[("DANGO_SECRET_KEY", &other)]);
    let refused = refused.map(drop).unwrap_err();
    assert!(matches!(refused, OpenError::Store(_)), "{refused}");
    assert!(refused.to_string().contains("key"), "{refused}");
    house.signed_in("ann@x.org");
}

on_both_databases!(
    a_missing_database_closes_every_door,
    a_change_that_waits_too_long_for_another_is_refused_whole,
    an_attempt_that_was_not_evaluated_does_not_count,
    without_random_bytes_nothing_is_made,
    another_key_opens_nothing
);

/// What only a server can be made to do.
mod on_a_server {
    use super::*;

    fn nothing_changes(spoil: impl Fn(&Database), mend: impl Fn(&Database)) {
        let Some(house) = House::on_postgres() else {
            return;
        };
        let admin = house.admin();
        let signed_in = house.signed_in("ann@x.org");
        let database = house.database().unwrap();
        let content = || {
            [
                "users",
                "sessions",
                "settings",
                "workspaces",
                "audit_events",
                "login_pairs",
            ]
            .map(|table| {
                database.sql(&format!(
                    "select md5(string_agg(t::text, '|' order by t::text)) from {table} t"
                ))
            })
        };
        let before = content();
        spoil(database);
        unavailable(changes(&house, &admin));
        recognise(&house.auth, &signed_in).unwrap();
        mend(database);
        assert_eq!(content(), before);
        house.signed_in("ann@x.org");
        house.check();
    }

    #[test]
    fn a_database_that_cannot_be_written_answers_readers_alone() {
        let set = |database: &Database, to: &str| {
            let name = database.name();
            let sql = format!("alter database {name} set default_transaction_read_only = {to}");
            database.administer(&sql);
            cut_off(database);
        };
        nothing_changes(
            |database| set(database, "on"),
            |database| set(database, "off"),
        );
    }

    #[test]
    fn what_cannot_be_recorded_does_not_happen() {
        let rename = |database: &Database, from: &str, to: &str| {
            database.sql(&format!("alter table {from} rename to {to}"));
        };
        let Some(house) = House::on_postgres() else {
            return;
        };
        let admin = house.admin();
        let database = house.database().unwrap();
        let count = |table: &str| database.sql(&format!("select count(*) from {table}"));
        let before = (count("users"), count("sessions"), count("workspaces"));
        rename(database, "audit_events", "audit_gone");
        let users = house.auth.users();
        let name = workspace("sales");
        let refusals = [
            users
                .create(&admin, new_user("bob", "viewer", ready()))
                .map(drop),
            house.auth.workspaces().create(&admin, &name, "").map(drop),
            house.try_password("ann@x.org", PASSWORD, HOME).map(drop),
            house.auth.sign_in().sign_out(&admin),
        ];
        for refused in refusals {
            assert!(refused.is_err());
        }
        rename(database, "audit_gone", "audit_events");
        assert_eq!(
            (count("users"), count("sessions"), count("workspaces")),
            before
        );
        house.check();
    }
}
