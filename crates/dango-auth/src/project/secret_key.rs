//! The master key of a project, from its file or from the environment.

use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use dango_auth_core::{KeyRing, MasterKey, Secret};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Project, ProjectError, ProjectErrorKind, private};
use crate::ambient::{Ambient, EntropyError};
use crate::environment::Environment;

/// The variable that gives the key instead of the file; with `_FILE` it names a file.
pub const KEY_VARIABLE: &str = "DANGO_SECRET_KEY";
/// Longer than any file with a key and those it replaced, in bytes.
const KEY_FILE_LIMIT: u64 = 4_096;

/// What to do when there is no key.
#[derive(Debug, Clone, Copy)]
pub enum MissingKey<'a> {
    /// Refuse: there is a store that was sealed with one.
    Refuse,
    /// Make one. Only for a store that is fresh: a new key cannot open what another one sealed.
    Create(&'a Ambient),
}

impl Project {
    /// The master key: from `DANGO_SECRET_KEY` or `DANGO_SECRET_KEY_FILE`, else from `.dango/secret.key`. While a key
    /// is being replaced there are two, the newest first; the database knows which one is in force.
    ///
    /// A key that is there but unreadable, garbled or open to other users is an error and never replaced. When several
    /// processes create at once, one key is made and all of them answer it.
    ///
    /// # Errors
    ///
    /// [`ProjectError`] when there is no usable key.
    pub fn key_ring(
        &self,
        environment: &Environment,
        missing: MissingKey<'_>,
    ) -> Result<KeyRing, ProjectError> {
        if let Some(keys) = from_environment(environment)? {
            return Ok(keys);
        }
        let path = self.key_file();
        if let Some(keys) = read(&path)? {
            return Ok(keys);
        }
        match missing {
            MissingKey::Create(ambient) => create(&path, ambient),
            MissingKey::Refuse => Err(gone(&path)),
        }
    }

    /// Puts these keys, the newest first, in the place of those in `.dango/secret.key`, in one step.
    pub(crate) fn put_keys(&self, keys: &KeyRing, unique: Uuid) -> Result<(), ProjectError> {
        let path = self.key_file();
        let draft = path.with_extension(format!("key.{unique}"));
        let lines = keys
            .keys()
            .map(|key| key.to_file_text().expose().to_owned() + "\n");
        let text = Secret::new(lines.collect::<String>());
        private::replace_file(&path, text.expose().as_bytes(), &draft)
            .map_err(|error| ProjectError::io("write", &path, &error))
    }

    /// Keeps a key that was replaced in a file of its own, for copies of the database that were made under it.
    pub(crate) fn keep_old_key(&self, key: &MasterKey) -> Result<PathBuf, ProjectError> {
        let path = self
            .key_file()
            .with_extension(format!("key.old-{}", key.key_id()));
        let text = Secret::new(format!("{}\n", key.to_file_text().expose()));
        private::create_file(&path, text.expose().as_bytes(), None)
            .map_err(|error| ProjectError::io("create", &path, &error))?;
        Ok(path)
    }

    /// Waits for nobody: one process at a time may change the key file.
    pub(crate) fn lock_keys(&self) -> Result<Option<File>, ProjectError> {
        let path = self.key_file().with_extension("key.lock");
        let file =
            private::open_lock(&path).map_err(|error| ProjectError::io("lock", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(ProjectError::io("lock", &path, &error)),
        }
    }
}

/// Tells whether the keys come from a variable, where no program can put a new one.
pub(crate) fn is_given(environment: &Environment) -> Result<bool, ProjectError> {
    Ok(from_environment(environment)?.is_some())
}

fn from_environment(environment: &Environment) -> Result<Option<KeyRing>, ProjectError> {
    let unreadable = |error: crate::environment::EnvironmentError| {
        ProjectError::new(ProjectErrorKind::Unavailable, error.to_string())
    };
    let Some(text) = environment.secret(KEY_VARIABLE).map_err(unreadable)? else {
        return Ok(None);
    };
    parse(&text, &format!("environment variable {KEY_VARIABLE}")).map(Some)
}

fn read(path: &Path) -> Result<Option<KeyRing>, ProjectError> {
    let Some(file) = private::open_file(path)? else {
        return Ok(None);
    };
    let mut text = Zeroizing::new(String::new());
    let read = file.take(KEY_FILE_LIMIT).read_to_string(&mut text);
    match read {
        Ok(_) => parse(&Secret::from(text.as_str()), &path.display().to_string()).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(garbled(&path.display().to_string()))
        }
        Err(error) => Err(ProjectError::io("read", path, &error)),
    }
}

fn parse(text: &Secret, place: &str) -> Result<KeyRing, ProjectError> {
    let keys = MasterKey::parse_all(text.expose()).map_err(|_| garbled(place))?;
    KeyRing::from_keys(keys).ok_or_else(|| garbled(place))
}

/// A fresh key.
pub(crate) fn fresh(ambient: &Ambient) -> Result<MasterKey, EntropyError> {
    Ok(MasterKey::from_bytes(*Zeroizing::new(
        ambient.bytes::<32>()?,
    )))
}

fn create(path: &Path, ambient: &Ambient) -> Result<KeyRing, ProjectError> {
    let no_randomness = |error: crate::ambient::EntropyError| {
        ProjectError::new(
            ProjectErrorKind::Unavailable,
            format!("cannot make a key: {error}"),
        )
    };
    let key = fresh(ambient).map_err(no_randomness)?;
    let unique = ambient.uuid().map_err(no_randomness)?;
    let draft = path.with_extension(format!("key.{unique}"));
    let text = Secret::new(format!("{}\n", key.to_file_text().expose()));
    let made = private::create_file(path, text.expose().as_bytes(), Some(&draft));
    if made.map_err(|error| ProjectError::io("create", path, &error))? {
        return Ok(KeyRing::new(key));
    }
    // Another process was faster; its key is the key.
    read(path)?.ok_or_else(|| gone(path))
}

fn gone(path: &Path) -> ProjectError {
    let message = format!(
        "the key {} is missing; put it back from a backup or set {KEY_VARIABLE}, a new one cannot open what is stored",
        path.display()
    );
    ProjectError::new(ProjectErrorKind::KeyMissing, message)
}

fn garbled(place: &str) -> ProjectError {
    let message = format!(
        "{place} is not a key (32 bytes in hexadecimal or base64); put the key back from a backup"
    );
    ProjectError::new(ProjectErrorKind::KeyGarbled, message)
}
