//! The epoch from a database server, asked once for all requests that wait for it.
//!
//! The requests of a worker that have come by now make a [`Round`], and one thread asks for all rounds that are
//! closed. It takes them, then begins one query for all of them, so the answer is never older than the moment
//! a request joined (ADR 0012). One asker serves one database.
//!
//! Where leases are allowed it also asks by itself, and what it saw counts for a moment without joining
//! (ADR 0014).

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use dango_auth::settings::Freshness;
use dango_auth::{Auth, StoreError, Watch};
use tokio::sync::oneshot;

use crate::leased::{Leased, now};

/// The epoch, unless the database does not answer.
pub(crate) type Answer = Result<i64, StoreError>;

/// Somebody who waits for the epoch.
type Waiter = oneshot::Sender<Answer>;

/// How often the epoch is asked for while it is leased: a third of a lease, so that one late answer is none.
const RENEWAL: Duration = Duration::from_millis(20);

/// How often others may join before a question is put all the same.
const PATIENCE: usize = 32;

/// The way to the thread that asks; the thread ends when the last of these is dropped.
#[derive(Clone)]
pub(crate) struct Epochs {
    asker: Option<Sender<Waiter>>,
    leased: Option<Arc<Leased>>,
}

impl Epochs {
    pub(crate) fn start(auth: &Auth) -> Self {
        let (sender, waiting) = mpsc::channel();
        let leased = (auth.freshness() == Freshness::Lease).then(Arc::default);
        let (auth, own) = (auth.clone(), leased.clone());
        let thread = thread::Builder::new()
            .name("epochs".to_owned())
            .spawn(move || {
                if let Err(error) = auth.settle_freshness() {
                    tracing::warn!(%error, "it could not be settled whether leases are used");
                }
                let watch = auth.watch();
                // The thread must not keep open what it serves.
                drop(auth);
                answer_all(watch, &waiting, own.as_deref());
            });
        if let Err(error) = &thread {
            tracing::error!(%error, "the thread that asks for the epoch could not be started");
        }
        Self {
            asker: thread.is_ok().then_some(sender),
            leased,
        }
    }

    /// The epoch, where it is known without asking.
    pub(crate) fn leased(&self) -> Option<i64> {
        self.leased.as_ref().and_then(|leased| leased.epoch())
    }

    /// The epoch, not older than this call.
    async fn now(&self) -> Answer {
        let gone = || StoreError::Unavailable {
            reason: "nobody asks for the epoch".to_owned(),
            retry: true,
        };
        let (waiter, answer) = oneshot::channel();
        let asker = self.asker.as_ref().ok_or_else(gone)?;
        asker.send(waiter).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// Requests of one worker that wait for the same answer.
#[derive(Clone, Default)]
pub(crate) struct Round(Arc<Mutex<Vec<Waiter>>>);

impl Round {
    /// Joins the round that is open; its answer is not older than this call.
    ///
    /// The question is put when nobody has joined while everything else that had come to this worker was
    /// looked at, so that all of it waits together: a question costs as much as several requests. Then the
    /// round is closed, before the question is put: whoever comes later belongs to the next one.
    pub(crate) fn join(&self, epochs: &Epochs) -> oneshot::Receiver<Answer> {
        let (waiter, answer) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.push(waiter);
        if waiting.len() == 1 {
            let (round, epochs) = (self.clone(), epochs.clone());
            actix_web::rt::spawn(async move {
                let mut joined = 0;
                for _ in 0..PATIENCE {
                    tokio::task::yield_now().await;
                    let count = round.waiting().len();
                    if std::mem::replace(&mut joined, count) == count {
                        break;
                    }
                }
                let waiting = std::mem::take(&mut *round.waiting());
                let epoch = epochs.now().await;
                for waiter in waiting {
                    // A request that was given up waits for nothing.
                    let _ = waiter.send(epoch.clone());
                }
            });
        }
        answer
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer_all(mut watch: Watch, waiting: &Receiver<Waiter>, leased: Option<&Leased>) {
    let mut asked = Instant::now();
    while let Some(waiters) = wait(waiting, leased, asked) {
        asked = Instant::now();
        let begun = now();
        let sight = watch.sight();
        if let (Some(leased), Ok(sight)) = (leased, &sight) {
            leased.renew(*sight, begun);
        }
        for waiter in waiters {
            // A request that was given up waits for nothing.
            let _ = waiter.send(sight.clone().map(|sight| sight.epoch));
        }
    }
}

/// Those who have joined, once there are any; nobody when a lease in use is due; nothing at the end.
fn wait(
    waiting: &Receiver<Waiter>,
    leased: Option<&Leased>,
    asked: Instant,
) -> Option<Vec<Waiter>> {
    let first = if leased.is_some_and(Leased::was_used) {
        match waiting.recv_timeout(RENEWAL.saturating_sub(asked.elapsed())) {
            Ok(first) => Some(first),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    } else {
        Some(waiting.recv().ok()?)
    };
    Some(first.into_iter().chain(waiting.try_iter()).collect())
}
