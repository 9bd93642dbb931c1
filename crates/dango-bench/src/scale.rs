//! What questions cost with many people and events, against the same questions with few.

use std::time::Instant;

use dango_auth::core::audit::{EventName, Outcome};
use dango_auth::core::id::UserId;
use dango_auth::core::name::LoginName;
use dango_auth::ports::{AuditFilter, UserCursor, UserFilter, UserReads as _};
use dango_auth_store::Store;

use crate::Failure;
use crate::effort::Effort;
use crate::generate;
use crate::measure::in_turn;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};

/// Rows of a page; the smallest database fills one for every question but the search that finds one person.
const PAGE: u32 = 20;

/// A database of some size.
struct Sized {
    place: Place,
    store: Store,
    people: usize,
    events: usize,
}

/// A question; the number makes every asking a different one.
type Question = fn(&Sized, usize) -> Result<(), Failure>;

/// Everything that is asked.
const QUESTIONS: [(&str, Question); 13] = [
    ("sign-in name looked up", sign_in),
    ("people, first page", |on, _| {
        list(on, None, UserFilter::default())
    }),
    ("people, a page in the middle", deep),
    ("people of one role", by_role),
    ("people searched, many match", |on, _| {
        searched(on, "example")
    }),
    ("people searched, one matches", |on, number| {
        searched(on, &generate::login(some(on, number)))
    }),
    ("events, newest", |on, _| audit(on, &AuditFilter::default())),
    ("events, a page in the middle", |on, _| {
        let before = i64::try_from(on.people + on.events / 2).ok();
        audit(
            on,
            &AuditFilter {
                before,
                ..AuditFilter::default()
            },
        )
    }),
    ("events of one type", |on, _| {
        let names = vec![EventName::LOGIN_SUCCESS];
        audit(
            on,
            &AuditFilter {
                names,
                ..AuditFilter::default()
            },
        )
    }),
    ("events by one person", |on, number| {
        let actor = Some(generate::actor(number));
        audit(
            on,
            &AuditFilter {
                actor,
                ..AuditFilter::default()
            },
        )
    }),
    ("events about one person", |on, number| {
        let user = Some(generate::login(number % generate::ACTORS));
        audit(
            on,
            &AuditFilter {
                user,
                ..AuditFilter::default()
            },
        )
    }),
    ("events from one address, that failed", |on, number| {
        let ip = Some(generate::address(number).into());
        let outcome = Some(Outcome::Failure);
        audit(
            on,
            &AuditFilter {
                ip,
                outcome,
                ..AuditFilter::default()
            },
        )
    }),
    ("events of a span of time", |on, _| {
        let since = Some(generate::instant(on.people + on.events / 2));
        let until = Some(generate::instant(on.people + on.events / 2 + 100));
        audit(
            on,
            &AuditFilter {
                since,
                until,
                ..AuditFilter::default()
            },
        )
    }),
];

/// Asks the smallest database and each larger one in turn.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let sizes: &[(usize, usize)] = match effort {
        Effort::Once => &[(600, 900)],
        Effort::Quick => &[(10_000, 10_000)],
        Effort::Usual => &[(10_000, 100_000), (100_000, 1_000_000)],
        Effort::Large => &[(100_000, 1_000_000), (1_000_000, 1_000_000)],
    };
    let few = effort.pick(400, 1_000, 1_000);
    let small = Sized::new(few, few)?;
    let mut rows = Vec::new();
    for (people, events) in sizes {
        let large = Sized::new(*people, *events)?;
        for (case, question) in QUESTIONS {
            let of = if case.starts_with("events") {
                events
            } else {
                people
            };
            rows.push(ask(effort, &small, &large, question)?.named(format!("{case}, of {of}")));
        }
    }
    Ok(rows)
}

fn ask(effort: Effort, small: &Sized, large: &Sized, question: Question) -> Result<Row, Failure> {
    let repeats = effort.pick(1, 20, 50);
    let pair = in_turn(
        effort.rounds(),
        || microseconds(repeats, |number| question(large, number)),
        || microseconds(repeats, |number| question(small, number)),
    )?;
    Ok(Row::beside("", "µs", pair, "of 1000").within(Budget::RatioAtMost(1.5)))
}

fn microseconds(
    repeats: usize,
    mut once: impl FnMut(usize) -> Result<(), Failure>,
) -> Result<f64, Failure> {
    let start = Instant::now();
    for number in 0..repeats {
        once(number)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / repeats as f64)
}

impl Sized {
    fn new(people: usize, events: usize) -> Result<Self, Failure> {
        let place = Place::new(Hashing::Free)?;
        let store = place.store()?;
        generate::people(&store, 0..people)?;
        generate::events(&store, people..people + events)?;
        Ok(Self {
            place,
            store,
            people,
            events,
        })
    }
}

#[allow(clippy::cast_possible_truncation)] // a remainder
fn some(on: &Sized, number: usize) -> usize {
    generate::mixed(number) as usize % on.people
}

fn sign_in(on: &Sized, number: usize) -> Result<(), Failure> {
    let name = LoginName::parse(&generate::login(some(on, number)))?;
    let found = on.store.read(|tx| tx.user_by_login(&name))?;
    found.map(drop).ok_or_else(|| "a person is missing".into())
}

fn list(on: &Sized, after: Option<usize>, mut filter: UserFilter) -> Result<(), Failure> {
    filter.now = on.place.auth.now();
    let key = |number| {
        (
            generate::instant(number),
            UserId::from_random(generate::id(number)),
        )
    };
    let after = UserCursor::CreatedAt(after.map(key));
    let page = on
        .place
        .auth
        .users()
        .list(&on.place.caller, &filter, &after, PAGE)?;
    answered(page.rows.len())
}

fn deep(on: &Sized, _: usize) -> Result<(), Failure> {
    list(on, Some(on.people / 2), UserFilter::default())
}

fn by_role(on: &Sized, _: usize) -> Result<(), Failure> {
    let role = Some(dango_auth::core::role::EDITOR);
    list(
        on,
        None,
        UserFilter {
            role,
            ..UserFilter::default()
        },
    )
}

fn searched(on: &Sized, part: &str) -> Result<(), Failure> {
    let search = Some(part.to_owned());
    list(
        on,
        None,
        UserFilter {
            search,
            ..UserFilter::default()
        },
    )
}

fn audit(on: &Sized, filter: &AuditFilter) -> Result<(), Failure> {
    let audit = on.place.auth.audit();
    let page = audit.query(&on.place.caller, filter, PAGE)?;
    answered(page.rows.len())
}

fn answered(rows: usize) -> Result<(), Failure> {
    if rows == 0 {
        return Err("a list is empty that should not be".into());
    }
    Ok(())
}
