//! People and events in any number, the same in every run.

pub(crate) mod bulk;

use std::net::Ipv4Addr;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth::core::audit::{Act, Actor, Event, EventName, Origin, Outcome, Target, Via};
use dango_auth::core::id::UserId;
use dango_auth::core::name::{EmailAddress, Username};
use dango_auth::core::password::{HashParameters, PasswordHash};
use dango_auth::core::role;
use dango_auth::core::user::{NewUser, TemporaryPassword, User};
use dango_auth::core::workspace::WorkspaceAccess;
use dango_auth_store::{Store, StoreError};
use indicatif::{ProgressBar, ProgressStyle};

use crate::Failure;

/// How many go into one transaction.
const BATCH: usize = 1_000;
/// The kinds of events, in turn.
const KINDS: [EventName; 3] = [
    EventName::USER_CREATED,
    EventName::LOGIN_SUCCESS,
    EventName::LOGIN_FAILED,
];
/// How many different people act, and from how many addresses: few enough that each fills a page of a small log.
pub(crate) const ACTORS: usize = 10;
/// How many events are at least of a kind, and by a person, that never come again after the first.
pub(crate) const RARE: usize = 20;
/// The kind of those.
pub(crate) const RARE_KIND: EventName = EventName::SETTINGS_CHANGED;
/// The name of that person.
pub(crate) const RARE_ACTOR: &str = "rare.person@example.org";

/// A number that looks random, always the same for the same `number` (`SplitMix64`).
pub(crate) const fn mixed(number: usize) -> u64 {
    let word = (number as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The id of the person with this number.
pub(crate) fn id(number: usize) -> [u8; 16] {
    (u128::from(mixed(number)) << 64 | u128::from(mixed(number ^ usize::MAX))).to_be_bytes()
}

/// The login name of the person with this number.
pub(crate) fn login(number: usize) -> String {
    format!("person.{:06x}.{number}@example.org", mixed(number) >> 40)
}

/// When the person or event with this number came to be.
pub(crate) fn instant(number: usize) -> DateTime<Utc> {
    let seconds = i64::try_from(number).unwrap_or(i64::MAX >> 24);
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_500_000_000 + seconds)
}

/// The name of the one who acts in the event with this number.
pub(crate) fn actor(number: usize) -> String {
    login(usize::try_from(mixed(number) >> 8).unwrap_or_default() % ACTORS)
}

/// The address that the event with this number comes from.
pub(crate) fn address(number: usize) -> Ipv4Addr {
    let last = u8::try_from(mixed(number) % ACTORS as u64).unwrap_or_default();
    Ipv4Addr::new(192, 0, 2, last)
}

/// Adds the people with these numbers, audited as always.
pub(crate) fn people(store: &Store, numbers: Range<usize>) -> Result<(), Failure> {
    let bar = bar("people", numbers.len())?;
    for batch in batches(numbers) {
        let people = batch.clone().map(person).collect::<Result<Vec<_>, _>>()?;
        store.change(|tx| {
            for (number, new) in batch.clone().zip(&people) {
                let act = act(number);
                tx.record(User::created(new.clone(), password(), &act))?;
            }
            Ok::<_, StoreError>(())
        })?;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

fn batches(numbers: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = numbers.end;
    numbers
        .step_by(BATCH)
        .map(move |start| start..(start + BATCH).min(end))
}

fn bar(what: &'static str, count: usize) -> Result<ProgressBar, Failure> {
    let style = ProgressStyle::with_template("    {msg} {wide_bar} {pos}/{len}")?;
    Ok(ProgressBar::new(count as u64)
        .with_style(style)
        .with_message(what))
}

fn person(number: usize) -> Result<NewUser, Failure> {
    let login = login(number);
    let roles = [role::VIEWER, role::OPERATOR, role::EDITOR, role::DEVELOPER];
    let role = roles.into_iter().cycle().nth(number % 4);
    Ok(NewUser {
        id: UserId::from_random(id(number)),
        username: Username::parse(&login)?,
        email: Some(EmailAddress::parse(&login)?),
        role: role.unwrap_or(role::VIEWER),
        access: WorkspaceAccess::Everywhere,
    })
}

fn password() -> TemporaryPassword {
    TemporaryPassword {
        hash: PasswordHash::dummy(&HashParameters::insecure_for_tests()),
        must_change: false,
        expires_at: None,
    }
}

fn act(number: usize) -> Act {
    let mut origin = Origin::local(Via::Api);
    origin.ip = Some(address(number).into());
    Act {
        actor: Actor::user(UserId::from_random(id(number)), actor(number)),
        origin,
        at: instant(number),
    }
}

fn event(number: usize) -> Event {
    let about = usize::try_from(mixed(number) >> 16).unwrap_or_default() % ACTORS;
    let target = Target::user(UserId::from_random(id(about)), login(about));
    let mut act = act(number);
    let kind = if number < RARE * 2 {
        act.actor = Actor::user(UserId::from_random(id(number)), RARE_ACTOR.to_owned());
        Some(RARE_KIND)
    } else {
        KINDS.into_iter().cycle().nth(number % KINDS.len())
    };
    let mut event = act.event(kind.unwrap_or(EventName::USER_CREATED), target);
    if event.name == EventName::LOGIN_FAILED {
        event.outcome = Outcome::Failure;
    }
    event
}
