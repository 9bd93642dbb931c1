//! The queue in front of the hashing thread, and the thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use dango_auth_core::password::HashMemory;

use super::HasherLimits;
use super::claim::Claim;

pub(super) type Work = Box<dyn FnOnce(&mut HashMemory) + Send>;

/// A job, and the claim that says whether anybody still waits for it.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) claim: Arc<Claim>,
}

#[derive(Debug)]
pub(super) enum QueueError {
    Busy { retry_after: Duration },
    Unavailable,
}

/// What the hashing queue has done since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HasherCounts {
    /// Jobs that wait or are at work now.
    pub queued: u64,
    /// Jobs that were done.
    pub done: u64,
    /// Jobs that were dropped unworked because their caller had given up.
    pub skipped: u64,
    /// Jobs that were refused because the queue was full.
    pub refused: u64,
    /// Work that checking passwords was, in blocks of one KiB, dummies included.
    pub blocks_checked: u64,
}

#[derive(Debug, Default)]
struct Counters {
    queued: AtomicU64,
    done: AtomicU64,
    skipped: AtomicU64,
    refused: AtomicU64,
    /// How long the last job took, in microseconds.
    last_took: AtomicU64,
}

#[derive(Debug)]
pub(super) struct Queue {
    limits: HasherLimits,
    counters: Arc<Counters>,
    /// The way to the thread, made with the first job; none when the thread could not be started.
    sender: OnceLock<Option<SyncSender<Job>>>,
}

impl Queue {
    pub(super) fn new(limits: HasherLimits) -> Self {
        Self {
            limits,
            counters: Arc::default(),
            sender: OnceLock::new(),
        }
    }

    /// Runs `work` on the thread and waits for its result.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, QueueError> {
        let claim = Arc::new(Claim::default());
        let (reply, answer) = mpsc::sync_channel(1);
        let work: Work = Box::new(move |memory| {
            // The caller waits for work that has begun; if it is gone all the same, nobody misses the result.
            let _ = reply.send(work(memory));
        });
        self.enqueue(Job {
            work,
            claim: Arc::clone(&claim),
        })?;
        let result = match answer.recv_timeout(self.limits.wait) {
            Err(RecvTimeoutError::Timeout) if claim.give_up() => return Err(self.busy()),
            Err(RecvTimeoutError::Timeout) => answer.recv().ok(),
            other => other.ok(),
        };
        result.ok_or(QueueError::Unavailable)
    }

    pub(super) fn enqueue(&self, job: Job) -> Result<(), QueueError> {
        let sender = self
            .sender
            .get_or_init(|| start(self.limits, Arc::clone(&self.counters)));
        let sender = sender.as_ref().ok_or(QueueError::Unavailable)?;
        self.counters.queued.fetch_add(1, Ordering::Relaxed);
        match sender.try_send(job) {
            Ok(()) => Ok(()),
            Err(refused) => {
                self.counters.queued.fetch_sub(1, Ordering::Relaxed);
                self.counters.refused.fetch_add(1, Ordering::Relaxed);
                match refused {
                    TrySendError::Full(_) => Err(self.busy()),
                    TrySendError::Disconnected(_) => Err(QueueError::Unavailable),
                }
            }
        }
    }

    /// The time until the present queue should be worked off, rounded up to seconds.
    fn busy(&self) -> QueueError {
        let counters = &self.counters;
        let ahead = counters.queued.load(Ordering::Relaxed);
        let microseconds = counters
            .last_took
            .load(Ordering::Relaxed)
            .saturating_mul(ahead);
        let seconds = Duration::from_micros(microseconds)
            .as_secs()
            .saturating_add(1);
        QueueError::Busy {
            retry_after: Duration::from_secs(seconds),
        }
    }

    #[cfg(test)]
    pub(super) fn has_started(&self) -> bool {
        self.sender.get().is_some()
    }

    /// Lives as long as this queue or its thread does.
    #[cfg(test)]
    pub(super) fn pulse(&self) -> std::sync::Weak<impl Sized + use<>> {
        Arc::downgrade(&self.counters)
    }

    pub(super) fn counts(&self) -> HasherCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        HasherCounts {
            queued: read(&self.counters.queued),
            done: read(&self.counters.done),
            skipped: read(&self.counters.skipped),
            refused: read(&self.counters.refused),
            blocks_checked: 0,
        }
    }
}

fn start(limits: HasherLimits, counters: Arc<Counters>) -> Option<SyncSender<Job>> {
    let (sender, jobs) = mpsc::sync_channel(limits.queue);
    let thread = std::thread::Builder::new().name("hasher".to_owned());
    match thread.spawn(move || serve(&jobs, &counters, limits.niceness)) {
        Ok(_) => Some(sender),
        Err(error) => {
            tracing::error!(%error, "cannot start the hashing thread");
            None
        }
    }
}

/// Works until the last sender is gone.
fn serve(jobs: &Receiver<Job>, counters: &Counters, niceness: i32) {
    stand_back(niceness);
    let mut memory = HashMemory::new();
    for Job { work, claim } in jobs {
        if claim.begin() {
            let started = Instant::now();
            if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
                tracing::error!(
                    "a password hash panicked; its caller was told, the thread goes on"
                );
                memory = HashMemory::new();
            }
            let took = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            counters.last_took.store(took, Ordering::Relaxed);
            counters.done.fetch_add(1, Ordering::Relaxed);
        } else {
            counters.skipped.fetch_add(1, Ordering::Relaxed);
        }
        counters.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

/// On Linux a nice value belongs to the thread. Elsewhere it would slow the whole process down, so it stays.
fn stand_back(niceness: i32) {
    #[cfg(target_os = "linux")]
    if niceness > 0
        && let Err(error) = rustix::process::nice(niceness)
    {
        tracing::debug!(%error, "the hashing thread keeps its priority");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = niceness;
}
