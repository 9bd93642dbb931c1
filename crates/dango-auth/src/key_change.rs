//! Replacing the key that everything stored is sealed under (`dango auth rotate-key`, contract §5, ADR 0009).

use std::path::PathBuf;

use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::seal::{KeyId, KeyRing, MasterKey};
use dango_auth_store::ports::{KeyChanges as _, KeyReads as _, KeyStanding};
use dango_auth_store::{StoreError, TableStep};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::database::require_local;
use crate::error::Error;
use crate::project::{self, KEY_VARIABLE, Project, ProjectError};

/// Why the key was not replaced.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyChangeError {
    /// The key file.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Who asks, or the database.
    #[error(transparent)]
    Auth(#[from] Error),
    /// Another process is at it.
    #[error("another process is replacing the key; wait for it and try again")]
    Busy,
    /// The key comes from a variable, which a program cannot write.
    #[error(
        "the key comes from {KEY_VARIABLE}; put a new one in front of it, as in \
         {KEY_VARIABLE}=\"NEW,OLD\", for every server and then for this command"
    )]
    NoNewKey,
}

impl From<StoreError> for KeyChangeError {
    fn from(error: StoreError) -> Self {
        Self::Auth(error.into())
    }
}

/// What replacing the key did.
#[derive(Clone, Debug)]
pub struct KeyChanged {
    /// The key before, by its public id.
    pub old: KeyId,
    /// The key in force.
    pub new: KeyId,
    /// How many values were sealed anew.
    pub sealed: u64,
    /// Whether this finished a change that was begun before.
    pub resumed: bool,
    /// Where the old key is kept, for copies of the database made under it; none when the keys come from a variable.
    pub old_key_file: Option<PathBuf>,
}

/// The key that everything stored is sealed under.
#[derive(Clone, Copy)]
pub struct KeyChange<'a> {
    auth: &'a Auth,
}

impl<'a> KeyChange<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Which keys the database knows of.
    ///
    /// # Errors
    /// [`Error::LocalOnly`] for anybody but the local system.
    pub fn standing(self, caller: &Caller) -> Result<KeyStanding, Error> {
        require_local(caller)?;
        self.auth.inner.store.read(|tx| Ok(tx.key_standing()?))
    }

    /// Puts a new key in force, or finishes what was begun, and seals everything under it while everybody works on.
    ///
    /// Stopped at any moment, it leaves everything readable, and the next call finishes it.
    ///
    /// # Errors
    /// [`KeyChangeError`].
    pub fn replace(
        self,
        caller: &Caller,
        watch: impl FnMut(TableStep),
    ) -> Result<KeyChanged, KeyChangeError> {
        let standing = self.standing(caller)?;
        let place = &self.auth.inner.key_place;
        let own = place.own_file()?;
        let lock = own.map(Project::lock_keys).transpose()?;
        if matches!(lock, Some(None)) {
            return Err(KeyChangeError::Busy);
        }
        let keys = place.keys()?;
        let left = standing
            .replaced
            .iter()
            .rev()
            .find(|id| keys.get(**id).is_some());
        let resumed = standing
            .unfinished
            .or(left.copied().filter(|_| own.is_some()));
        let (old, new) = match resumed {
            Some(old) => (old, standing.current),
            None => (
                standing.current,
                self.put_in_force(caller, &standing, &keys, own)?,
            ),
        };
        let sealed = self.auth.inner.store.seal_anew(watch)?;
        if resumed.is_none() || standing.unfinished.is_some() {
            self.finish(caller, old, new, sealed)?;
        }
        let old_key_file = own.map(|project| self.retire(project, old)).transpose()?;
        Ok(KeyChanged {
            old,
            new,
            sealed,
            resumed: resumed.is_some(),
            old_key_file: old_key_file.flatten(),
        })
    }

    /// Makes a key unless one was prepared, keeps it where keys are, and only then puts it in force.
    fn put_in_force(
        self,
        caller: &Caller,
        standing: &KeyStanding,
        keys: &KeyRing,
        own: Option<&Project>,
    ) -> Result<KeyId, KeyChangeError> {
        let is_unused = |key: &&MasterKey| {
            let id = key.key_id();
            id != standing.current && !standing.replaced.contains(&id)
        };
        let prepared = keys.keys().find(is_unused).cloned();
        let new = match (prepared, own) {
            (Some(new), _) => new,
            (None, None) => return Err(KeyChangeError::NoNewKey),
            (None, Some(project)) => self.make(project, keys)?,
        };
        let act = caller.act(self.auth.now());
        self.auth.inner.store.change(|tx| {
            if tx.key_standing()? != *standing {
                return Err(KeyChangeError::Busy);
            }
            Ok(tx.replace_key(&new, act.at)?)
        })?;
        Ok(new.key_id())
    }

    fn make(self, project: &Project, keys: &KeyRing) -> Result<MasterKey, KeyChangeError> {
        let ambient = &self.auth.inner.ambient;
        let new = project::fresh(ambient).map_err(Error::from)?;
        let all = KeyRing::new(new.clone()).joined(keys);
        project.put_keys(&all, ambient.uuid().map_err(Error::from)?)?;
        Ok(new)
    }

    fn finish(self, caller: &Caller, old: KeyId, new: KeyId, sealed: u64) -> Result<(), Error> {
        let act = caller.act(self.auth.now());
        let event = act
            .event(EventName::KEY_ROTATED, Target::system("key"))
            .detail("old_key_id", old.to_string())
            .detail("key_id", new.to_string())
            .detail("sealed", sealed);
        self.auth
            .inner
            .store
            .change(|tx| Ok(tx.finish_key_change(act.at, event.clone())?))
    }

    /// Takes the old key out of the key file and keeps it beside.
    fn retire(self, project: &Project, old: KeyId) -> Result<Option<PathBuf>, KeyChangeError> {
        let keys = self.auth.inner.key_place.keys()?;
        let Some(key) = keys.get(old).cloned() else {
            return Ok(None);
        };
        let kept = project.keep_old_key(&key)?;
        let left = keys.keys().filter(|key| key.key_id() != old).cloned();
        let left = KeyRing::from_keys(left).ok_or(Error::Internal("the new key is missing"))?;
        let unique = self.auth.inner.ambient.uuid().map_err(Error::from)?;
        project.put_keys(&left, unique)?;
        Ok(Some(kept))
    }
}
