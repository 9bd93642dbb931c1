//! The project: a folder with `.dango/` in it, which keeps the database, the key and the configuration (contract §6).

mod error;
mod private;
mod secret_key;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

pub use error::{ProjectError, ProjectErrorKind};
pub use secret_key::{KEY_VARIABLE, MissingKey};
pub(crate) use secret_key::{fresh, is_given};

use crate::settings::{Profile, Sources};

/// The name of the folder that makes a folder a project.
const FOLDER: &str = ".dango";
/// Permission bits of the group and of all others.
const OTHERS: u32 = 0o077;
/// The bits of [`OTHERS`] that let them write.
const OTHERS_WRITE: u32 = 0o022;

/// Keeps everything but the configuration out of version control, in a folder that is ours alone.
const IGNORE_ALL: &str = "# Keys and databases do not belong into version control.\n*\n!.gitignore\n!project.yml\n!policy.toml\n";
/// The same for a folder that others keep files in too.
const IGNORE_OURS: &str = "# Keys and databases do not belong into version control.\nauth.db*\nsecret.key*\naudit.*\nlogs/\n";

/// A project on disk.
///
/// Whoever can write into `.dango/` is an administrator, so a folder that others can write to is refused, as is one
/// that is a symbolic link or that belongs to somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
}

/// Whether [`Project::create`] made something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// `.dango/` was made.
    Now,
    /// `.dango/` was there already.
    Before,
}

impl Project {
    /// Finds the nearest folder with `.dango/`, from `start` upwards.
    ///
    /// # Errors
    ///
    /// [`ProjectError`] when there is none, or when the nearest is not safe to use.
    pub fn discover(start: &Path) -> Result<Self, ProjectError> {
        let start = absolute(start)?;
        let found = start
            .ancestors()
            .find(|folder| fs::symlink_metadata(folder.join(FOLDER)).is_ok());
        match found {
            Some(root) => Self::at(root),
            None => Err(ProjectError::no_project(&start, "or above")),
        }
    }

    /// Takes exactly `root`, which must have `.dango/`.
    ///
    /// # Errors
    ///
    /// [`ProjectError`] when it has none, or when that is not safe to use.
    pub fn at(root: &Path) -> Result<Self, ProjectError> {
        let project = Self {
            root: absolute(root)?,
        };
        project.check_folder()?;
        Ok(project)
    }

    /// Makes `root` a project: `.dango/` with mode 0700 whatever the umask, and a `.gitignore`. An existing `.dango/`
    /// is kept with all it holds; other users lose their access to it.
    ///
    /// # Errors
    ///
    /// [`ProjectError`] when the folder cannot be made or is not safe to use.
    pub fn create(root: &Path) -> Result<(Self, Created), ProjectError> {
        let project = Self {
            root: absolute(root)?,
        };
        let folder = project.folder();
        fs::create_dir_all(&project.root)
            .map_err(|error| ProjectError::io("create", &project.root, &error))?;
        let created = private::create_folder(&folder)
            .map_err(|error| ProjectError::io("create", &folder, &error))?;
        let (created, ignore) = if created {
            (Created::Now, IGNORE_ALL)
        } else {
            (Created::Before, IGNORE_OURS)
        };
        project.check_owner_and_kind()?;
        private::restrict_folder(&folder)
            .map_err(|error| ProjectError::io("restrict", &folder, &error))?;
        project.check_folder()?;
        project.write_once(".gitignore", ignore)?;
        Ok((project, created))
    }

    /// The folder that has `.dango/`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `.dango/` itself.
    pub fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    /// The SQLite database, `.dango/auth.db`.
    pub fn database_file(&self) -> PathBuf {
        self.folder().join("auth.db")
    }

    /// What to say when the database is not there although the key is.
    pub(crate) fn database_gone(&self) -> ProjectError {
        let message = format!(
            "the database {} is missing although its key is there; put it back from a backup, or remove {} to \
             start afresh",
            self.database_file().display(),
            self.key_file().display()
        );
        ProjectError::new(ProjectErrorKind::DatabaseMissing, message)
    }

    /// The master key, `.dango/secret.key`.
    pub fn key_file(&self) -> PathBuf {
        self.folder().join("secret.key")
    }

    /// Opens a file for adding lines to it; it is made for us alone.
    pub(crate) fn open_append(path: &Path) -> Result<fs::File, ProjectError> {
        private::open_append(path).map_err(|error| ProjectError::io("write", path, &error))
    }

    /// Opens a file that must be ours alone; nothing when there is none.
    pub(crate) fn open_own(path: &Path) -> Result<Option<fs::File>, ProjectError> {
        private::open_file(path)
    }

    /// The configuration, `.dango/project.yml`.
    pub fn settings_file(&self) -> PathBuf {
        self.folder().join("project.yml")
    }

    /// What is added to roles and permissions, `.dango/policy.toml`.
    pub fn policy_file(&self) -> PathBuf {
        self.folder().join("policy.toml")
    }

    /// The folder for log files, `.dango/logs`.
    pub fn logs_folder(&self) -> PathBuf {
        self.folder().join("logs")
    }

    /// The layers of settings of this project under `environment`.
    pub fn sources(&self, environment: crate::environment::Environment) -> Sources {
        Sources::new(environment).with_file(self.settings_file())
    }

    /// Writes a `project.yml` that chooses `profile`, unless there is one; answers whether it wrote.
    ///
    /// # Errors
    ///
    /// [`ProjectError`] when the file cannot be written.
    pub fn write_profile(&self, profile: Profile) -> Result<bool, ProjectError> {
        self.write_once("project.yml", &format!("auth:\n  profile: {profile}\n"))
    }

    fn write_once(&self, name: &str, content: &str) -> Result<bool, ProjectError> {
        let path = self.folder().join(name);
        let written = private::create_file(&path, content.as_bytes(), None);
        written.map_err(|error| ProjectError::io("create", &path, &error))
    }

    fn check_folder(&self) -> Result<(), ProjectError> {
        let metadata = self.check_owner_and_kind()?;
        let mode = metadata.permissions().mode();
        if mode & OTHERS_WRITE != 0 {
            return Err(ProjectError::open_to_others(&self.folder(), mode, "700"));
        }
        Ok(())
    }

    fn check_owner_and_kind(&self) -> Result<fs::Metadata, ProjectError> {
        let folder = self.folder();
        let metadata = match fs::symlink_metadata(&folder) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(ProjectError::no_project(&self.root, ""));
            }
            Err(error) => return Err(ProjectError::io("open", &folder, &error)),
        };
        if metadata.is_symlink() {
            return Err(ProjectError::insecure(
                &folder,
                "is a symbolic link; use the folder it points to",
            ));
        }
        if !metadata.is_dir() {
            return Err(ProjectError::insecure(
                &folder,
                "is not a folder; move it away",
            ));
        }
        private::check_owner(&folder, metadata.uid())?;
        Ok(metadata)
    }
}

fn absolute(path: &Path) -> Result<PathBuf, ProjectError> {
    std::path::absolute(path).map_err(|error| ProjectError::io("find", path, &error))
}

#[cfg(test)]
mod tests;
