//! Keys: where they come from, and those derived for one purpose each.

use dango_auth_core::seal::{KeyRing, Purpose, SubKey};
use dango_auth_store::{KeySource, Store};

use crate::environment::Environment;
use crate::project::{self, MissingKey, Project, ProjectError};

/// Where the master key comes from.
#[derive(Clone)]
pub(crate) struct KeyPlace {
    project: Project,
    environment: Environment,
}

impl KeyPlace {
    pub(crate) const fn new(project: Project, environment: Environment) -> Self {
        Self {
            project,
            environment,
        }
    }

    /// The keys that are there now.
    pub(crate) fn keys(&self) -> Result<KeyRing, ProjectError> {
        self.project.key_ring(&self.environment, MissingKey::Refuse)
    }

    /// The project, if its own file has the keys.
    pub(crate) fn own_file(&self) -> Result<Option<&Project>, ProjectError> {
        let own = !project::is_given(&self.environment)?;
        Ok(own.then_some(&self.project))
    }

    /// For the store, to look again when a key is missing.
    pub(crate) fn source(&self) -> KeySource {
        let place = self.clone();
        KeySource::new(move || match place.keys() {
            Ok(keys) => Some(keys),
            Err(error) => {
                tracing::warn!(%error, "the keys could not be read again");
                None
            }
        })
    }
}

/// The keys the use cases need; they outlive a change of the master key.
pub(crate) struct Keys {
    /// For the names failures are counted under.
    pub(crate) lockout: SubKey,
    /// For recovery codes.
    pub(crate) recovery: SubKey,
}

impl Keys {
    pub(crate) fn of(store: &Store) -> Self {
        Self {
            lockout: store.lasting_subkey(Purpose::LoginName),
            recovery: store.lasting_subkey(Purpose::RecoveryCode),
        }
    }
}
