//! Who asks, from what the worker remembers where that is still true, else from the database.

use std::cell::RefCell;

use dango_auth::core::audit::Origin;
use dango_auth::{Auth, Caller, Error, Recogniser, Watch};
use thread_local::ThreadLocal;

use crate::credential::Credential;
use crate::doorway::Doorway;
use crate::epochs::Epochs;

/// What the workers remember, each for itself, and how they know that it is still true.
pub(crate) struct Memories {
    workers: ThreadLocal<RefCell<Worker>>,
    /// How the epoch is asked for where that takes waiting; else each worker has a watch of its own.
    epochs: Option<Epochs>,
}

struct Worker {
    watch: Watch,
    recogniser: Recogniser,
}

impl Worker {
    fn new(auth: &Auth) -> RefCell<Self> {
        RefCell::new(Self {
            watch: auth.watch(),
            recogniser: auth.recogniser(),
        })
    }
}

impl Memories {
    pub(crate) fn new(auth: &Auth) -> Self {
        let asked = !auth.is_watched_at_once();
        Self {
            workers: ThreadLocal::new(),
            epochs: asked.then(|| Epochs::start(auth.watch())),
        }
    }

    fn with<T>(&self, auth: &Auth, work: impl FnOnce(&mut Worker) -> T) -> T {
        let worker = self.workers.get_or(|| Worker::new(auth));
        work(&mut worker.borrow_mut())
    }
}

impl Doorway {
    /// The epoch in force, not older than this call.
    ///
    /// # Errors
    /// [`Error::Store`] when the database does not answer: the door is closed then, whatever is remembered.
    pub(crate) async fn epoch(&self) -> Result<i64, Error> {
        let memories = self.memories();
        match &memories.epochs {
            Some(epochs) => epochs.now().await,
            None => Ok(memories.with(self.auth(), |worker| worker.watch.epoch())?),
        }
    }

    /// Whoever presents a credential, in a request that came before `epoch` was read.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Store`].
    pub(crate) async fn recognise(
        &self,
        epoch: i64,
        credential: &Credential,
        origin: Origin,
    ) -> Result<Caller, Error> {
        let memories = self.memories();
        let recalled = memories.with(self.auth(), |worker| {
            let presented = credential.presented();
            worker.recogniser.recall(epoch, presented, &origin)
        });
        if let Some(known) = recalled {
            return known;
        }
        let (asked, from) = (credential.clone(), origin.clone());
        let found = self.run(move |auth| {
            let presented = asked.presented();
            auth.look_up(presented, &from)
        });
        let found = found.await?;
        memories.with(self.auth(), |worker| worker.recogniser.keep(found, origin))
    }
}
