//! Sessions: recognising whoever asks, listing sessions, ending them.

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::audit::{Act, Actor, EventName, Origin, Target};
use dango_auth_core::id::{ApiKeyId, SessionId, UserId};
use dango_auth_core::permission::builtin;
use dango_auth_core::session::{Ending, Session, Stage, Transport};
use dango_auth_core::token::{ApiKeyToken, SessionToken, TokenHash};
use dango_auth_core::user::User;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{
    ApiKeyReads as _, ApiKeyRow, AuditWrites as _, IdempotencyWrites as _, InstallationReads as _,
    LimitWrites as _, LockoutWrites as _, SessionChanges as _, SessionReads as _, SessionRow,
    SessionWrites as _, UserReads as _,
};

use crate::auth::Auth;
use crate::caller::{Caller, Credential, Obligation, Person};
use crate::error::Error;
use crate::settings::Settings;
use crate::walk::{require_free, require_session};

/// How many sessions one sweep ends at most.
const SWEEP_BATCH: u32 = 500;

/// How long ended sessions are kept before their rows are removed.
const ENDED_KEPT: Duration = Duration::days(30);

/// How long counted failures are kept after the last of them; the longest lock ends before.
const LOCKOUT_KEPT: Duration = Duration::days(31);

/// How long counted requests are kept; no window is longer than a day.
const COUNTED_KEPT: Duration = Duration::days(2);

/// What a request presents to be recognised by.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// Nothing.
    Nothing,
    /// A session's token.
    Session {
        /// The token as it came.
        token: &'a str,
        /// How it came.
        transport: Transport,
    },
    /// An API key.
    ApiKey(&'a str),
}

impl<'a> Presented<'a> {
    /// What a Bearer header carried: a session's token or an API key, whichever it looks like.
    pub fn bearer(token: &'a str) -> Self {
        match SessionToken::parse(token) {
            Ok(_) => Self::Session {
                token,
                transport: Transport::Bearer,
            },
            Err(_) => Self::ApiKey(token),
        }
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The session.
    pub session: Session,
    /// Whether it is the one asked with.
    pub is_current: bool,
}

/// Sessions.
#[derive(Clone)]
pub struct Sessions<'a> {
    auth: &'a Auth,
}

