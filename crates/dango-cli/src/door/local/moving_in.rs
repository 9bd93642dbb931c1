//! Taking over from an older system, which needs its folder on this machine.

use std::path::Path;

use dango_auth::import::{ImportError, Origin, Plan};

use super::Local;
use crate::door::Answer;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::show::MovingIn;

/// What would happen, or what happened.
pub(crate) struct Planned(Plan);

impl Planned {
    /// Why it cannot be done as it is, if somebody else here holds a name.
    pub(crate) fn refusal(&self) -> Option<Fault> {
        let refusal = self.0.refuse_conflicts().err().map(Fault::from)?;
        Some(refusal.with_next_step("rename them here, or leave them out with --skip-conflicts"))
    }

    /// As it is shown.
    pub(crate) fn report(&self, done: bool) -> MovingIn {
        MovingIn::new(&self.0, done)
    }
}

impl Local {
    /// Reads the other system's folder; nothing changes.
    pub(crate) fn plan_import(&self, origin: Origin, path: &Path) -> Answer<Planned> {
        if !path.exists() {
            let message = format!("there is no {}", path.display());
            return Err(Fault::new(Exit::NotFound, "not_found", message));
        }
        let plan = self.auth.import().plan(&self.caller, origin, path)?;
        Ok(Planned(plan))
    }

    /// Takes over what was planned, all or nothing.
    pub(crate) fn import(&self, planned: &Planned, skip_conflicts: bool) -> Answer<Planned> {
        let import = self.auth.import();
        let done = import.apply(&self.caller, &planned.0, skip_conflicts)?;
        Ok(Planned(done))
    }
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        use dango_auth::StoreError;
        let exit = match &error {
            ImportError::Missing { .. } | ImportError::Store(StoreError::Missing { .. }) => {
                Exit::NotFound
            }
            ImportError::File { .. }
            | ImportError::Store(StoreError::NotADatabase { .. } | StoreError::Foreign { .. }) => {
                Exit::Invalid
            }
            _ => Exit::Unavailable,
        };
        match error {
            ImportError::Auth(error) => error.into(),
            other => Self::new(exit, "import_unreadable", other.to_string()),
        }
    }
}
