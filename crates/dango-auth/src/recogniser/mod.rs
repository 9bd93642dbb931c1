//! Who was recognised before, remembered by one thread as long as nothing has changed.
//!
//! Whoever was looked up is kept under the hash of their token. Everything kept was read at one epoch of
//! the store; a request says which epoch is in force, and when that is another one all of it is forgotten
//! (contract §3.3, ADR 0012). What changes by time alone is compared with the clock at each request.

mod kept;

use std::sync::Arc;

use dango_auth_core::audit::Origin;

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::sessions::{Presented, Recognition};
use crate::settings::Settings;
use kept::Kept;

/// How many people and keys one thread remembers; about a kilobyte each.
const REMEMBERED: usize = 8_192;

/// The memory of one thread.
#[derive(Debug)]
pub struct Recogniser {
    auth: Auth,
    /// The epoch at which everything below was read, and under which configuration.
    read_at: Option<(i64, u64)>,
    /// Whether sign-in is switched off, once it is known for the epoch.
    switched_off: Option<bool>,
    kept: Kept,
}

/// What was read about a request, to be remembered; made by [`Auth::look_up`].
#[derive(Debug)]
pub struct Found(Recognition);

impl Auth {
    /// A fresh memory for one thread.
    pub fn recogniser(&self) -> Recogniser {
        Recogniser::remembering(self, REMEMBERED)
    }

    /// Looks up whoever asks, in one read of the database.
    ///
    /// # Errors
    /// [`Error::Store`] when the database does not answer.
    pub fn look_up(&self, presented: Presented<'_>, origin: &Origin) -> Result<Found, Error> {
        self.sessions().recognise(presented, origin).map(Found)
    }

    /// The settings as of an epoch, if they are at hand without asking the database.
    pub fn settings_at(&self, epoch: i64) -> Option<Arc<Settings>> {
        self.inner.settings.known(epoch)
    }
}

impl Recogniser {
    /// A fresh memory of a size of one's own.
    pub fn remembering(auth: &Auth, most: usize) -> Self {
        Self {
            auth: auth.clone(),
            read_at: None,
            switched_off: None,
            kept: Kept::new(most),
        }
    }

    /// Whoever asks, if that is known without asking the database; `epoch` was read after the request came.
    pub fn recall(
        &mut self,
        epoch: i64,
        presented: Presented<'_>,
        origin: &Arc<Origin>,
    ) -> Option<Result<Caller, Error>> {
        self.enter(epoch, self.auth.inner.settings.replaced());
        if self.switched_off? {
            let everybody = self
                .auth
                .system_caller("auth disabled", Origin::clone(origin));
            return Some(Ok(everybody));
        }
        let Some(token) = crate::sessions::Token::of(presented) else {
            return Some(Err(Error::Unauthenticated));
        };
        let person = self.kept.person(&token, self.auth.now())?;
        Some(Ok(Caller::person_from(person, Arc::clone(origin))))
    }

    /// Remembers what was read, and says who it is.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for nobody.
    pub fn keep(&mut self, found: Found, origin: Arc<Origin>) -> Result<Caller, Error> {
        let Found(recognition) = found;
        self.enter(recognition.standing.epoch, recognition.replaced);
        self.switched_off = Some(recognition.standing.auth_disabled);
        if let Some((token, known)) = &recognition.found {
            self.kept.keep(*token, known.clone());
        }
        recognition.caller(&self.auth, origin)
    }

    /// How many people and keys are remembered.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nobody is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// SECURITY: forgets what was read at any other epoch, a later one included: answers of a server may
    /// come in another order than they were given.
    fn enter(&mut self, epoch: i64, replaced: u64) {
        let now = (epoch, replaced);
        if self.read_at.replace(now) != Some(now) {
            self.switched_off = None;
            self.kept.clear();
        }
    }
}
