//! Finding and opening the installation that the options name.

use std::path::{Path, PathBuf};

use dango_auth::{Auth, Environment, OpenOptions, Project};

use super::Local;
use super::system_user::name_of_system_user;
use crate::arguments::Global;
use crate::door::Answer;

impl Local {
    /// Opens what is there; nothing is made.
    ///
    /// # Errors
    /// When there is no project, or its configuration, key or store cannot be used.
    pub(crate) fn open(global: &Global) -> Answer<Self> {
        Ok(Self::new(Auth::open(of(global)?)?))
    }
}

/// How to open the project that the global options name.
pub(super) fn of(global: &Global) -> Answer<OpenOptions> {
    let project = match global.project() {
        Some(folder) => Project::at(&folder)?,
        None => Project::discover(Path::new("."))?,
    };
    Ok(options(project, global))
}

/// How to open a project under the global options.
pub(super) fn options(project: Project, global: &Global) -> OpenOptions {
    let mut options = OpenOptions::new(project, Environment::of_process());
    options.local_user = name_of_system_user();
    match &global.database_url {
        Some(url) => options.with_argument("--database-url", "database_url", url),
        None => options,
    }
}

/// The folder of a project to make.
pub(super) fn folder(given: Option<PathBuf>, global: &Global) -> PathBuf {
    given
        .or_else(|| global.project())
        .unwrap_or_else(|| PathBuf::from("."))
}
