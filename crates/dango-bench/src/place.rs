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
use dango_testbase::postgres::Cluster;
use dango_testbase::programs::Program;
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
    /// Where the database is a server's, that server.
    cluster: Option<Cluster>,
    /// What passwords cost.
    pub(crate) hashing: Hashing,
    /// The use cases.
    pub(crate) auth: Auth,
    /// Whoever can open the project's files.
    pub(crate) caller: Caller,
}

impl Place {
    /// A new one on SQLite with its first administrator.
    pub(crate) fn new(hashing: Hashing) -> Result<Self, Failure> {
        Self::on(hashing, None, HasherLimits::COMMAND)
    }

    /// A new one on SQLite whose passwords cost what they do in production, and queue like this.
    pub(crate) fn hashing_as(limits: HasherLimits) -> Result<Self, Failure> {
        Self::on(Hashing::Real, None, limits)
    }

    /// A new one on a PostgreSQL of its own; none where that is not installed.
    pub(crate) fn on_postgres(hashing: Hashing) -> Result<Option<Self>, Failure> {
        let Some(initdb) = Program::Initdb.find() else {
            println!("PostgreSQL is not installed, so nothing is measured on it");
            return Ok(None);
        };
        let cluster = Cluster::start(&initdb)?;
        Self::on(hashing, Some(cluster), HasherLimits::COMMAND).map(Some)
    }

    fn on(
        hashing: Hashing,
        cluster: Option<Cluster>,
        limits: HasherLimits,
    ) -> Result<Self, Failure> {
        let parent = Path::new("target/bench");
        std::fs::create_dir_all(parent)?;
        let folder = TempDir::new_in(parent)?;
        let environment = Environment::of_pairs(variables(cluster.as_ref()));
        let auth = open_with(folder.path(), hashing, environment, |mut options| {
            options.hashing = limits;
            options
        })?;
        let password = FirstPassword::Chosen(Password::new(PASSWORD)?);
        auth.setup()
            .bootstrap(&Username::parse(ADMIN)?, None, password, Via::Cli)?;
        Ok(Self {
            caller: auth.local_caller(Via::Cli),
            auth,
            folder,
            cluster,
            hashing,
        })
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> PathBuf {
        std::path::absolute(self.folder.path()).unwrap_or_else(|_| self.folder.path().to_owned())
    }

    /// The variables of programs that use it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        variables(self.cluster.as_ref())
    }

    /// The store itself, for data that no use case makes so fast.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        let project = Project::at(self.folder.path())?;
        let keys = project.key_ring(&Environment::default(), MissingKey::Refuse)?;
        let location = match &self.cluster {
            Some(cluster) => Location::Postgres(cluster.url()),
            None => Location::Sqlite(project.database_file()),
        };
        Ok(Store::open(&StoreOptions::new(location, keys))?)
    }

    /// Signs the administrator in; answers the session's token.
    pub(crate) fn sign_in(&self) -> Result<String, Failure> {
        self.sign_in_as(ADMIN, Transport::Bearer)
    }

    /// Signs somebody in who has the same password.
    pub(crate) fn sign_in_as(&self, name: &str, transport: Transport) -> Result<String, Failure> {
        let mut origin = Origin::local(Via::Api);
        origin.ip = Some(std::net::Ipv4Addr::LOCALHOST.into());
        let attempt = PasswordAttempt::new(name, PASSWORD, transport, origin)?;
        match self.auth.sign_in().with_password(&attempt)? {
            SignIn::Complete(done) => Ok(done.token.expose().to_owned()),
            SignIn::SecondFactorNeeded { .. } => Err("a second factor is asked for".into()),
        }
    }
}

/// Requests are not limited, since they all come from one address.
fn variables(cluster: Option<&Cluster>) -> Vec<(&'static str, String)> {
    let unlimited = ("DANGO_AUTH__RATE_LIMIT__ENABLED", "false".to_owned());
    let database = cluster.map(|cluster| ("DANGO_DATABASE_URL", cluster.url()));
    std::iter::once(unlimited).chain(database).collect()
}

/// Opens the installation in a folder.
pub(crate) fn open(
    folder: &Path,
    hashing: Hashing,
    environment: Environment,
) -> Result<Auth, Failure> {
    open_with(folder, hashing, environment, |options| options)
}

/// The same with options of one's own.
pub(crate) fn open_with(
    folder: &Path,
    hashing: Hashing,
    environment: Environment,
    adjust: impl FnOnce(OpenOptions) -> OpenOptions,
) -> Result<Auth, Failure> {
    let (project, _) = Project::create(folder)?;
    let mut options = OpenOptions::new(project, environment).creating();
    options.hashing = HasherLimits::COMMAND;
    if hashing == Hashing::Free {
        options = options.with_insecure_hashing_for_tests();
    }
    Ok(Auth::open(adjust(options))?)
}