/// What somebody has to do first (contract §3.5).
pub(crate) fn obligation(
    user: &User,
    second_factor_on: bool,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<Obligation> {
    let must_change = user
        .password
        .as_ref()
        .is_some_and(|password| password.must_be_changed(settings.password.max_age_days, now));
    if must_change {
        Some(Obligation::ChangePassword)
    } else if settings.require_2fa && !second_factor_on {
        Some(Obligation::SetUpSecondFactor)
    } else {
        None
    }
}

impl<'a> Sessions<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Recognises whoever asks. Where sign-in is switched off everybody is the system (contract §3.10).
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for nothing, unknown, ended, partial and wrongly travelling
    /// credentials; [`Error::Store`] when the database does not answer.
    pub fn authenticate(&self, presented: Presented<'_>, origin: Origin) -> Result<Caller, Error> {
        if self.auth.is_switched_off()? {
            return Ok(self.auth.system_caller("auth disabled", origin));
        }
        match presented {
            Presented::Nothing => Err(Error::Unauthenticated),
            Presented::Session { token, transport } => self.by_session(token, transport, origin),
            Presented::ApiKey(key) => self.by_key(key, origin),
        }
    }

    fn by_session(
        &self,
        token: &str,
        transport: Transport,
        origin: Origin,
    ) -> Result<Caller, Error> {
        let hash = SessionToken::parse(token)
            .map_err(|_| Error::Unauthenticated)?
            .hash();
        let now = self.auth.now();
        let found = self.auth.inner.store.read(|tx| {
            let settings = self.auth.inner.settings.current(tx)?;
            Ok::<_, Error>((tx.session_by_token(&hash)?, settings))
        })?;
        let (Some(row), settings) = found else {
            return Err(Error::Unauthenticated);
        };
        if row.session.transport != transport || row.session.stage != Stage::Full {
            return Err(Error::Unauthenticated);
        }
        let checked = row
            .session
            .check(row.user.security_epoch, &settings.session.limits(), now);
        if let Err(ending) = checked {
            self.expire(&row, ending, &origin)?;
            return Err(Error::Unauthenticated);
        }
        let touch = (row.session.id, row.session.last_activity);
        let person = self
            .auth
            .person(row, &settings, now)
            .ok_or(Error::Unauthenticated)?;
        let idle = settings.session.limits().idle;
        self.auth.inner.touches.session(touch.0, touch.1, idle, now);
        Ok(Caller::person_from(person, origin))
    }

    /// Marks a session that reached a limit as ended, once, so that no clock can revive it.
    fn expire(&self, row: &SessionRow, ending: Ending, origin: &Origin) -> Result<(), Error> {
        let act = Act {
            actor: Actor::user(row.user.id, row.user.username.as_str()),
            origin: origin.clone(),
            at: self.auth.now(),
        };
        self.auth.inner.store.change(|tx| {
            if tx.end_session(row.session.id, ending, act.at)? {
                tx.note(expired_event(&act, row.session.id, &row.user, ending));
            }
            Ok(())
        })
    }

    fn by_key(&self, key: &str, origin: Origin) -> Result<Caller, Error> {
        let token = ApiKeyToken::parse(key).map_err(|_| Error::Unauthenticated)?;
        let digest = token.hash();
        let found = self.auth.inner.store.read(|tx| {
            let settings = self.auth.inner.settings.current(tx)?;
            Ok::<_, Error>((tx.api_key_by_digest(&digest)?, settings))
        })?;
        let (row, settings) = found;
        let row = match row {
            Some(row) => row,
            None => self.auth.adopt_key(&token)?.ok_or(Error::Unauthenticated)?,
        };
        let (now, touch) = (self.auth.now(), (row.key.id, row.key.last_used_at));
        let person = self
            .auth
            .key_person(row, &settings, now)
            .ok_or(Error::Unauthenticated)?;
        self.auth.inner.touches.api_key(touch.0, touch.1, now);
        Ok(Caller::person_from(person, origin))
    }

    /// The caller's sessions, oldest first.
    ///
    /// # Errors
    /// [`Error::SessionRequired`] for an API key; [`Error::Store`].
    pub fn list(&self, caller: &Caller) -> Result<Vec<SessionView>, Error> {
        require_session(caller)?;
        require_free(caller)?;
        let id = caller.user_id().ok_or(Error::Unauthenticated)?;
        let sessions = self.alive(id)?;
        let current = caller.session_id();
        let view = |session: Session| SessionView {
            is_current: current == Some(session.id),
            session,
        };
        Ok(sessions.into_iter().map(view).collect())
    }

    /// Somebody's sessions, oldest first.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.manage`, [`Error::NotFound`]; [`Error::Store`].
    pub fn list_of(&self, caller: &Caller, user: UserId) -> Result<Vec<Session>, Error> {
        self.auth.authorise(caller, builtin::USERS_MANAGE)?;
        self.alive(user)
    }

    fn alive(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let now = self.auth.now();
        self.auth.inner.store.read(|tx| {
            let settings = self.auth.inner.settings.current(tx)?;
            let limits = settings.session.limits();
            let account = tx
                .user(user)?
                .ok_or_else(|| Error::no_user(user.to_string()))?;
            let mut sessions = tx.sessions_of(user)?;
            sessions.retain(|session| session.check(account.security_epoch, &limits, now).is_ok());
            Ok(sessions)
        })
    }

    /// Ends one of the caller's other sessions.
    ///
    /// # Errors
    /// [`Error::Fields`] for the current one (sign out instead), [`Error::NotFound`] for anybody
    /// else's, [`Error::SessionRequired`].
    pub fn end(&self, caller: &Caller, id: SessionId) -> Result<(), Error> {
        require_session(caller)?;
        if caller.session_id() == Some(id) {
            let text = "this is the current session; use logout to end it";
            return Err(Error::field("id", "current_session", text));
        }
        let unknown = || Error::NotFound {
            what: "session",
            name: id.to_string(),
        };
        self.auth.own_command(caller, |tx, desk, user| {
            let own = tx
                .sessions_of(user.id)?
                .iter()
                .any(|session| session.id == id);
            if !own || !tx.end_session(id, Ending::Revoked, desk.act.at)? {
                return Err(unknown());
            }
            let target = Target::session(id, user.username.as_str());
            tx.note(
                desk.act
                    .event(EventName::SESSIONS_REVOKED, target)
                    .detail("count", 1),
            );
            Ok(())
        })
    }

    /// Ends all of the caller's sessions but the current one; tells how many.
    ///
    /// # Errors
    /// [`Error::SessionRequired`]; [`Error::Store`].
    pub fn end_others(&self, caller: &Caller) -> Result<u64, Error> {
        let keep = caller.session_id();
        self.auth.own_command(caller, |tx, desk, user| {
            let ended = tx.end_sessions(user.id, keep, desk.act.at)?;
            let event = desk.act.event(EventName::SESSIONS_REVOKED, user.target());
            tx.note(event.detail("count", ended));
            Ok(ended)
        })
    }

    /// Writes the queued last-seen instants; called once a second and at the end.
    ///
    /// # Errors
    /// [`Error::Store`]; what could not be written stays queued.
    pub fn flush(&self) -> Result<(), Error> {
        self.auth.inner.touches.flush(&self.auth.inner.store)
    }

    /// Ends sessions that reached a limit and removes what ended, lapsed or was forgotten long ago;
    /// tells how many sessions ended. Nobody's rights depend on when it runs.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn sweep(&self) -> Result<usize, Error> {
        let at = self.auth.now();
        let act = Act {
            actor: Actor::system("sweep"),
            origin: Origin::local(dango_auth_core::audit::Via::System),
            at,
        };
        let ended = self.auth.inner.store.write(|tx| {
            let limits = self.auth.inner.settings.current(tx)?.session.limits();
            let ended = tx.sweep_sessions(at, at - limits.idle, at - ENDED_KEPT, SWEEP_BATCH)?;
            for (session, user, ending) in &ended {
                if let Some(user) = tx.user(*user)? {
                    tx.note(expired_event(&act, *session, &user, *ending));
                }
            }
            Ok::<_, Error>(ended.len())
        })?;
        self.sweep_leftovers(at)?;
        Ok(ended)
    }

    /// Removes failures, counted requests and kept answers that mean nothing any more.
    fn sweep_leftovers(&self, now: DateTime<Utc>) -> Result<(), Error> {
        self.auth.inner.store.write(|tx| {
            tx.sweep_lockout(now - LOCKOUT_KEPT, SWEEP_BATCH)?;
            tx.sweep_limits(now - COUNTED_KEPT, SWEEP_BATCH)?;
            tx.sweep_answers(now, SWEEP_BATCH)?;
            Ok(())
        })
    }
}

