//! Opening: settings, key, store, in this order, and nothing is made unless asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dango_auth_core::password::HashParameters;
use dango_auth_core::permission::PermissionType;
use dango_auth_core::policy::{Policy, PolicyError};
use dango_auth_core::seal::KeyRing;
use dango_auth_store::{Location, Store, StoreError, StoreOptions};

use crate::ambient::Ambient;
use crate::audit::Anchored;
use crate::auth::{Auth, Inner};
use crate::counts::Counters;
use crate::environment::Environment;
use crate::error::Kind;
use crate::floods::Floods;
use crate::hasher::{Hasher, HasherLimits};
use crate::keys::{KeyPlace, Keys};
use crate::limits::Budgets;
use crate::live_policy::{LivePolicy, PolicyFault, PolicySource};
use crate::live_settings::LiveSettings;
use crate::policy_file::PolicyFileError;
use crate::project::{MissingKey, Project, ProjectError, ProjectErrorKind};
use crate::settings::{Settings, SettingsError, Sources};
use crate::touches::Touches;

/// Longer than any transaction of ours takes, shorter than anybody likes to wait.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long another process may take from making the key to making the database.
const FIRST_START: Duration = Duration::from_secs(2);

/// Where to open and how.
#[derive(Clone)]
pub struct OpenOptions {
    /// The folder with key, configuration and, unless a database URL is set, the database.
    pub project: Project,
    /// The process's variables.
    pub environment: Environment,
    /// Values given on the command line: option, setting, value.
    pub arguments: Vec<(String, String, String)>,
    /// Whether a missing key and database are made.
    pub create: bool,
    /// Roles and permissions, to which the policy file adds.
    pub policy: Policy,
    /// The policy file, which need not exist; the project's own unless said otherwise.
    pub policy_file: Option<PathBuf>,
    /// Names of permissions that must exist in the end.
    required: Vec<&'static str>,
    /// Clock and random source.
    pub ambient: Ambient,
    /// The operating system's user, for the audit log.
    pub local_user: String,
    /// How many password checks wait, and how long: a server's or a command's.
    pub hashing: HasherLimits,
    /// How long a transaction waits for a connection or a lock before it is refused as unavailable.
    pub patience: Duration,
    /// What a password hash costs instead of what the settings say.
    hash_parameters: Option<HashParameters>,
    /// Whether checks are spared the work that makes them equal.
    unequal_work: bool,
    /// Whether commits are noticed in the way that works everywhere.
    by_data_version: bool,
}

impl OpenOptions {
    /// Usual options for a project that exists: built-in policy, the system's clock and random source.
    pub fn new(project: Project, environment: Environment) -> Self {
        Self {
            policy_file: Some(project.policy_file()),
            required: Vec::new(),
            project,
            environment,
            arguments: Vec::new(),
            create: false,
            policy: Policy::builtin(),
            ambient: Ambient::system(),
            local_user: "local".to_owned(),
            hashing: HasherLimits::SERVER,
            patience: PATIENCE,
            hash_parameters: None,
            unequal_work: false,
            by_data_version: false,
        }
    }

    /// What a service wants that keeps everything in `folder/.dango/`: the folder, key and database are
    /// made when they do not exist, and the process's variables count.
    ///
    /// # Errors
    /// [`OpenError::Project`] when the folder cannot be made or is not safe to use.
    pub fn in_folder(folder: &Path) -> Result<Self, OpenError> {
        let (project, _) = Project::create(folder)?;
        Ok(Self::new(project, Environment::of_process()).creating())
    }

    /// Makes key and database when they do not exist.
    #[must_use]
    pub fn creating(mut self) -> Self {
        self.create = true;
        self
    }

    /// Gives a setting a value from the command line.
    #[must_use]
    pub fn with_argument(mut self, option: &str, name: &str, value: &str) -> Self {
        self.arguments
            .push((option.to_owned(), name.to_owned(), value.to_owned()));
        self
    }

    /// Refuses to open unless the permission this type stands for exists, in the policy or its file.
    #[must_use]
    pub fn requiring<P: PermissionType>(mut self) -> Self {
        self.required.push(P::NAME);
        self
    }

    /// Makes passwords cost next to nothing, for tests of what is around them.
    ///
    /// SECURITY: no configuration leads here; see [`HashParameters::insecure_for_tests`].
    #[must_use]
    pub const fn with_insecure_hashing_for_tests(mut self) -> Self {
        self.hash_parameters = Some(HashParameters::insecure_for_tests());
        self
    }

    /// Makes passwords cost what is said here instead of what the settings say.
    #[must_use]
    pub const fn with_hash_parameters(mut self, parameters: HashParameters) -> Self {
        self.hash_parameters = Some(parameters);
        self
    }

    /// Leaves out the dummy work, as [`crate::Hasher::with_unequal_work_for_tests`] does.
    ///
    /// SECURITY: sign-ins then tell by their time which names exist; no configuration leads here.
    #[must_use]
    pub const fn with_unequal_work_for_tests(mut self) -> Self {
        self.unequal_work = true;
        self
    }

