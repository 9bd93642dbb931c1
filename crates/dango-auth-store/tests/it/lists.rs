//! Lists of accounts: filters, order, pages, counts.

use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::lockout::{AccountKey, LockoutLimits, PairState};
use dango_auth_core::seal::Purpose;
use dango_auth_core::second_factor::SecondFactor;
use dango_auth_core::totp::TotpSeed;
use dango_auth_core::user::{Invite, Status, TemporaryPassword, User};
use dango_auth_store::Store;
use dango_auth_store::ports::{
    FactorWrites as _, LockoutWrites as _, Page, UserChanges as _, UserCursor, UserFilter,
    UserReads as _, UserRow,
};

use crate::backends::{Base, keys};
use crate::fixtures::*;

for_each_backend! {
    pages_show_everybody_once_in_either_order,
    a_search_finds_parts_of_names_and_takes_them_literally,
    each_status_is_filtered_as_it_is_computed,
    counts_agree_with_the_list,
    counting_stops_where_it_is_told_to,
    a_row_shows_locks_over_all_sources,
    usable_admins_are_counted_without_the_one_who_changes,
    admins_without_second_factor_are_listed,
}

fn all() -> UserFilter {
    UserFilter {
        now: noon(),
        ..UserFilter::default()
    }
}

fn list(store: &Store, filter: &UserFilter) -> Page<UserRow> {
    store
        .read(|tx| tx.users(filter, &UserCursor::CreatedAt(None), 100))
        .unwrap()
}

fn names(page: &Page<UserRow>) -> Vec<String> {
    let mut names: Vec<String> = page
        .rows
        .iter()
        .map(|r| r.user.username.to_string())
        .collect();
    names.sort();
    names
}

fn walk(store: &Store, first: UserCursor, next: impl Fn(&User) -> UserCursor) -> Vec<User> {
    let (mut cursor, mut seen) = (first, Vec::new());
    loop {
        let page = store.read(|tx| tx.users(&all(), &cursor, 3)).unwrap();
        assert!(page.rows.len() <= 3);
        seen.extend(page.rows.iter().map(|row| row.user.clone()));
        if !page.more {
            return seen;
        }
        cursor = next(seen.last().unwrap());
    }
}

fn pages_show_everybody_once_in_either_order(base: &Base) {
    let store = base.open();
    for number in 0..10 {
        // Three made at each instant, so that the id has to part them.
        let at = act_at(minutes(number / 3));
        let new = new_user(&format!("u{}", (number * 7) % 10), "viewer");
        add(&store, || User::created(new.clone(), password(), &at));
    }
    let by_age = walk(&store, UserCursor::CreatedAt(None), |user| {
        UserCursor::CreatedAt(Some((user.created_at, user.id)))
    });
    let mut sorted = by_age.clone();
    sorted.sort_by_key(|user| (user.created_at, user.id.to_string()));
    let ids = |users: &[User]| users.iter().map(|user| user.id).collect::<Vec<UserId>>();
    assert_eq!(ids(&by_age), ids(&sorted));
    assert_eq!(by_age.len(), 10);
    let by_name = walk(&store, UserCursor::Username(None), |user| {
        UserCursor::Username(Some((user.username.clone(), user.id)))
    });
    let found: Vec<&str> = by_name.iter().map(|user| user.username.as_str()).collect();
    assert_eq!(
        found,
        ["u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9"]
    );
}

fn a_search_finds_parts_of_names_and_takes_them_literally(base: &Base) {
    let store = base.open();
    for name in ["ann@x.org", "hann%es", "han_na", "bob!x", "zoë"] {
        add_user(&store, name, "viewer");
    }
    let found = |text: &str| {
        names(&list(
            &store,
            &UserFilter {
                search: Some(text.to_owned()),
                ..all()
            },
        ))
    };
    assert_eq!(found("ANN"), ["ann@x.org", "hann%es"]);
    assert_eq!(found("%"), ["hann%es"]);
    assert_eq!(found("_"), ["han_na"]);
    assert_eq!(found("!"), ["bob!x"]);
    assert_eq!(found("ZOË"), ["zoë"]);
    assert_eq!(found("x.org"), ["ann@x.org"]);
    assert_eq!(found("' OR 1=1"), Vec::<String>::new());
    assert_eq!(found("\0"), Vec::<String>::new());
    assert_eq!(found(&"a".repeat(5_000)), Vec::<String>::new());
    let editors = UserFilter {
        role: Some(role("editor")),
        ..all()
    };
    assert_eq!(names(&list(&store, &editors)), Vec::<String>::new());
}

fn account_key(user: &User) -> AccountKey {
    AccountKey::of_user(&keys(1).subkey(Purpose::LoginName), user.id)
}

/// Locks an account for one source by as many failures as it takes.
fn lock(store: &Store, user: &User, source: &str) {
    let limits = LockoutLimits::default();
    store
        .write(|tx| {
            let source = source.to_owned();
            let mut state: PairState = tx.pair(&account_key(user), &source)?;
            for _ in 0..5 {
                let _ = state.reserve(limits, noon());
            }
            tx.put_pair(&account_key(user), &source, &state, noon())
        })
        .unwrap();
}

