//! Users, sessions, keys and workspaces as use cases.

pub mod ambient;
pub mod environment;
pub mod hasher;
pub mod project;
pub mod settings;

pub use ambient::{Ambient, Clock, Entropy, EntropyError, OsEntropy, SystemClock};
pub use environment::{Environment, EnvironmentError};
pub use hasher::{Hasher, HasherError, HasherLimits, Verification};
pub use project::{Project, ProjectError, ProjectErrorKind};
pub use settings::{Origin, Settings, SettingsError, Sources};