    /// Notices commits on SQLite by `PRAGMA data_version` even where the index of its log would tell faster.
    #[must_use]
    pub const fn noticing_commits_by_data_version(mut self) -> Self {
        self.by_data_version = true;
        self
    }

    /// The policy with the additions of its file, checked.
    ///
    /// # Errors
    /// [`OpenError::PolicyFile`], [`OpenError::Policy`] for a required permission that is missing.
    pub fn full_policy(&self) -> Result<Policy, OpenError> {
        Ok(self.policy_source().read()?)
    }

    fn policy_source(&self) -> PolicySource {
        PolicySource {
            base: self.policy.clone(),
            file: self.policy_file.clone(),
            required: self.required.clone(),
        }
    }

    /// Where the database is.
    ///
    /// # Errors
    /// [`OpenError::Settings`], or [`OpenError::Store`] for a URL that is none.
    pub(crate) fn location(&self) -> Result<Location, OpenError> {
        let settings = Settings::load(&self.sources())?;
        Ok(location(self, &settings)?)
    }

    /// The keys, which must exist.
    ///
    /// # Errors
    /// [`OpenError::Project`].
    pub(crate) fn existing_keys(&self) -> Result<KeyRing, OpenError> {
        Ok(self
            .project
            .key_ring(&self.environment, MissingKey::Refuse)?)
    }

    fn sources(&self) -> Sources {
        let start = self.project.sources(self.environment.clone());
        self.arguments
            .iter()
            .fold(start, |sources, (option, name, value)| {
                sources.with_argument(option, name, value)
            })
    }
}

/// Why nothing was opened; nothing was made either.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder or the key.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The configuration.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The policy file.
    #[error(transparent)]
    PolicyFile(#[from] PolicyFileError),
    /// The policy lacks a permission that was required.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PolicyFault> for OpenError {
    fn from(fault: PolicyFault) -> Self {
        match fault {
            PolicyFault::File(error) => Self::PolicyFile(error),
            PolicyFault::Lacks(error) => Self::Policy(error),
        }
    }
}

impl OpenError {
    /// What sort of failure it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Settings(_) | Self::PolicyFile(_) | Self::Policy(_) => Kind::Invalid,
            Self::Project(error) => match error.kind() {
                ProjectErrorKind::NotFound => Kind::NotFound,
                _ => Kind::Unavailable,
            },
            Self::Store(_) => Kind::Unavailable,
        }
    }
}

impl Auth {
    /// Reads the configuration, loads the key and opens the store.
    ///
    /// # Errors
    /// [`OpenError`], with nothing made or changed.
    pub fn open(options: OpenOptions) -> Result<Self, OpenError> {
        let sources = options.sources();
        let settings = Settings::load(&sources)?;
        let policy = LivePolicy::new(options.policy_source())?;
        let settings = match options.hash_parameters {
            Some(parameters) => settings.with_hash_parameters(parameters),
            None => settings,
        };
        let location = location(&options, &settings)?;
        let fresh = options.create && is_first_start(&options, &location)?;
        let missing = if fresh {
            MissingKey::Create(&options.ambient)
        } else {
            MissingKey::Refuse
        };
        let keys = options.project.key_ring(&options.environment, missing)?;
        let key_place = KeyPlace::new(options.project.clone(), options.environment.clone());
        let mut store_options = StoreOptions::new(location, keys);
        store_options.key_source = key_place.source();
        store_options.patience = options.patience;
        let store_options = if options.create {
            store_options.creating()
        } else {
            store_options
        };
        let store = Store::open(&store_options)?;
        let hasher = Hasher::new(
            settings.hash_parameters(),
            options.ambient.clone(),
            options.hashing,
        );
        let hasher = if options.unequal_work {
            hasher.with_unequal_work_for_tests()
        } else {
            hasher
        };
        let inner = Inner {
            policy,
            settings: LiveSettings::new(settings),
            hasher,
            keys: Keys::of(&store),
            key_place,
            ambient: options.ambient,
            touches: Touches::default(),
            budgets: Budgets::default(),
            counters: Counters::default(),
            sources,
            floods: Floods::default(),
            anchored: Anchored::default(),
            project: Some(options.project),
            local_user: options.local_user,
            by_data_version: options.by_data_version,
            store,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

/// Tells whether there is nothing yet, neither database nor key, so that both may be made.
///
/// The project's key without its database says that the database is lost, which must not open setup again
/// (contract §3.8), unless another process is making both at this moment.
fn is_first_start(options: &OpenOptions, location: &Location) -> Result<bool, OpenError> {
    let deadline = Instant::now() + FIRST_START;
    loop {
        if Store::exists(location)? {
            return Ok(false);
        }
        let own = *location == Location::Sqlite(options.project.database_file());
        if !own || !options.project.key_file().exists() {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Err(options.project.database_gone().into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn location(options: &OpenOptions, settings: &Settings) -> Result<Location, StoreError> {
    match &settings.database_url {
        Some(url) => Location::parse(url.expose()),
        None => Ok(Location::Sqlite(options.project.database_file())),
    }
}
