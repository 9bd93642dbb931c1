//! The audit log: events come back, queries find them, and tampering shows.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Act, Actor, Event, EventName, Origin, Outcome, Target, Via};
use dango_auth_core::id::{ApiKeyId, UserId};
use dango_auth_store::Store;
use dango_auth_store::ports::{
    AuditFilter, AuditReads as _, AuditWrites as _, ChainReport, StoredEvent,
};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    every_field_of_an_event_comes_back,
    texts_that_one_database_could_not_hold_are_made_fit_and_verify,
    the_log_refuses_changes_from_outside,
    filters_find_what_they_say,
    times_are_those_of_the_newest_events_of_the_names_asked_for,
    pages_go_back_without_gaps_for_several_names_too,
    spans_of_time_are_exact_across_blocks_and_clock_jumps,
    spans_left_by_an_older_program_are_looked_at_and_then_set_in_order,
    a_migration_sets_spans_in_order_as_appending_does,
    events_of_parallel_writers_have_no_gaps,
}

fn event(name: EventName, actor: &str, at: DateTime<Utc>) -> Event {
    let act = Act {
        actor: Actor::anonymous(actor),
        origin: Origin::local(Via::Api),
        at,
    };
    act.event(name, Target::unknown_user("bob"))
}

fn note(store: &Store, events: &[Event]) {
    store
        .write(|tx| {
            for event in events {
                tx.note(event.clone());
            }
            ok(())
        })
        .unwrap();
}

pub(crate) fn logins(store: &Store, count: i64) {
    for minute in 0..count {
        note(
            store,
            &[event(EventName::LOGIN_FAILED, "ann", minutes(minute))],
        );
    }
}

fn events(store: &Store, filter: &AuditFilter) -> Vec<StoredEvent> {
    store.read(|tx| tx.events(filter, 1_000)).unwrap().rows
}

pub(crate) fn verify(store: &Store) -> ChainReport {
    store.read(|tx| tx.verify_chain(&[])).unwrap()
}

fn every_field_of_an_event_comes_back(base: &Base) {
    let store = base.open();
    let (user, key) = (UserId::from_random(fresh()), ApiKeyId::from_random(fresh()));
    let mut full = event(EventName::ROLE_CHANGED, "x", noon())
        .detail("text", "ä\u{1b}[0m")
        .detail("number", -7)
        .detail("flag", true)
        .denied()
        .in_workspace(workspace_name("sales"));
    full.actor = Actor::api_key(key, user, "ann");
    full.target = Some(Target::user(user, "bob"));
    full.origin.ip = Some("2001:db8::9".parse().unwrap());
    full.origin = full.origin.with_user_agent("browser/1.0");
    full.origin.request_id = Some("req-1".to_owned());
    let mut plain = event(EventName::parse("own_event").unwrap(), "", minutes(1)).failed();
    plain.target = None;
    note(&store, &[full.clone(), plain.clone()]);
    let found = events(&store, &AuditFilter::default());
    assert_eq!((found[0].id, found[1].id), (2, 1));
    assert_eq!(found[0].event, plain);
    let found = &found[1].event;
    assert_eq!(
        (found.actor.id(), found.actor.name()),
        (full.actor.id(), "ann")
    );
    assert_eq!(
        format!("{:?}", found.details),
        format!("{:?}", full.details)
    );
    let expected = Event {
        actor: found.actor.clone(),
        ..full
    };
    assert_eq!(*found, expected);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 2 });
    let (last_id, mac) = store.read(|tx| tx.audit_head()).unwrap();
    assert_eq!(last_id, 2);
    assert_eq!(mac, events(&store, &AuditFilter::default())[0].mac);
}

fn texts_that_one_database_could_not_hold_are_made_fit_and_verify(base: &Base) {
    let store = base.open();
    let mut odd = event(EventName::LOGIN_FAILED, &"n\0".repeat(5_000), noon()).detail("x", "\0");
    odd.target = Some(Target::unknown_user("ü".repeat(5_000)));
    odd.origin.request_id = Some("a\0b".to_owned());
    note(&store, &[odd]);
    let found = events(&store, &AuditFilter::default());
    assert_eq!(found[0].event.actor.name().chars().count(), 512);
    assert!(found[0].event.actor.name().starts_with("n\u{FFFD}n"));
    assert_eq!(
        found[0].event.origin.request_id.as_deref(),
        Some("a\u{FFFD}b")
    );
    assert_eq!(verify(&store), ChainReport::Intact { rows: 1 });
}

