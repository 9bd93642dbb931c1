//! Recognising whoever asks: one read of the database, and how long what it said holds.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::audit::{Act, Actor, Origin};
use dango_auth_core::id::ApiKeyId;
use dango_auth_core::session::{Ending, Stage, Transport};
use dango_auth_core::token::{ApiKeyToken, SessionToken, TokenHash};
use dango_auth_core::user::User;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{
    ApiKeyReads as _, ApiKeyRow, AuditWrites as _, InstallationReads as _, SessionChanges as _,
    SessionReads as _, SessionRow, Standing,
};

use super::{Presented, Sessions, expired_event};
use crate::auth::Auth;
use crate::caller::{Caller, Credential, Obligation, Person};
use crate::error::Error;
use crate::rights::Rights;
use crate::settings::Settings;

/// Somebody who was recognised, and when they have to be looked up again.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) person: Arc<Person>,
    /// When the database was asked.
    pub(crate) from: DateTime<Utc>,
    /// When time alone may have changed the answer: an end, an obligation, a use to be noted.
    pub(crate) until: DateTime<Utc>,
}

/// What one read said about a request.
#[derive(Debug)]
pub(crate) struct Recognition {
    pub(crate) standing: Standing,
    /// How often the configuration had been read again before the database was asked.
    pub(crate) replaced: u64,
    /// Under what it may be remembered, and who it is; nobody where it fits nothing.
    pub(crate) found: Option<(Token, Known)>,
}

/// What a request is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    Session(TokenHash, Transport),
    ApiKey(TokenHash),
}

impl Token {
    /// The token, if it can be one.
    pub(crate) fn of(presented: Presented<'_>) -> Option<Self> {
        match presented {
            Presented::Nothing => None,
            Presented::Session { token, transport } => {
                let hash = SessionToken::hash_of(token).ok()?;
                Some(Self::Session(hash, transport))
            }
            Presented::ApiKey(key) => Some(Self::ApiKey(ApiKeyToken::hash_of(key).ok()?)),
        }
    }
}

impl Recognition {
    /// Whoever asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for nobody.
    pub(crate) fn caller(self, auth: &Auth, origin: Arc<Origin>) -> Result<Caller, Error> {
        if self.standing.auth_disabled {
            return Ok(auth.system_caller("auth disabled", Origin::clone(&origin)));
        }
        let (_, known) = self.found.ok_or(Error::Unauthenticated)?;
        Ok(Caller::person_from(known.person, origin))
    }
}

/// What the database holds under a token.
enum Row {
    Session(Box<SessionRow>),
    ApiKey(Box<ApiKeyRow>),
}

impl Sessions<'_> {
    /// Looks up whoever asks, in one transaction.
    pub(crate) fn recognise(
        &self,
        presented: Presented<'_>,
        origin: &Origin,
    ) -> Result<Recognition, Error> {
        let token = Token::of(presented);
        let replaced = self.auth.inner.settings.replaced();
        let (standing, row, settings) = self.auth.inner.store.read(|tx| {
            let standing = tx.standing()?;
            let settings = self.auth.inner.settings.at(standing.epoch, tx)?;
            let row = match token {
                Some(token) if !standing.auth_disabled => row(tx, token)?,
                _ => None,
            };
            Ok::<_, Error>((standing, row, settings))
        })?;
        let known = match (row, presented) {
            _ if standing.auth_disabled => None,
            (Some(Row::Session(row)), _) => self.by_session(*row, token, &settings, origin)?,
            (Some(Row::ApiKey(row)), _) => self.by_key(*row, &settings),
            (None, Presented::ApiKey(key)) => self.by_foreign_key(key, &settings)?,
            (None, _) => None,
        };
        Ok(Recognition {
            standing,
            replaced,
            found: token.zip(known),
        })
    }

    fn by_session(
        &self,
        row: SessionRow,
        token: Option<Token>,
        settings: &Settings,
        origin: &Origin,
    ) -> Result<Option<Known>, Error> {
        let Some(Token::Session(_, transport)) = token else {
            return Ok(None);
        };
        if row.session.transport != transport || row.session.stage != Stage::Full {
            return Ok(None);
        }
        let (now, limits) = (self.auth.now(), settings.session.limits());
        let checked = row.session.check(row.user.security_epoch, &limits, now);
        if let Err(ending) = checked {
            self.expire(&row, ending, origin)?;
            return Ok(None);
        }
        let (id, written, end) = (
            row.session.id,
            row.session.last_activity,
            row.session.ends_at(&limits),
        );
        let Some(person) = self.auth.person(row, settings, now) else {
            return Ok(None);
        };
        let touches = &self.auth.inner.touches;
        let next_use = touches.session(id, written, limits.idle, now);
        Ok(Some(known(person, settings, now, end.min(next_use))))
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

    fn by_key(&self, row: ApiKeyRow, settings: &Settings) -> Option<Known> {
        let now = self.auth.now();
        let (id, written, end) = (row.key.id, row.key.last_used_at, row.key.expires_at);
        let person = self.auth.key_person(row, settings, now)?;
        let next_use = self.auth.inner.touches.api_key(id, written, now);
        let until = end.map_or(next_use, |end| end.min(next_use));
        Some(known(person, settings, now, until))
    }

    /// A key taken over from another system that was not used here yet.
    fn by_foreign_key(&self, key: &str, settings: &Settings) -> Result<Option<Known>, Error> {
        let Ok(token) = ApiKeyToken::parse(key) else {
            return Ok(None);
        };
        let adopted = self.auth.adopt_key(&token)?;
        // The slow hash took its time, so what was read with it is not kept.
        let known = adopted.and_then(|row| self.by_key(row, settings));
        Ok(known.map(|known| Known {
            until: known.from,
            ..known
        }))
    }
}

fn row(tx: &mut ReadTx<'_>, token: Token) -> Result<Option<Row>, Error> {
    Ok(match token {
        Token::Session(hash, _) => tx
            .session_by_token(&hash)?
            .map(|row| Row::Session(Box::new(row))),
        Token::ApiKey(digest) => tx
            .api_key_by_digest(&digest)?
            .map(|row| Row::ApiKey(Box::new(row))),
    })
}

fn known(person: Person, settings: &Settings, from: DateTime<Utc>, until: DateTime<Utc>) -> Known {
    let due = password_due(&person.user, settings).filter(|due| *due > from);
    Known {
        person: Arc::new(person),
        from,
        until: due.map_or(until, |due| due.min(until)),
    }
}

/// When the password's age alone makes it one that must be changed.
fn password_due(user: &User, settings: &Settings) -> Option<DateTime<Utc>> {
    let days = i64::from(settings.password.max_age_days);
    let password = user.password.as_ref().filter(|_| days > 0)?;
    // Older than so many days, and the clock goes by microseconds.
    let age = Duration::days(days) + Duration::microseconds(1);
    password.changed_at.checked_add_signed(age)
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
        let rights = Rights::new(self.policy(), &row.user.role, &row.user.access);
        Some(Person {
            obligation: obligation(&row.user, row.second_factor_on, settings, now),
            second_factor_on: row.second_factor_on,
            user: row.user,
            credential: Credential::Session(row.session),
            rights,
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
        let owner = Rights::new(self.policy(), &row.owner.role, &row.owner.access);
        let rights = owner.limited(&row.key.limit);
        Some(Person {
            obligation: obligation(&row.owner, row.second_factor_on, settings, now),
            second_factor_on: row.second_factor_on,
            user: row.owner,
            credential: Credential::ApiKey(Box::new(row.key)),
            rights,
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
