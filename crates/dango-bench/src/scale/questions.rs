//! Everything that is asked of a small and a large database.

use dango_auth::core::audit::{EventName, Origin, Outcome, Via};
use dango_auth::core::id::UserId;
use dango_auth::core::name::LoginName;
use dango_auth::ports::{AuditFilter, UserCursor, UserFilter, UserReads as _};
use dango_auth::sessions::Presented;

use crate::Failure;
use crate::generate::{self, bulk};
use crate::kept::Kept;

/// Rows of a page; the smallest database fills one for every question but the searches for few.
const PAGE: u32 = 20;

/// Which rows it is that there are many of.
#[derive(Clone, Copy)]
pub(super) enum About {
    People,
    Sessions,
    Events,
}

/// One question; the number makes every asking a different one.
pub(super) struct Question {
    pub(super) name: &'static str,
    pub(super) about: About,
    pub(super) ask: fn(&Kept, usize) -> Result<(), Failure>,
}

macro_rules! questions {
    ($($about:ident $name:literal => $ask:expr;)+) => {
        /// All of them.
        pub(super) const QUESTIONS: &[Question] = &[
            $(Question { name: $name, about: About::$about, ask: $ask },)+
        ];
    };
}

questions! {
    People "sign-in name looked up" => sign_in;
    Sessions "session looked up, with its owner" => authenticate;
    Sessions "sessions of one person" => sessions_of;
    People "people, first page" => |on, _| list(on, None, UserFilter::default());
    People "people, a page in the middle" => |on, _| list(on, Some(on.size.people / 2), UserFilter::default());
    People "people of one role" => |on, _| by_role(on, None);
    People "people of one role, in the middle" => |on, _| by_role(on, Some(on.size.people / 2));
    People "people searched, all match" => |on, _| searched(on, "example", None);
    People "people searched, all match, in the middle" => |on, _| {
        searched(on, "example", Some(on.size.people / 2))
    };
    People "people searched, one matches" => |on, number| searched(on, &generate::login(some(on, number)), None);
    People "people searched, part of one name" => |on, number| {
        let login = generate::login(some(on, number));
        searched(on, login.get(5..22).unwrap_or_default(), None)
    };
    People "people searched, nobody matches" => nobody;
    Events "events, newest" => |on, _| audit(on, &AuditFilter::default());
    Events "events, a page in the middle" => |on, _| {
        let before = Some(middle(on));
        audit(on, &AuditFilter { before, ..AuditFilter::default() })
    };
    Events "events of one type" => |on, _| of_type(on, EventName::LOGIN_SUCCESS, None);
    Events "events of one type, in the middle" => |on, _| {
        of_type(on, EventName::LOGIN_SUCCESS, Some(middle(on)))
    };
    Events "events of a rare type" => |on, _| of_type(on, generate::RARE_KIND, None);
    Events "events by one person" => |on, number| by(on, generate::actor(number));
    Events "events by somebody who rarely acts" => |on, _| by(on, generate::RARE_ACTOR.to_owned());
    Events "events about one person" => |on, number| {
        let user = Some(generate::login(number % generate::ACTORS));
        audit(on, &AuditFilter { user, ..AuditFilter::default() })
    };
    Events "events from one address, that failed" => |on, number| {
        let ip = Some(generate::address(number).into());
        let outcome = Some(Outcome::Failure);
        audit(on, &AuditFilter { ip, outcome, ..AuditFilter::default() })
    };
    Events "events of a span of time" => |on, _| {
        let since = Some(generate::instant(on.size.events / 2));
        let until = Some(generate::instant(on.size.events / 2 + 100));
        audit(on, &AuditFilter { since, until, ..AuditFilter::default() })
    };
}

#[allow(clippy::cast_possible_truncation)] // a remainder
fn some(on: &Kept, number: usize) -> usize {
    generate::mixed(number) as usize % on.size.people
}

fn middle(on: &Kept) -> i64 {
    i64::try_from(on.size.events / 2).unwrap_or(i64::MAX)
}

fn sign_in(on: &Kept, number: usize) -> Result<(), Failure> {
    let name = LoginName::parse(&generate::login(some(on, number)))?;
    let found = on.at.store.read(|tx| tx.user_by_login(&name))?;
    found.map(drop).ok_or_else(|| "a person is missing".into())
}

#[allow(clippy::cast_possible_truncation)] // a remainder
fn authenticate(on: &Kept, number: usize) -> Result<(), Failure> {
    let token = bulk::token(generate::mixed(number) as usize % on.size.sessions);
    let presented = Presented::bearer(token.expose());
    let sessions = on.at.auth.sessions();
    sessions.authenticate(presented, Origin::local(Via::Api))?;
    Ok(())
}

fn sessions_of(on: &Kept, number: usize) -> Result<(), Failure> {
    let user = UserId::from_random(generate::id(some(on, number)));
    answered(on.at.auth.sessions().list_of(&on.at.caller, user)?.len())
}

fn list(on: &Kept, after: Option<usize>, filter: UserFilter) -> Result<(), Failure> {
    answered(listed(on, after, filter)?)
}

fn listed(on: &Kept, after: Option<usize>, mut filter: UserFilter) -> Result<usize, Failure> {
    filter.now = on.at.auth.now();
    let key = |number| {
        let id = UserId::from_random(generate::id(number));
        (generate::instant(number), id)
    };
    let after = UserCursor::CreatedAt(after.map(key));
    let users = on.at.auth.users();
    Ok(users.list(&on.at.caller, &filter, &after, PAGE)?.rows.len())
}

fn by_role(on: &Kept, after: Option<usize>) -> Result<(), Failure> {
    let role = Some(dango_auth::core::role::EDITOR);
    list(
        on,
        after,
        UserFilter {
            role,
            ..UserFilter::default()
        },
    )
}

fn searched(on: &Kept, part: &str, after: Option<usize>) -> Result<(), Failure> {
    list(on, after, of_search(part))
}

fn of_search(part: &str) -> UserFilter {
    let search = Some(part.to_owned());
    UserFilter {
        search,
        ..UserFilter::default()
    }
}

/// Hexadecimal digits and an `x`, as no name has them.
fn nobody(on: &Kept, number: usize) -> Result<(), Failure> {
    let part = format!("x{:07x}", generate::mixed(number) >> 36);
    match listed(on, None, of_search(&part))? {
        0 => Ok(()),
        found => Err(format!("{found} people are found that should not exist").into()),
    }
}

fn of_type(on: &Kept, name: EventName, before: Option<i64>) -> Result<(), Failure> {
    let names = vec![name];
    audit(
        on,
        &AuditFilter {
            names,
            before,
            ..AuditFilter::default()
        },
    )
}

fn by(on: &Kept, actor: String) -> Result<(), Failure> {
    let actor = Some(actor);
    audit(
        on,
        &AuditFilter {
            actor,
            ..AuditFilter::default()
        },
    )
}

fn audit(on: &Kept, filter: &AuditFilter) -> Result<(), Failure> {
    let audit = on.at.auth.audit();
    answered(audit.query(&on.at.caller, filter, PAGE)?.rows.len())
}

fn answered(rows: usize) -> Result<(), Failure> {
    if rows == 0 {
        return Err("a list is empty that should not be".into());
    }
    Ok(())
}
