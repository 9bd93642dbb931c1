//! Who asks, from what the worker remembers where that is still true, else from the database.

use std::cell::RefCell;
use std::sync::Arc;

use dango_auth::core::audit::Origin;
use dango_auth::{Auth, Caller, Error, Recogniser, Watch};
use thread_local::ThreadLocal;

use crate::credential::Credential;
use crate::doorway::Doorway;
use crate::epochs::{Epochs, Round};

/// What the workers remember, each for itself, and how they know that it is still true.
pub(crate) struct Memories {
    workers: ThreadLocal<RefCell<Worker>>,
    /// How the epoch is asked for where that takes waiting; else each worker has a watch of its own.
    epochs: Option<Epochs>,
}

struct Worker {
    watch: Watch,
    recogniser: Recogniser,
    round: Round,
}

impl Worker {
    fn new(auth: &Auth) -> RefCell<Self> {
        RefCell::new(Self {
            watch: auth.watch(),
            recogniser: auth.recogniser(),
            round: Round::default(),
        })
    }
}

impl Memories {
    pub(crate) fn new(auth: &Auth) -> Self {
        let asked = !auth.is_watched_at_once();
        Self {
            workers: ThreadLocal::new(),
            epochs: asked.then(|| Epochs::start(auth)),
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
        let Some(epochs) = &memories.epochs else {
            return Ok(memories.with(self.auth(), |worker| worker.watch.epoch())?);
        };
        if let Some(epoch) = epochs.leased() {
            return Ok(epoch);
        }
        let answer = memories.with(self.auth(), |worker| worker.round.join(epochs));
        let gone = |_| Error::Internal("a round was given up");
        Ok(answer.await.map_err(gone)??)
    }

    /// Whoever presents a credential, in a request that came before `epoch` was read.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Store`].
    pub(crate) async fn recognise(
        &self,
        epoch: i64,
        credential: &Credential<'_>,
        origin: Arc<Origin>,
    ) -> Result<Caller, Error> {
        let memories = self.memories();
        let recalled = memories.with(self.auth(), |worker| {
            let presented = credential.presented();
            worker.recogniser.recall(epoch, presented, &origin)
        });
        if let Some(known) = recalled {
            return known;
        }
        let (asked, from) = (credential.kept(), Arc::clone(&origin));
        let found = self.run(move |auth| auth.look_up(asked.credential().presented(), &from));
        let found = found.await?;
        memories.with(self.auth(), |worker| worker.recogniser.keep(found, origin))
    }
}
