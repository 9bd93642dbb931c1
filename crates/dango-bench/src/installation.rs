//! An installation on either database that is used from inside this process.

use std::path::{Path, PathBuf};

use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::name::{LoginName, Username};
use dango_auth::core::password::Password;
use dango_auth::core::seal::KeyRing;
use dango_auth::core::session::Transport;
use dango_auth::ports::UserReads as _;
use dango_auth::project::MissingKey;
use dango_auth::setup::FirstPassword;
use dango_auth::sign_in::{PasswordAttempt, SignIn};
use dango_auth::{Auth, Caller, Environment, HasherLimits, OpenOptions, Project};
use dango_auth_store::{Location, Store, StoreOptions};

use crate::Failure;
use crate::place::{ADMIN, PASSWORD};

/// A folder with its database, opened.
pub(crate) struct Installation {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Where the database is.
    pub(crate) location: Location,
    /// The keys.
    pub(crate) keys: KeyRing,
    /// The use cases.
    pub(crate) auth: Auth,
    /// Whoever can open the project's files.
    pub(crate) caller: Caller,
    /// The store itself, for data that no use case makes so fast.
    pub(crate) store: Store,
}

/// Requests are not limited, since they all come from one address.
pub(crate) fn variables(database_url: Option<&str>) -> Vec<(&'static str, String)> {
    let unlimited = ("DANGO_AUTH__RATE_LIMIT__ENABLED", "false".to_owned());
    let url = database_url.map(|url| ("DANGO_DATABASE_URL", url.to_owned()));
    std::iter::once(unlimited).chain(url).collect()
}

impl Installation {
    /// Opens the one in a folder, or makes it with its first administrator; passwords cost next to nothing.
    pub(crate) fn open(folder: &Path, database_url: Option<&str>) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)?;
        let folder = std::path::absolute(folder)?;
        let (project, _) = Project::create(&folder)?;
        let environment = || Environment::of_pairs(variables(database_url));
        let location = match database_url {
            Some(url) => Location::Postgres(url.to_owned()),
            None => Location::Sqlite(project.database_file()),
        };
        let mut options = OpenOptions::new(project, environment()).creating();
        options.hashing = HasherLimits::COMMAND;
        let auth = Auth::open(options.with_insecure_hashing_for_tests())?;
        let keys = Project::at(&folder)?.key_ring(&environment(), MissingKey::Refuse)?;
        let store = Store::open(&StoreOptions::new(location.clone(), keys.clone()))?;
        let admin = LoginName::parse(ADMIN)?;
        if store.read(|tx| tx.user_by_login(&admin))?.is_none() {
            let password = FirstPassword::Chosen(Password::new(PASSWORD)?);
            let name = Username::parse(ADMIN)?;
            auth.setup().bootstrap(&name, None, password, Via::Cli)?;
        }
        Ok(Self {
            caller: auth.local_caller(Via::Cli),
            folder,
            location,
            keys,
            auth,
            store,
        })
    }

    /// The variables of programs that use it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        match &self.location {
            Location::Sqlite(_) => variables(None),
            Location::Postgres(url) => variables(Some(url)),
        }
    }

    /// Signs the administrator in with a browser; answers the cookie's value.
    pub(crate) fn cookie(&self) -> Result<String, Failure> {
        let mut origin = Origin::local(Via::Web);
        origin.ip = Some(std::net::Ipv4Addr::LOCALHOST.into());
        let attempt = PasswordAttempt::new(ADMIN, PASSWORD, Transport::Cookie, origin)?;
        match self.auth.sign_in().with_password(&attempt)? {
            SignIn::Complete(done) => Ok(done.token.expose().to_owned()),
            SignIn::SecondFactorNeeded { .. } => Err("a second factor is asked for".into()),
        }
    }
}
