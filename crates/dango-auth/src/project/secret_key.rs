//! The master key of a project, from its file or from the environment.

use std::io::Read as _;
use std::path::Path;

use dango_auth_core::{MasterKey, Secret};
use zeroize::Zeroizing;

use super::{Project, ProjectError, ProjectErrorKind, private};
use crate::ambient::Ambient;
use crate::environment::Environment;

/// The variable that gives the key instead of the file; with `_FILE` it names a file.
pub const KEY_VARIABLE: &str = "DANGO_SECRET_KEY";
/// Longer than any spelling of a key, in bytes.
const KEY_FILE_LIMIT: u64 = 1_024;

/// What to do when there is no key.
#[derive(Debug, Clone, Copy)]
pub enum MissingKey<'a> {
    /// Refuse: there is a store that was sealed with one.
    Refuse,
    /// Make one. Only for a store that is fresh: a new key cannot open what another one sealed.
    Create(&'a Ambient),
}

impl Project {
    /// The master key: from `DANGO_SECRET_KEY` or `DANGO_SECRET_KEY_FILE`, else from `.dango/secret.key`.
    ///
    /// A key that is there but unreadable, garbled or open to other users is an error and never replaced. When several
    /// processes create at once, one key is made and all of them answer it.
    ///
    /// # Errors
    ///
    /// [`ProjectError`] when there is no usable key.
    pub fn master_key(
        &self,
        environment: &Environment,
        missing: MissingKey<'_>,
    ) -> Result<MasterKey, ProjectError> {
        if let Some(key) = from_environment(environment)? {
            return Ok(key);
        }
        let path = self.key_file();
        if let Some(key) = read(&path)? {
            return Ok(key);
        }
        match missing {
            MissingKey::Create(ambient) => create(&path, ambient),
            MissingKey::Refuse => Err(gone(&path)),
        }
    }
}

fn from_environment(environment: &Environment) -> Result<Option<MasterKey>, ProjectError> {
    let unreadable = |error: crate::environment::EnvironmentError| {
        ProjectError::new(ProjectErrorKind::Unavailable, error.to_string())
    };
    let Some(text) = environment.secret(KEY_VARIABLE).map_err(unreadable)? else {
        return Ok(None);
    };
    parse(&text, &format!("environment variable {KEY_VARIABLE}")).map(Some)
}

fn read(path: &Path) -> Result<Option<MasterKey>, ProjectError> {
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

fn parse(text: &Secret, place: &str) -> Result<MasterKey, ProjectError> {
    MasterKey::parse(text.expose()).map_err(|_| garbled(place))
}

fn create(path: &Path, ambient: &Ambient) -> Result<MasterKey, ProjectError> {
    let no_randomness = |error: crate::ambient::EntropyError| {
        ProjectError::new(
            ProjectErrorKind::Unavailable,
            format!("cannot make a key: {error}"),
        )
    };
    let key = MasterKey::from_bytes(*Zeroizing::new(
        ambient.bytes::<32>().map_err(no_randomness)?,
    ));
    let unique = ambient.uuid().map_err(no_randomness)?;
    let draft = path.with_extension(format!("key.{unique}"));
    let text = Secret::new(format!("{}\n", key.to_file_text().expose()));
    let made = private::create_file(path, text.expose().as_bytes(), Some(&draft));
    if made.map_err(|error| ProjectError::io("create", path, &error))? {
        return Ok(key);
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