/// One account of each status, named after it; two are locked, of which one is inactive.
fn one_of_each(store: &Store) -> Vec<User> {
    let invited = |name: &str, minutes_left| {
        let invite = Invite {
            token_hash: token(),
            expires_at: minutes(minutes_left),
        };
        let new = new_user(name, "viewer");
        add(store, || User::invited(new.clone(), invite.clone(), &act()))
    };
    let made = vec![
        add_user(store, "active", "admin"),
        add_user(store, "locked", "viewer"),
        invited("invited", 60),
        invited("invite_expired", 0),
        add_user(store, "inactive", "viewer"),
    ];
    lock(store, &made[1], "192.0.2.1");
    lock(store, &made[4], "192.0.2.1");
    store
        .change(|tx| {
            let census = tx.admin_census(made[4].id, noon())?;
            let step = made[4].clone().deactivate(&census, &act()).unwrap();
            let Step::Changed(change) = step else {
                panic!("it was active")
            };
            tx.record(change)
        })
        .unwrap();
    made
}

fn each_status_is_filtered_as_it_is_computed(base: &Base) {
    let store = base.open();
    one_of_each(&store);
    for row in list(&store, &all()).rows {
        let status = row.user.status(row.lock.locked_until, noon());
        assert_eq!(status.as_str(), row.user.username.as_str());
    }
    for status in Status::ALL {
        let filter = UserFilter {
            status: Some(status),
            ..all()
        };
        assert_eq!(names(&list(&store, &filter)), [status.as_str()]);
    }
}

fn counts_agree_with_the_list(base: &Base) {
    let store = base.open();
    one_of_each(&store);
    add_user(&store, "another", "admin");
    let counts = store.read(|tx| tx.count_users(noon())).unwrap();
    let mut found: Vec<(String, &str, u64)> = counts
        .iter()
        .map(|count| (count.role.to_string(), count.status.as_str(), count.count))
        .collect();
    found.sort();
    let expected = [
        ("admin", "active", 2),
        ("viewer", "inactive", 1),
        ("viewer", "invite_expired", 1),
        ("viewer", "invited", 1),
        ("viewer", "locked", 1),
    ];
    assert_eq!(
        found,
        expected.map(|(role, status, count)| (role.to_owned(), status, count))
    );
}

fn counting_stops_where_it_is_told_to(base: &Base) {
    let store = base.open();
    one_of_each(&store);
    let count = |filter: UserFilter, most| {
        store
            .read(|tx| tx.count_users_up_to(&filter, most))
            .unwrap()
    };
    assert_eq!(count(all(), 100), 5);
    assert_eq!(count(all(), 3), 3);
    for status in Status::ALL {
        let filter = UserFilter {
            status: Some(status),
            ..all()
        };
        assert_eq!(count(filter, 100), 1, "{status}");
    }
}

fn a_row_shows_locks_over_all_sources(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let row = |at| store.read(|tx| tx.user_row(user.id, at)).unwrap().unwrap();
    assert_eq!(
        row(noon()).lock,
        dango_auth_store::ports::LockSummary::default()
    );
    lock(&store, &user, "192.0.2.1");
    lock(&store, &user, "192.0.2.2");
    assert_eq!(row(noon()).lock.failed_attempts, 5);
    assert_eq!(row(noon()).lock.locked_until, Some(minutes(15)));
    assert_eq!(
        row(minutes(15)).lock,
        dango_auth_store::ports::LockSummary::default()
    );
    add(&store, || user.clone().unlock(&act()));
    assert_eq!(
        row(noon()).lock,
        dango_auth_store::ports::LockSummary::default()
    );
    assert_eq!(
        base.values("SELECT source AS value FROM login_pairs"),
        Vec::<String>::new()
    );
}

fn usable_admins_are_counted_without_the_one_who_changes(base: &Base) {
    let store = base.open();
    let users = one_of_each(&store);
    let others = |id: UserId| {
        let census = store.change(|tx| tx.admin_census(id, noon())).unwrap();
        format!("{census:?}")
    };
    assert!(others(users[0].id).contains("others: 0"));
    assert!(others(users[1].id).contains("others: 1"));
    let lapsed = TemporaryPassword {
        hash: hash(),
        must_change: true,
        expires_at: Some(noon()),
    };
    let new = new_user("lapsed", "admin");
    add(&store, || {
        User::created(new.clone(), lapsed.clone(), &act())
    });
    assert!(others(users[1].id).contains("others: 1"));
    add_user(&store, "second", "admin");
    assert!(others(users[1].id).contains("others: 2"));
}

fn admins_without_second_factor_are_listed(base: &Base) {
    let store = base.open();
    let users = one_of_each(&store);
    add_user(&store, "aaron", "admin");
    let unprotected = |limit| {
        let found = store
            .read(|tx| tx.admins_without_second_factor(noon(), limit))
            .unwrap();
        found
            .into_iter()
            .map(|name| name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(unprotected(10), ["aaron", "active"]);
    assert_eq!(unprotected(1), ["aaron"]);
    let pending = SecondFactor::Pending {
        seed: TotpSeed::from_random([1; 20]),
        expires_at: minutes(10),
    };
    store
        .write(|tx| tx.put_pending_factor(users[0].id, &pending, &[]))
        .unwrap();
    assert_eq!(unprotected(10), ["aaron", "active"]);
    base.sql(
        "UPDATE second_factors SET enabled = (1 = 1), expires_at = NULL, last_step = 1,
         enabled_at = 1",
    );
    assert_eq!(unprotected(10), ["aaron"]);
    let with_factor = |on| UserFilter {
        second_factor: Some(on),
        ..all()
    };
    let everybody = names(&list(&store, &all()));
    assert_eq!(names(&list(&store, &with_factor(true))), ["active"]);
    let others = names(&list(&store, &with_factor(false)));
    assert_eq!(others.len() + 1, everybody.len());
    assert!(!others.contains(&"active".to_owned()));
    let row = store
        .read(|tx| tx.user_row(users[0].id, noon()))
        .unwrap()
        .unwrap();
    assert!(row.second_factor_on);
}
