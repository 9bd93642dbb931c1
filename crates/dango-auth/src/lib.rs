//! Users, sessions, keys and workspaces as use cases.

pub mod account;
pub mod ambient;
pub mod api_keys;
pub mod audit;
mod auth;
pub mod caller;
pub mod configuration;
mod credentials;
pub mod database;
pub mod doctor;
pub mod environment;
pub mod error;
pub mod hasher;
pub mod import;
pub mod invites;
pub mod kept_answers;
mod keys;
pub mod limits;
mod live_settings;
mod open;
pub mod project;
pub mod recovery;
pub mod second_factor;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod status;
mod touches;
pub mod users;
pub mod view;
mod walk;
pub mod workspaces;

pub use dango_auth_core as core;
pub use dango_auth_store::{BackupError, CopiedTable, CopyError, CopyStep, StoreError, ports};

pub use ambient::{Ambient, Clock, Entropy, EntropyError, OsEntropy, SystemClock};
pub use auth::Auth;
pub use caller::{Caller, Credential, Obligation, Person};
pub use environment::{Environment, EnvironmentError};
pub use error::{Error, FieldError, Kind};
pub use hasher::{Hasher, HasherCounts, HasherError, HasherLimits, Verification};
pub use open::{OpenError, OpenOptions};
pub use project::{Project, ProjectError, ProjectErrorKind};
pub use settings::{Origin, Settings, SettingsError, Sources};
pub use walk::Outcome;
