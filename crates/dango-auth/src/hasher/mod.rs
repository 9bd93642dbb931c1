//! Password hashing on one thread of low priority, behind a bounded queue.
//!
//! Argon2id is bound by memory: two hashes side by side finish no sooner than one after the other, and on a shared pool
//! they slow every other request down (`docs/adr/0007-hashing-on-one-thread.md`). So there is one thread. It keeps its
//! memory between hashes, and it starts with the first job, so that a command without passwords pays nothing.
//!
//! The queue is short, and nobody waits in it for long: beyond that the answer is [`HasherError::Busy`], and a job whose
//! caller has given up is skipped. Names that do not exist are checked against a dummy in the same queue, and after a
//! hash that was cheaper than those of today the difference is worked off, so they all take as long as the others
//! (contract §3.9).

mod claim;
mod equal_work;
mod queue;

use std::sync::Arc;
use std::time::Duration;

use dango_auth_core::password::{self, HashParameters, HashingError, Password, PasswordHash};

use crate::ambient::{Ambient, EntropyError};

use equal_work::EqualWork;
pub use queue::HasherCounts;
use queue::{Queue, QueueError};

/// How many jobs wait, how long, and how far the thread stands back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HasherLimits {
    /// Jobs that wait besides the one at work.
    pub queue: usize,
    /// The longest a job waits for its turn; one that has begun is waited for.
    pub wait: Duration,
    /// Added to the thread's nice value (0 to 19), on Linux: higher stands further back behind requests.
    pub niceness: i32,
}

impl HasherLimits {
    /// For a server: 64 jobs, 10 seconds, niceness 10, which still leaves the thread a share under full load.
    pub const SERVER: Self = Self {
        queue: 64,
        wait: Duration::from_secs(10),
        niceness: 10,
    };
    /// For a command, which has nothing else to do than to wait for its one hash.
    pub const COMMAND: Self = Self {
        queue: 1,
        wait: Duration::from_secs(60),
        niceness: 0,
    };
}

/// The hashing thread's front; cheap to clone, the thread ends with the last clone.
#[derive(Debug, Clone)]
pub struct Hasher {
    parameters: HashParameters,
    ambient: Ambient,
    queue: Arc<Queue>,
    equal_work: EqualWork,
}

/// What checking a password found.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// The password is the right one.
    pub matches: bool,
    /// It is, and its hash should be made anew, with the scheme and cost of today.
    pub needs_rehash: bool,
}

impl Hasher {
    /// A hasher that makes new hashes with `parameters`; it starts no thread yet.
    pub fn new(parameters: HashParameters, ambient: Ambient, limits: HasherLimits) -> Self {
        Self {
            parameters,
            ambient,
            queue: Arc::new(Queue::new(limits)),
            equal_work: EqualWork::new(parameters),
        }
    }

    /// A hasher that spares itself the work nobody reads the result of.
    ///
    /// SECURITY: it tells by its time which names exist. For tests of the tests that would notice it; no
    /// configuration leads here.
    #[must_use]
    pub fn with_unequal_work_for_tests(mut self) -> Self {
        self.equal_work = self.equal_work.left_out();
        self
    }

    /// Hashes a new password. Blocks until it is done; never call it inside a transaction.
    ///
    /// # Errors
    ///
    /// [`HasherError`]; the password is not hashed then.
    pub fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        let (password, parameters) = (password.clone(), self.parameters);
        let salt = self.ambient.bytes::<16>()?;
        let hashed = self
            .queue
            .run(move |memory| password::hash(&password, &parameters, salt, memory))?;
        Ok(hashed?)
    }

    /// Checks a password against a stored hash; without one it does the same work and answers "no match".
    ///
    /// Blocks until it is done; never call it inside a transaction.
    ///
    /// # Errors
    ///
    /// [`HasherError`]; the password is not checked then, so it counts neither as right nor as wrong.
    pub fn verify(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<Verification, HasherError> {
        let (password, parameters) = (password.clone(), self.parameters);
        let (hash, work) = (hash.cloned(), self.equal_work.clone());
        let checked = self.queue.run(move |memory| {
            let matches = work.verify(&password, hash.as_ref(), memory)?;
            let is_old = |hash: PasswordHash| hash.needs_rehash(&parameters);
            Ok::<_, HashingError>(Verification {
                matches,
                needs_rehash: matches && hash.is_some_and(is_old),
            })
        })?;
        Ok(checked?)
    }

    /// The cost of new hashes.
    pub fn parameters(&self) -> &HashParameters {
        &self.parameters
    }

    /// What the queue has done so far.
    pub fn counts(&self) -> HasherCounts {
        HasherCounts {
            blocks_checked: self.equal_work.blocks_checked(),
            ..self.queue.counts()
        }
    }
}

/// A password was neither hashed nor checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HasherError {
    /// Too many passwords wait already, or this one waited too long.
    #[error("too many sign-ins at once, try again in {} seconds", retry_after.as_secs())]
    Busy {
        /// When trying again makes sense, in whole seconds.
        retry_after: Duration,
    },
    /// The thread could not be started or did not survive the job.
    #[error("the hashing thread does not answer")]
    Unavailable,
    /// The hash itself failed, for want of memory.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// There was no salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl From<QueueError> for HasherError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Busy { retry_after } => Self::Busy { retry_after },
            QueueError::Unavailable => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests;
