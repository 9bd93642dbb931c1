//! Sessions.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use dango_auth_core::id::{SessionId, UserId};
use dango_auth_core::session::{Ending, Session, Stage, Transport};
use dango_auth_core::token::TokenHash;
use diesel::prelude::*;

use crate::Answer;
use crate::account::{UserRecord, with_access};
use crate::ports::{SessionChanges, SessionReads, SessionRow, SessionWrites, Touch};
use crate::prepared::StayPrepared as _;
use crate::row::{Row, micros};
use crate::schema::{second_factors, sessions, users};
use crate::tx::{ChangeTx, ReadTx, WriteTx};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
#[diesel(treat_none_as_default_value = false)]
struct SessionRecord {
    id: String,
    user_id: String,
    token_hash: Vec<u8>,
    transport: String,
    partial: bool,
    security_epoch: i64,
    created_at: i64,
    last_activity: i64,
    expires_at: i64,
    ip: Option<String>,
    user_agent: Option<String>,
}

impl SessionRecord {
    fn of(session: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            user_id: session.user.to_string(),
            token_hash: session.token_hash.as_bytes().to_vec(),
            transport: session.transport.as_str().to_owned(),
            partial: session.stage == Stage::Partial,
            security_epoch: session.security_epoch,
            created_at: micros(session.created_at),
            last_activity: micros(session.last_activity),
            expires_at: micros(session.expires_at),
            ip: session.ip.map(|ip| ip.to_string()),
            user_agent: session.user_agent.clone(),
        }
    }

    fn into_session(self) -> Answer<Session> {
        let row = Row {
            table: "sessions",
            id: &self.id,
        };
        Ok(Session {
            id: row.parse("id", &self.id)?,
            user: row.parse("user_id", &self.user_id)?,
            token_hash: row.need("token_hash", TokenHash::from_slice(&self.token_hash))?,
            transport: row.need("transport", Transport::parse(&self.transport))?,
            stage: if self.partial {
                Stage::Partial
            } else {
                Stage::Full
            },
            security_epoch: self.security_epoch,
            created_at: row.instant("created_at", self.created_at)?,
            last_activity: row.instant("last_activity", self.last_activity)?,
            expires_at: row.instant("expires_at", self.expires_at)?,
            ip: row.parse_opt::<IpAddr>("ip", self.ip.as_deref())?,
            user_agent: self.user_agent,
        })
    }
}

impl SessionReads for ReadTx<'_> {
    fn session_by_token(&mut self, token: &TokenHash) -> Answer<Option<SessionRow>> {
        let found: Option<(SessionRecord, UserRecord, Option<bool>)> = self.query(|link| {
            sessions::table
                .inner_join(users::table.left_join(second_factors::table))
                .filter(sessions::token_hash.eq(token.as_bytes().as_slice()))
                .filter(sessions::ended_at.is_null())
                .select((
                    SessionRecord::as_select(),
                    UserRecord::as_select(),
                    second_factors::enabled.nullable(),
                ))
                .get_result(link)
                .optional()
        })?;
        let Some((session, user, factor)) = found else {
            return Ok(None);
        };
        let session = session.into_session()?;
        let user = with_access(self, vec![user])?.pop();
        Ok(user.map(|user| SessionRow {
            session,
            user,
            second_factor_on: factor.unwrap_or(false),
        }))
    }

    fn sessions_of(&mut self, user: UserId) -> Answer<Vec<Session>> {
        let found: Vec<SessionRecord> = self.query(|link| {
            sessions::table
                .filter(sessions::user_id.eq(user.to_string()))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::partial.eq(false))
                .order((sessions::created_at.asc(), sessions::id.asc()))
                .select(SessionRecord::as_select())
                .load(link)
        })?;
        found.into_iter().map(SessionRecord::into_session).collect()
    }
}

/// Marks sessions as ended; what ended stays so, also when a clock jumps back.
fn end(tx: &mut WriteTx<'_>, ids: &[String], ending: Ending, now: DateTime<Utc>) -> Answer<u64> {
    let ended = tx.query(|link| {
        diesel::update(sessions::table)
            .filter(sessions::id.eq_any(ids))
            .filter(sessions::ended_at.is_null())
            .set((
                sessions::ended_at.eq(micros(now)),
                sessions::ending.eq(ending.as_str()),
            ))
            .execute(link)
    })?;
    Ok(ended as u64)
}

/// A session to be ended: its id, whose it is, and why.
type Ended = (SessionId, UserId, Ending);

