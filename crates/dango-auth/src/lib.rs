#![doc = include_str!("../README.md")]

pub mod account;
pub mod ambient;
pub mod api_keys;
pub mod audit;
mod auth;
pub mod caller;
pub mod configuration;
pub mod counts;
mod credentials;
pub mod database;
pub mod doctor;
pub mod environment;
pub mod error;
mod floods;
pub mod front;
pub mod hasher;
pub mod import;
pub mod invites;
pub mod kept_answers;
pub mod key_change;
mod keys;
pub mod limits;
mod live_policy;
mod live_settings;
pub mod metabase;
pub mod news;
mod open;
mod outgoing;
pub mod policy_file;
pub mod project;
mod recogniser;
pub mod recovery;
pub mod reload;
mod rights;
pub mod second_factor;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod status;
pub mod stream;
mod touches;
pub mod users;
pub mod view;
mod walk;
pub mod workspaces;

pub use dango_auth_core as core;
pub use dango_auth_store::{
    BackupError, CopiedTable, CopyError, Detection, Sight, StoreError, TableStep, Watch, ports,
};

pub use ambient::{Ambient, Clock, Entropy, EntropyError, OsEntropy, SystemClock};
pub use auth::Auth;
pub use caller::{Caller, Credential, Obligation, Person};
pub use environment::{Environment, EnvironmentError};
pub use error::{Error, FieldError, Kind};
pub use front::Sender;
pub use hasher::{Hasher, HasherCounts, HasherError, HasherLimits, Verification};
pub use open::{OpenError, OpenOptions};
pub use policy_file::{PolicyFileError, read_policy};
pub use project::{Project, ProjectError, ProjectErrorKind};
pub use recogniser::{Found, Recogniser};
pub use rights::Rights;
pub use settings::{Origin, Settings, SettingsError, Sources};
pub use walk::Outcome;
