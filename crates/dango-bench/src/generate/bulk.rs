//! Rows by the million, written as the store would write them but many in one statement.

use std::fmt::Write as _;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth::core::id::{SessionId, UserId};
use dango_auth::core::lockout::AccountKey;
use dango_auth::core::password::{HashParameters, PasswordHash};
use dango_auth::core::seal::{KeyRing, Purpose, SealContext, SubKey, seal};
use dango_auth::core::token::SessionToken;
use dango_auth::ports::{AuditReads as _, AuditWrites as _};
use dango_auth_store::{Store, StoreError};

use super::{bar, event, id, instant, login, mixed};
use crate::Failure;
use crate::raw::Raw;

/// Rows of one statement.
const ROWS: usize = 500;
/// The roles of people, in turn.
const ROLES: [&str; 4] = ["viewer", "operator", "editor", "developer"];
/// Rows of one transaction.
const BATCH: usize = 5_000;

/// Fills the tables up to a number of rows; what is there already is kept, so that it may be interrupted.
pub(crate) struct Bulk {
    raw: Raw,
    keys: KeyRing,
    login_names: SubKey,
    password: PasswordHash,
}

impl Bulk {
    /// Through a connection of its own, which need not survive a crash of the machine.
    pub(crate) fn new(mut raw: Raw, keys: KeyRing) -> Result<Self, Failure> {
        raw.run(match raw {
            Raw::Sqlite(_) => "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000",
            Raw::Postgres(_) => "SET synchronous_commit = off",
        })?;
        Ok(Self {
            raw,
            login_names: keys.subkey(Purpose::LoginName),
            password: PasswordHash::dummy(&HashParameters::insecure_for_tests()),
            keys,
        })
    }

    /// People without anybody's trace in the log; the administrator is there besides.
    pub(crate) fn people(&mut self, count: usize) -> Result<bool, Failure> {
        let there = self.raw.number("SELECT COUNT(*) AS count FROM users")?;
        self.fill("people", there.saturating_sub(1)..count, Self::add_people)
    }

    /// Sessions of all of them in turn.
    pub(crate) fn sessions(&mut self, count: usize, people: usize) -> Result<bool, Failure> {
        let of_people = "SELECT COUNT(*) AS count FROM sessions WHERE user_agent = 'generated'";
        let there = self.raw.number(of_people)?;
        self.fill("sessions", there..count, |bulk, numbers| {
            bulk.add_sessions(numbers, people)
        })
    }

    /// Notes what planners go by.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        self.raw.run(match self.raw {
            Raw::Sqlite(_) => "PRAGMA wal_checkpoint(TRUNCATE)",
            Raw::Postgres(_) => "VACUUM ANALYZE",
        })
    }

    fn fill(
        &mut self,
        what: &'static str,
        numbers: Range<usize>,
        mut add: impl FnMut(&mut Self, Range<usize>) -> Result<(), Failure>,
    ) -> Result<bool, Failure> {
        if numbers.is_empty() {
            return Ok(false);
        }
        let bar = bar(what, numbers.len())?;
        for start in numbers.clone().step_by(BATCH) {
            self.raw.run("BEGIN")?;
            let batch = start..(start + BATCH).min(numbers.end);
            for first in batch.clone().step_by(ROWS) {
                add(self, first..(first + ROWS).min(batch.end))?;
            }
            self.raw.run("COMMIT")?;
            bar.inc(batch.len() as u64);
        }
        bar.finish_and_clear();
        Ok(true)
    }

    fn add_people(&mut self, numbers: Range<usize>) -> Result<(), Failure> {
        let (mut people, mut names) = (String::new(), String::new());
        for number in numbers {
            let comma = if people.is_empty() { "" } else { "," };
            let (id, login) = (UserId::from_random(id(number)), login(number));
            let at = instant(number).timestamp_micros();
            let role = ROLES
                .into_iter()
                .cycle()
                .nth(number % ROLES.len())
                .unwrap_or("viewer");
            let key = AccountKey::of_user(&self.login_names, id);
            let (key, sealed) = (self.raw.bytes(key.as_bytes()), self.sealed(id, number)?);
            let kind = self.password.describe();
            write!(
                people,
                "{comma}('{id}',1,{key},'{login}','{login}','{role}',TRUE,TRUE,{sealed},'{kind}',{at},FALSE,1,{at},{at})"
            )?;
            write!(names, "{comma}('{login}','{id}')")?;
        }
        self.raw.run(&format!(
            "INSERT INTO users (id, version, account_key, username, email, role, everywhere, active,
                password_sealed, password_kind, password_changed_at, must_change, security_epoch,
                created_at, updated_at) VALUES {people};
             INSERT INTO login_names (name, user_id) VALUES {names}"
        ))
    }

    fn sealed(&self, id: UserId, number: usize) -> Result<String, Failure> {
        let row_id = id.to_string();
        let context = SealContext {
            table: "users",
            column: "password_sealed",
            row_id: &row_id,
        };
        let mut nonce = [0; 24];
        if let Some(part) = nonce.first_chunk_mut() {
            *part = mixed(number).to_be_bytes();
        }
        let sealed = seal(
            &self.keys,
            context,
            self.password.to_stored().as_bytes(),
            nonce,
        )?;
        Ok(self.raw.bytes(&sealed))
    }

    fn add_sessions(&mut self, numbers: Range<usize>, people: usize) -> Result<(), Failure> {
        let mut rows = String::new();
        for number in numbers {
            let comma = if rows.is_empty() { "" } else { "," };
            let session = SessionId::from_random(super::id(number ^ (1 << 40)));
            let user = UserId::from_random(id(number % people));
            let token = self.raw.bytes(token(number).hash().as_bytes());
            let (begin, end) = (in_use().timestamp_micros(), expiry().timestamp_micros());
            write!(
                rows,
                "{comma}('{session}','{user}',{token},'bearer',FALSE,1,{begin},{begin},{end},'192.0.2.1','generated')"
            )?;
        }
        self.raw.run(&format!(
            "INSERT INTO sessions (id, user_id, token_hash, transport, partial, security_epoch, created_at,
                last_activity, expires_at, ip, user_agent) VALUES {rows}"
        ))
    }
}

/// Notes events until the log has that many, each chained to the one before.
pub(crate) fn events(store: &Store, count: usize) -> Result<bool, Failure> {
    let (last, _) = store.read(|tx| tx.audit_head())?;
    let numbers = usize::try_from(last)?..count;
    if numbers.is_empty() {
        return Ok(false);
    }
    let bar = bar("events", numbers.len())?;
    for start in numbers.clone().step_by(BATCH) {
        let batch = start..(start + BATCH).min(numbers.end);
        store.write(|tx| {
            batch.clone().for_each(|number| tx.note(event(number)));
            Ok::<_, StoreError>(())
        })?;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(true)
}

/// The token of the session with this number.
pub(crate) fn token(number: usize) -> SessionToken {
    let mut random = [0; 32];
    for (place, part) in random.chunks_exact_mut(8).enumerate() {
        part.copy_from_slice(&mixed(number * 4 + place).to_be_bytes());
    }
    SessionToken::from_random(random)
}

/// When sessions were used last: in a time to come, so that none is idle however long the data is kept.
fn in_use() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(70 * 365)
}

fn expiry() -> DateTime<Utc> {
    in_use() + TimeDelta::days(365)
}
