//! Searching people by part of a name: the same answers as looking at every name, by way of few of them.

use dango_auth_core::change::Step;
use dango_auth_core::user::{Status, User};
use dango_auth_store::Store;
use dango_auth_store::ports::{UserChanges as _, UserCursor, UserFilter, UserReads as _};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    a_search_answers_as_if_every_name_was_looked_at,
    a_search_follows_renaming_and_deletion,
    other_filters_and_pages_hold_for_a_search,
    a_database_from_before_learns_the_names_it_has,
}

fn filter(text: &str) -> UserFilter {
    UserFilter {
        search: Some(text.to_owned()),
        now: noon(),
        ..UserFilter::default()
    }
}

fn found(store: &Store, filter: &UserFilter) -> Vec<String> {
    let first = UserCursor::CreatedAt(None);
    let page = store.read(|tx| tx.users(filter, &first, 1_000)).unwrap();
    let mut names: Vec<String> = page
        .rows
        .iter()
        .map(|row| row.user.username.to_string())
        .collect();
    names.sort();
    names
}

/// Names of characters that mean something to one of the databases, repeated enough to be common and rare.
fn odd_names() -> Vec<String> {
    let letters: Vec<char> = "ab\"'%_!\\*:&|(é日.-@".chars().collect();
    let mut state = 11_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % below as u64).unwrap()
    };
    let mut names: Vec<String> = (0..250)
        .map(|number| {
            let length = random(14);
            let odd: String = (0..length)
                .map(|_| letters[random(letters.len())])
                .collect();
            format!("a{odd}{}", number % 40).replace('@', "x")
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn a_search_answers_as_if_every_name_was_looked_at(base: &Base) {
    let store = base.open();
    let names = odd_names();
    for name in &names {
        add_user(&store, name, "viewer");
    }
    let mut rare = 0;
    for name in names.iter().step_by(3) {
        let letters: Vec<char> = name.chars().collect();
        for (start, length) in [(0, 3), (1, 4), (2, 6), (0, 99), (3, 9), (5, 2)] {
            let text: String = letters.iter().skip(start).take(length).collect();
            if text.is_empty() {
                continue;
            }
            let expected: Vec<String> = names
                .iter()
                .filter(|name| name.contains(&text))
                .cloned()
                .collect();
            rare += usize::from(expected.len() < 10);
            assert_eq!(found(&store, &filter(&text)), expected, "{text:?}");
            let nowhere = format!("{text}zz{text}");
            assert_eq!(found(&store, &filter(&nowhere)), Vec::<String>::new());
        }
    }
    assert!(rare > 100, "{rare}");
}

fn rename(store: &Store, user: &User, name: &str) -> User {
    let Step::Changed(change) = user.clone().rename(username(name), None, &act()) else {
        panic!()
    };
    let mut change = Some(change);
    store
        .change(|tx| tx.record(change.take().unwrap()))
        .unwrap()
}

fn a_search_follows_renaming_and_deletion(base: &Base) {
    let store = base.open();
    add_user(&store, "first@example.org", "admin");
    let user = add_user(&store, "canary.name@example.org", "viewer");
    let text = filter("canary");
    assert_eq!(found(&store, &text), ["canary.name@example.org"]);
    let user = rename(&store, &user, "sparrow");
    assert_eq!(found(&store, &text), Vec::<String>::new());
    assert_eq!(found(&store, &filter("parro")), ["sparrow"]);
    store
        .change(|tx| {
            let census = tx.admin_census(user.id, noon())?;
            tx.record(user.clone().delete(&census, &act()).unwrap())
        })
        .unwrap();
    assert_eq!(found(&store, &filter("parro")), Vec::<String>::new());
    if base.is_sqlite() {
        let left = base.values("SELECT name AS value FROM search_numbers");
        assert_eq!(left, ["first@example.org"]);
        // `arrow` as the index would hold it.
        let traces = "SELECT 'block ' || id AS value FROM search_parts_data
            WHERE instr(CAST(block AS TEXT), '6172726F77') > 0";
        assert_eq!(base.values(traces), Vec::<String>::new());
    }
}

fn other_filters_and_pages_hold_for_a_search(base: &Base) {
    let store = base.open();
    for number in 0..30 {
        let role = if number % 3 == 0 { "editor" } else { "viewer" };
        add_user(&store, &format!("somebody.{number:02}@example.org"), role);
    }
    for number in 0..4 {
        let role = if number % 2 == 0 { "editor" } else { "viewer" };
        add_user(&store, &format!("rarely.{number}@example.org"), role);
    }
    let editors = UserFilter {
        role: Some(role("editor")),
        ..filter("rarely")
    };
    assert_eq!(
        found(&store, &editors),
        ["rarely.0@example.org", "rarely.2@example.org"]
    );
    let inactive = UserFilter {
        status: Some(Status::Inactive),
        ..filter("rarely")
    };
    assert_eq!(found(&store, &inactive), Vec::<String>::new());
    let (mut cursor, mut seen) = (UserCursor::Username(None), Vec::new());
    loop {
        let page = store.read(|tx| tx.users(&filter("arely."), &cursor, 3));
        let page = page.unwrap();
        let last = page.rows.last().unwrap();
        cursor = UserCursor::Username(Some((last.user.username.clone(), last.user.id)));
        seen.extend(page.rows.iter().map(|row| row.user.username.to_string()));
        if !page.more {
            break;
        }
    }
    let expected: Vec<String> = (0..4).map(|n| format!("rarely.{n}@example.org")).collect();
    assert_eq!(seen, expected);
}

fn a_database_from_before_learns_the_names_it_has(base: &Base) {
    let store = base.open();
    add_user(&store, "from.before@example.org", "admin");
    drop(store);
    base.sql(if base.is_sqlite() {
        "DROP TRIGGER search_learns; DROP TRIGGER search_forgets; DROP TRIGGER search_refuses_renaming;
         DROP TABLE search_parts; DROP TABLE search_places; DROP TABLE search_numbers;
         DELETE FROM __diesel_schema_migrations WHERE version = '0010'"
    } else {
        "DROP INDEX login_names_by_part; DROP FUNCTION name_parts;
         DELETE FROM __diesel_schema_migrations WHERE version = '0010'"
    });
    let store = base.open();
    assert_eq!(
        found(&store, &filter("before")),
        ["from.before@example.org"]
    );
    assert_eq!(found(&store, &filter("afterwards")), Vec::<String>::new());
}