fn the_log_refuses_changes_from_outside(base: &Base) {
    let store = base.open();
    logins(&store, 1);
    let attempts = [
        "UPDATE audit_events SET actor_name = 'x'",
        "DELETE FROM audit_events",
    ];
    for attempt in attempts {
        let base = std::panic::AssertUnwindSafe(base);
        assert!(
            std::panic::catch_unwind(|| base.sql(attempt)).is_err(),
            "{attempt}"
        );
    }
    assert_eq!(verify(&store), ChainReport::Intact { rows: 1 });
}

/// Four events, each with something of its own.
fn four(store: &Store) {
    let mut four = [
        event(EventName::LOGIN_FAILED, "ann", minutes(0)).failed(),
        event(EventName::LOGIN_SUCCESS, "ann", minutes(1)),
        event(EventName::LOGOUT, "bob", minutes(2)),
        event(EventName::PERMISSION_DENIED, "cid", minutes(3)).denied(),
    ];
    four[2].origin.ip = Some("192.0.2.1".parse().unwrap());
    four[3].target = Some(Target::system("bob"));
    note(store, &four);
}

fn filters_find_what_they_say(base: &Base) {
    let store = base.open();
    four(&store);
    let check = |ids: &[i64], set: &dyn Fn(&mut AuditFilter)| {
        let mut filter = AuditFilter::default();
        set(&mut filter);
        let found: Vec<i64> = events(&store, &filter)
            .iter()
            .map(|stored| stored.id)
            .collect();
        assert_eq!(found, ids, "{filter:?}");
    };
    check(&[4, 3, 2, 1], &|_| {});
    check(&[4, 3], &|filter| filter.since = Some(minutes(2)));
    check(&[2, 1], &|filter| filter.until = Some(minutes(2)));
    check(&[3, 2], &|filter| {
        filter.since = Some(minutes(1));
        filter.until = Some(minutes(3));
    });
    check(&[3], &|filter| filter.names = vec![EventName::LOGOUT]);
    check(&[2, 1], &|filter| {
        let twice = EventName::LOGIN_SUCCESS;
        filter.names = vec![twice.clone(), EventName::LOGIN_FAILED, twice];
    });
    check(&[2, 1], &|filter| filter.actor = Some("ann".to_owned()));
    check(&[3, 2, 1], &|filter| filter.user = Some("bob".to_owned()));
    check(&[3], &|filter| filter.ip = "192.0.2.1".parse().ok());
    check(&[4], &|filter| filter.outcome = Some(Outcome::Denied));
    check(&[2, 1], &|filter| filter.before = Some(3));
    let exists = |name| store.read(|tx| tx.event_name_exists(&name)).unwrap();
    assert!(exists(EventName::LOGOUT));
    assert!(!exists(EventName::USER_DELETED));
}

fn times_are_those_of_the_newest_events_of_the_names_asked_for(base: &Base) {
    let store = base.open();
    four(&store);
    let times = |names: &[EventName], limit| {
        let filter = AuditFilter {
            names: names.to_vec(),
            ..AuditFilter::default()
        };
        store.read(|tx| tx.event_times(&filter, limit)).unwrap()
    };
    let all: Vec<(EventName, DateTime<Utc>)> = events(&store, &AuditFilter::default())
        .into_iter()
        .map(|stored| (stored.event.name, stored.event.at))
        .filter(|(name, _)| *name != EventName::PERMISSION_DENIED)
        .collect();
    let names: Vec<EventName> = all.iter().map(|(name, _)| name.clone()).collect();
    let found = times(&names, 10).into_iter().map(|it| (it.name, it.at));
    assert_eq!(found.collect::<Vec<_>>(), all);
    assert_eq!(times(&names, 1).len(), 1);
    assert!(times(&[], 10).is_empty());
}

fn pages_go_back_without_gaps_for_several_names_too(base: &Base) {
    let store = base.open();
    let names = [
        EventName::LOGIN_FAILED,
        EventName::LOGOUT,
        EventName::LOGIN_SUCCESS,
    ];
    for number in 0..20 {
        note(&store, &[event(names[number % 3].clone(), "ann", noon())]);
    }
    let walk = |names: Vec<EventName>| {
        let (mut before, mut ids) = (None, Vec::new());
        loop {
            let filter = AuditFilter {
                names: names.clone(),
                before,
                ..AuditFilter::default()
            };
            let page = store.read(|tx| tx.events(&filter, 3)).unwrap();
            ids.extend(page.rows.iter().map(|stored| stored.id));
            if !page.more {
                return ids;
            }
            before = ids.last().copied();
        }
    };
    assert_eq!(walk(Vec::new()), (1..=20).rev().collect::<Vec<i64>>());
    let two: Vec<i64> = (1..=20).rev().filter(|id| id % 3 != 0).collect();
    assert_eq!(walk(names[..2].to_vec()), two);
}

