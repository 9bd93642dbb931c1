//! A role change with everything that belongs to it, against the least that a durable commit costs.

use std::path::Path;
use std::time::Instant;

use dango_auth::core::id::UserId;
use dango_auth::core::name::RoleName;
use dango_auth::core::role;
use dango_auth::users::Revision;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_query};

use crate::Failure;
use crate::effort::Effort;
use crate::generate;
use crate::measure::in_turn;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};

/// Measures commits per second of both.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let place = Place::new(Hashing::Free)?;
    generate::people(&place.store()?, 0..1_000)?;
    let mut raw = raw_database(&place.folder())?;
    let count = effort.pick(4, 200, 1_000);
    let mut change = 0_usize;
    let pair = in_turn(
        effort.rounds(),
        || {
            rate(count, || {
                change += 1;
                change_role(&place, change)
            })
        },
        || rate(count, || insert(&mut raw)),
    )?;
    let row = Row::beside(
        "role change, audited, SQLite FULL",
        "per s",
        pair,
        "one-row commits",
    );
    Ok(vec![row.within(Budget::RatioAtLeast(0.5))])
}

fn rate(count: usize, mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

fn change_role(place: &Place, number: usize) -> Result<(), Failure> {
    let person = number % 1_000;
    let even = (number / 1_000).is_multiple_of(2);
    let wanted: RoleName = if even { role::MANAGER } else { role::OPERATOR };
    let revision = Revision {
        role: Some(wanted),
        ..Revision::default()
    };
    let id = UserId::from_random(generate::id(person));
    place
        .auth
        .users()
        .revise(&place.caller, id, &revision, None)?;
    Ok(())
}

/// A database of one table, with the pragmas of ours.
#[allow(clippy::disallowed_methods)] // not the store's database
fn raw_database(folder: &Path) -> Result<SqliteConnection, Failure> {
    let path = folder.join("raw.db");
    let path = path.to_str().ok_or("the folder's name is not text")?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(
        "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE notes (id INTEGER PRIMARY KEY NOT NULL, note TEXT NOT NULL) STRICT;",
    )?;
    Ok(connection)
}

fn insert(connection: &mut SqliteConnection) -> Result<(), Failure> {
    sql_query("INSERT INTO notes (note) VALUES ('somebody changed something')")
        .execute(connection)?;
    Ok(())
}
