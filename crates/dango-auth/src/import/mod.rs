//! Moving in from the Dango data platform, the Dagu workflow engine, or an export of another installation.
//!
//! What the other system holds is read, compared with what is here ([`Plan`]), shown,
//! and then taken over in one transaction. Doing it again takes over only what is new. Passwords stay
//! as they are and become Argon2id at the next sign-in; second factors, recovery codes, API keys and
//! open invites go on working.

mod apply;
mod audit_history;
mod dagu;
mod dango;
mod export;
mod judge;
mod plan;
mod rotated;

use std::path::Path;

use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::Event;
use dango_auth_core::name::WorkspaceName;
use dango_auth_core::permission::builtin;
use dango_auth_core::totp::TotpSeed;
use dango_auth_core::user::User;
use dango_auth_store::StoreError;
use serde_json::Value;

pub use plan::{Plan, PlannedRow, Verdict};

use crate::auth::{Auth, is_local};
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::Key;

/// Which system the people come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The Dango data platform: a `.dango` folder.
    Dango,
    /// The Dagu workflow engine: a folder with `users` and `apikeys`.
    Dagu,
    /// People and workspaces as `dango auth export --format json` prints them.
    Json,
    /// People as `dango auth export --format csv` prints them.
    Csv,
}

impl Origin {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dango => "dango",
            Self::Dagu => "dagu",
            Self::Json | Self::Csv => "export",
        }
    }
}

/// A person to take over.
#[derive(Clone, Debug)]
pub(crate) struct IncomingPerson {
    pub(crate) user: User,
    pub(crate) factor: Option<IncomingFactor>,
    /// The link of an invite that is made for this person.
    pub(crate) link: Option<String>,
    pub(crate) note: Option<&'static str>,
}

/// A second factor that is on.
#[derive(Clone, Debug)]
pub(crate) struct IncomingFactor {
    pub(crate) seed: TotpSeed,
    /// SHA-256 of each recovery code that is left.
    pub(crate) codes: Vec<[u8; 32]>,
}

/// Something that cannot be taken over, and why.
#[derive(Clone, Debug)]
pub(crate) struct Unfit {
    pub(crate) what: &'static str,
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// Everything the other system holds that has a place here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    pub(crate) people: Vec<IncomingPerson>,
    pub(crate) keys: Vec<ApiKey>,
    /// Name and description.
    pub(crate) workspaces: Vec<(WorkspaceName, String)>,
    /// Settings by their own names.
    pub(crate) settings: Vec<(&'static Key, Value)>,
    pub(crate) history: Vec<Event>,
    pub(crate) unfit: Vec<Unfit>,
    /// Sign-in was switched off there by an administrator.
    pub(crate) switched_off: bool,
    pub(crate) notes: Vec<String>,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The other system's database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What should be there is not.
    #[error("{path}: {reason}")]
    Missing {
        /// Where.
        path: String,
        /// What is missing.
        reason: &'static str,
    },
    /// A file that is not what it should be.
    #[error("{path}: {reason}")]
    File {
        /// Which one.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Something here.
    #[error(transparent)]
    Auth(#[from] Error),
}

/// Moving in.
#[derive(Clone)]
pub struct Import<'a> {
    auth: &'a Auth,
}

impl<'a> Import<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Reads the other system's folder and says what would happen; nothing changes.
    ///
    /// # Errors
    /// [`ImportError`]; [`Error::LocalOnly`] for anybody but the local system.
    pub fn plan(&self, caller: &Caller, origin: Origin, path: &Path) -> Result<Plan, ImportError> {
        if !caller.is_system() || !is_local(caller) {
            return Err(Error::LocalOnly.into());
        }
        self.auth.authorise(caller, builtin::USERS_MANAGE)?;
        let incoming = match origin {
            Origin::Dango => dango::read(path, self.auth)?,
            Origin::Dagu => dagu::read(path, self.auth)?,
            Origin::Json => export::read_json(path, self.auth)?,
            Origin::Csv => export::read_csv(path, self.auth)?,
        };
        Ok(self.auth.inner.store.read(|tx| {
            let settings = self.auth.inner.settings.current(tx)?;
            Plan::make(tx, origin, incoming.clone(), &settings)
        })?)
    }

    /// Takes over what a plan says, all or nothing; what changed since the plan was made is decided anew.
    ///
    /// # Errors
    /// Code `import_conflict` when somebody else holds a name and conflicts are not to be skipped;
    /// [`Error::Store`].
    pub fn apply(
        &self,
        caller: &Caller,
        plan: &Plan,
        skip_conflicts: bool,
    ) -> Result<Plan, ImportError> {
        Ok(apply::apply(self.auth, caller, plan, skip_conflicts)?)
    }
}