/// Three blocks and a tail; the second block holds events taken over from long ago.
pub(crate) fn blocks(store: &Store) -> Vec<(i64, DateTime<Utc>)> {
    let instants: Vec<DateTime<Utc>> = (0..3_500)
        .map(|number| {
            let long_ago = (1_500..1_600).contains(&number);
            minutes(if long_ago {
                number - 1_000_000
            } else {
                number - number % 7
            })
        })
        .collect();
    let events: Vec<Event> = instants
        .iter()
        .map(|at| event(EventName::LOGOUT, "ann", *at))
        .collect();
    for chunk in events.chunks(700) {
        note(store, chunk);
    }
    (1..).zip(instants).collect()
}

fn spans_of_time_are_exact_across_blocks_and_clock_jumps(base: &Base) {
    let store = base.open();
    let written = blocks(&store);
    assert_eq!(places(base).len(), 3);
    spans_are_exact(&store, &written);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 3_500 });
}

/// Asks for spans of time that begin and end in every part of [`blocks`].
fn spans_are_exact(store: &Store, written: &[(i64, DateTime<Utc>)]) {
    let spans = [
        (Some(100), Some(200)),
        (Some(1_400), Some(2_100)),
        (None, Some(-990_000)),
        (Some(-999_000), Some(-998_450)),
        (Some(3_400), None),
        (Some(3_000), Some(3_100)),
        (None, Some(5)),
        (Some(90_000), None),
        (None, Some(-2_000_000)),
    ];
    for (since, until) in spans {
        let (since, until) = (since.map(minutes), until.map(minutes));
        let inside = |at: &DateTime<Utc>| {
            since.is_none_or(|since| *at >= since) && until.is_none_or(|until| *at < until)
        };
        let mut expected: Vec<i64> = written
            .iter()
            .filter(|(_, at)| inside(at))
            .map(|(id, _)| *id)
            .collect();
        expected.reverse();
        let filter = AuditFilter {
            since,
            until,
            ..AuditFilter::default()
        };
        let page = store.read(|tx| tx.events(&filter, 4_000)).unwrap();
        let found: Vec<i64> = page.rows.iter().map(|stored| stored.id).collect();
        assert_eq!(found, expected, "{since:?} {until:?}");
    }
}

/// Each block's place in the order of time.
fn places(base: &Base) -> Vec<String> {
    base.values(
        "SELECT first_id || ' ' || COALESCE(CAST(latest_so_far AS TEXT), '-') || ' ' ||
                COALESCE(CAST(earliest_from_here AS TEXT), '-') AS value
         FROM audit_spans ORDER BY first_id",
    )
}

const UNPLACED: &str = "UPDATE audit_spans SET latest_so_far = NULL, earliest_from_here = NULL";

fn spans_left_by_an_older_program_are_looked_at_and_then_set_in_order(base: &Base) {
    let store = base.open();
    let written = blocks(&store);
    let before = places(base);
    base.sql(&format!("{UNPLACED} WHERE first_id > 1"));
    base.sql("UPDATE audit_spans SET earliest_from_here = earliest WHERE first_id = 1");
    spans_are_exact(&store, &written);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 3_500 });
    let later = vec![event(EventName::LOGOUT, "ann", minutes(3_500)); 700];
    note(&store, &later);
    assert_eq!(places(base)[..3], before);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 4_200 });
}

fn a_migration_sets_spans_in_order_as_appending_does(base: &Base) {
    let store = base.open();
    blocks(&store);
    let before = places(base);
    let migration = if base.is_sqlite() {
        include_str!("../../migrations/sqlite/0012_spans_in_order/up.sql")
    } else {
        include_str!("../../migrations/postgres/0012_spans_in_order/up.sql")
    };
    let (_, statement) = migration.split_once("UPDATE").unwrap();
    let (statement, _) = statement.split_once(';').unwrap();
    base.sql(UNPLACED);
    base.sql(&format!("UPDATE{statement}"));
    assert_eq!(places(base), before);
}

fn events_of_parallel_writers_have_no_gaps(base: &Base) {
    let store = base.open();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| logins(&store, 10));
        }
    });
    assert_eq!(verify(&store), ChainReport::Intact { rows: 80 });
}
