//! An installation of its own for each benchmark, on the disk that the build lies on.

use std::path::{Path, PathBuf};

use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::name::Username;
use dango_auth::core::password::Password;
use dango_auth::core::session::Transport;
use dango_auth::project::MissingKey;
use dango_auth::setup::FirstPassword;
use dango_auth::sign_in::{PasswordAttempt, SignIn};
use dango_auth::{Auth, Caller, Environment, HasherLimits, OpenOptions, Project};
use dango_auth_store::{Location, Store, StoreOptions};
use tempfile::TempDir;

use crate::Failure;

/// The administrator's name.
pub(crate) const ADMIN: &str = "admin@localhost";
/// The administrator's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What passwords cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashing {
    /// As in production.
    Real,
    /// Next to nothing, where it is not measured.
    Free,
}

/// A folder with a database, opened.
pub(crate) struct Place {
    folder: TempDir,
    /// The use cases.
    pub(crate) auth: Auth,
    /// Whoever can open the project's files.
    pub(crate) caller: Caller,
}

impl Place {
    /// A new one with its first administrator.
    pub(crate) fn new(hashing: Hashing) -> Result<Self, Failure> {
        let parent = Path::new("target/bench");
        std::fs::create_dir_all(parent)?;
        let folder = TempDir::new_in(parent)?;
        let auth = open(folder.path(), hashing)?;
        let password = FirstPassword::Chosen(Password::new(PASSWORD)?);
        auth.setup()
            .bootstrap(&Username::parse(ADMIN)?, None, password, Via::Cli)?;
        Ok(Self {
            caller: auth.local_caller(Via::Cli),
            auth,
            folder,
        })
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> PathBuf {
        std::path::absolute(self.folder.path()).unwrap_or_else(|_| self.folder.path().to_owned())
    }

    /// The store itself, for data that no use case makes so fast.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        let project = Project::at(self.folder.path())?;
        let keys = project.key_ring(&Environment::default(), MissingKey::Refuse)?;
        let location = Location::Sqlite(project.database_file());
        Ok(Store::open(&StoreOptions::new(location, keys))?)
    }

    /// Signs the administrator in; answers the session's token.
    pub(crate) fn sign_in(&self) -> Result<String, Failure> {
        let mut origin = Origin::local(Via::Api);
        origin.ip = Some(std::net::Ipv4Addr::LOCALHOST.into());
        let attempt = PasswordAttempt::new(ADMIN, PASSWORD, Transport::Bearer, origin)?;
        match self.auth.sign_in().with_password(&attempt)? {
            SignIn::Complete(done) => Ok(done.token.expose().to_owned()),
            SignIn::SecondFactorNeeded { .. } => Err("a second factor is asked for".into()),
        }
    }
}

/// Opens the installation in a folder, without limits on requests, which all come from one address.
pub(crate) fn open(folder: &Path, hashing: Hashing) -> Result<Auth, Failure> {
    let (project, _) = Project::create(folder)?;
    let environment = Environment::of_pairs([("DANGO_AUTH__RATE_LIMIT__ENABLED", "false")]);
    let mut options = OpenOptions::new(project, environment).creating();
    options.hashing = HasherLimits::COMMAND;
    if hashing == Hashing::Free {
        options = options.with_insecure_hashing_for_tests();
    }
    Ok(Auth::open(options)?)
}