impl SessionWrites for WriteTx<'_> {
    fn insert_session(&mut self, session: &Session) -> Answer<()> {
        let record = SessionRecord::of(session);
        self.query(|link| {
            diesel::insert_into(sessions::table)
                .values(&record)
                .execute(link)
        })
        .map(drop)
    }

    fn touch_sessions(&mut self, touches: &[Touch<SessionId>]) -> Answer<()> {
        // Always in the same order, so that two servers' flushes cannot wait for each other.
        let mut touches = touches.to_vec();
        touches.sort_by_key(|touch| touch.id);
        for touch in touches {
            let at = micros(touch.at);
            self.query(|link| {
                diesel::update(sessions::table.find(touch.id.to_string()))
                    .filter(sessions::ended_at.is_null())
                    .filter(sessions::last_activity.lt(at))
                    .set(sessions::last_activity.eq(at))
                    .returning(sessions::last_activity)
                    .stay_prepared()
                    .count::<i64>(link)
            })?;
        }
        Ok(())
    }

    fn displace_sessions(&mut self, user: UserId, keep: u32, now: DateTime<Utc>) -> Answer<u64> {
        let beyond: Vec<String> = self.query(|link| {
            sessions::table
                .filter(sessions::user_id.eq(user.to_string()))
                .filter(sessions::ended_at.is_null())
                .order((sessions::created_at.desc(), sessions::id.desc()))
                .select(sessions::id)
                .limit(i64::MAX)
                .offset(i64::from(keep))
                .load(link)
        })?;
        if beyond.is_empty() {
            return Ok(0);
        }
        // They were usable until now, so other servers must hear of it.
        self.bump_guard()?;
        end(self, &beyond, Ending::Displaced, now)
    }

    fn sweep_sessions(
        &mut self,
        now: DateTime<Utc>,
        idle_before: DateTime<Utc>,
        remove_before: DateTime<Utc>,
        limit: u32,
    ) -> Answer<Vec<(SessionId, UserId, Ending)>> {
        remove_ended(self, remove_before, limit)?;
        let mut ended = lapsed(self, now, limit)?;
        let left = limit.saturating_sub(u32::try_from(ended.len()).unwrap_or(u32::MAX));
        ended.extend(idle(self, idle_before, now, left)?);
        for ending in [Ending::Expired, Ending::Idle] {
            let of_kind = ended.iter().filter(|(_, _, kind)| *kind == ending);
            let ids: Vec<String> = of_kind.map(|(id, _, _)| id.to_string()).collect();
            end(self, &ids, ending, now)?;
        }
        Ok(ended)
    }
}

fn remove_ended(tx: &mut WriteTx<'_>, before: DateTime<Utc>, limit: u32) -> Answer<()> {
    let old: Vec<String> = tx.query(|link| {
        sessions::table
            .filter(sessions::ended_at.is_not_null())
            .filter(sessions::ended_at.lt(micros(before)))
            .select(sessions::id)
            .limit(i64::from(limit))
            .load(link)
    })?;
    tx.query(|link| diesel::delete(sessions::table.filter(sessions::id.eq_any(old))).execute(link))
        .map(drop)
}

fn lapsed(tx: &mut ReadTx<'_>, now: DateTime<Utc>, limit: u32) -> Answer<Vec<Ended>> {
    let found = tx.query(|link| {
        sessions::table
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.le(micros(now)))
            .order(sessions::expires_at.asc())
            .select((sessions::id, sessions::user_id))
            .limit(i64::from(limit))
            .load(link)
    })?;
    labelled(found, Ending::Expired)
}

fn idle(
    tx: &mut ReadTx<'_>,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: u32,
) -> Answer<Vec<Ended>> {
    let found = tx.query(|link| {
        sessions::table
            .filter(sessions::ended_at.is_null())
            .filter(sessions::last_activity.le(micros(before)))
            .filter(sessions::expires_at.gt(micros(now)))
            .order(sessions::last_activity.asc())
            .select((sessions::id, sessions::user_id))
            .limit(i64::from(limit))
            .load(link)
    })?;
    labelled(found, Ending::Idle)
}

fn labelled(found: Vec<(String, String)>, ending: Ending) -> Answer<Vec<Ended>> {
    found
        .into_iter()
        .map(|(id, user)| {
            let row = Row {
                table: "sessions",
                id: &id,
            };
            Ok((row.parse("id", &id)?, row.parse("user_id", &user)?, ending))
        })
        .collect()
}

impl SessionChanges for ChangeTx<'_> {
    fn end_session(&mut self, id: SessionId, ending: Ending, now: DateTime<Utc>) -> Answer<bool> {
        Ok(end(self, &[id.to_string()], ending, now)? == 1)
    }

    fn end_sessions(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        now: DateTime<Utc>,
    ) -> Answer<u64> {
        let alive: Vec<(String, bool, i64)> = self.query(|link| {
            sessions::table
                .filter(sessions::user_id.eq(user.to_string()))
                .filter(sessions::ended_at.is_null())
                .select((sessions::id, sessions::partial, sessions::expires_at))
                .load(link)
        })?;
        let except = except.map(|id| id.to_string());
        let ending: Vec<_> = alive
            .into_iter()
            .filter(|(id, ..)| except.as_ref() != Some(id))
            .collect();
        let ids: Vec<String> = ending.iter().map(|(id, ..)| id.clone()).collect();
        end(self, &ids, Ending::Revoked, now)?;
        // Half sign-ins and what had lapsed unswept end too, but are nobody's loss.
        let now = micros(now);
        Ok(ending
            .iter()
            .filter(|(_, partial, end)| !partial && *end > now)
            .count() as u64)
    }
}