fn expired_event(
    act: &Act,
    session: SessionId,
    user: &User,
    ending: Ending,
) -> dango_auth_core::audit::Event {
    act.event(EventName::SESSION_EXPIRED, user.target())
        .detail("session_id", session.to_string())
        .detail("reason", ending.as_str())
}

impl Auth {
    /// Tells whether an administrator switched sign-in off.
    ///
    /// # Errors
    /// [`Error::Store`] when that cannot be known; the door stays closed then.
    pub fn is_switched_off(&self) -> Result<bool, Error> {
        self.inner
            .store
            .read(|tx| Ok::<_, Error>(tx.installation()?.auth_disabled))
    }

    fn person(&self, row: SessionRow, settings: &Settings, now: DateTime<Utc>) -> Option<Person> {
        if !row.user.is_active() {
            return None;
        }
        let subject = self
            .policy()
            .subject(true, &row.user.role, &row.user.access);
        Some(Person {
            obligation: obligation(&row.user, row.second_factor_on, settings, now),
            second_factor_on: row.second_factor_on,
            user: row.user,
            credential: Credential::Session(row.session),
            subject,
        })
    }

    fn key_person(
        &self,
        row: ApiKeyRow,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Option<Person> {
        if !row.key.is_live(now) || !row.owner.is_active() {
            return None;
        }
        let owner = self
            .policy()
            .subject(true, &row.owner.role, &row.owner.access);
        let subject = owner.limited(self.policy(), &row.key.limit);
        Some(Person {
            obligation: obligation(&row.owner, row.second_factor_on, settings, now),
            second_factor_on: row.second_factor_on,
            user: row.owner,
            credential: Credential::ApiKey(Box::new(row.key)),
            subject,
        })
    }

    /// The person behind a session as of this transaction.
    pub(crate) fn person_by_session(
        &self,
        tx: &mut ReadTx<'_>,
        token: &TokenHash,
    ) -> Result<Option<Person>, Error> {
        let settings = self.inner.settings.current(tx)?;
        let now = self.now();
        let Some(row) = tx.session_by_token(token)? else {
            return Ok(None);
        };
        let limits = settings.session.limits();
        if row
            .session
            .check(row.user.security_epoch, &limits, now)
            .is_err()
        {
            return Ok(None);
        }
        Ok(self.person(row, &settings, now))
    }

    /// The person behind an API key as of this transaction.
    pub(crate) fn person_by_key(
        &self,
        tx: &mut ReadTx<'_>,
        id: ApiKeyId,
    ) -> Result<Option<Person>, Error> {
        let settings = self.inner.settings.current(tx)?;
        let Some(row) = tx.api_key(id)? else {
            return Ok(None);
        };
        Ok(self.key_person(row, &settings, self.now()))
    }
}
