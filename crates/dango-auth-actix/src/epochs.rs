//! The epoch from a database server, asked once for all requests that wait for it.
//!
//! One thread asks. It takes every request that has joined, then begins one query for all of them, so the
//! answer is never older than the moment a request joined (ADR 0012). One asker serves one database.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use dango_auth::{Error, StoreError, Watch};
use tokio::sync::oneshot;

/// A request that waits for the epoch.
type Waiter = oneshot::Sender<Result<i64, StoreError>>;

/// The way to the thread that asks; the thread ends when this is dropped.
pub(crate) struct Epochs(Option<Sender<Waiter>>);

impl Epochs {
    pub(crate) fn start(watch: Watch) -> Self {
        let (sender, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("epochs".to_owned())
            .spawn(move || answer_all(watch, &waiting));
        if let Err(error) = &thread {
            tracing::error!(%error, "the thread that asks for the epoch could not be started");
        }
        Self(thread.is_ok().then_some(sender))
    }

    /// The epoch, not older than this call.
    ///
    /// # Errors
    /// [`Error::Store`] when the database does not answer.
    pub(crate) async fn now(&self) -> Result<i64, Error> {
        let gone = || Error::Internal("nobody asks for the epoch");
        let (waiter, answer) = oneshot::channel();
        let asker = self.0.as_ref().ok_or_else(gone)?;
        asker.send(waiter).map_err(|_| gone())?;
        Ok(answer.await.map_err(|_| gone())??)
    }
}

fn answer_all(mut watch: Watch, waiting: &Receiver<Waiter>) {
    while let Ok(first) = waiting.recv() {
        let waiters: Vec<Waiter> = std::iter::once(first).chain(waiting.try_iter()).collect();
        let epoch = watch.epoch();
        for waiter in waiters {
            // A request that was given up waits for nothing.
            let _ = waiter.send(epoch.clone());
        }
    }
}
