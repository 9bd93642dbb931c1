//! The courier on a thread of its own, beside a server.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::call::Stop;
use super::courier::Courier;
use crate::auth::Auth;
use crate::error::Error;

/// How often the outbox is looked at; one small read.
const PAUSE: Duration = Duration::from_secs(1);

/// A thread that takes what waits to Metabase, until it is stopped or dropped.
#[derive(Debug)]
pub struct Worker {
    stop: Stop,
    bell: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it; nothing when no server is configured.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Entropy`], [`Error::Internal`] when there is no thread to be had.
    pub fn start(auth: &Auth) -> Result<Option<Self>, Error> {
        let Some(mut courier) = Courier::new(auth)? else {
            return Ok(None);
        };
        let (bell, ended) = mpsc::channel::<()>();
        let stop = courier.stop();
        let run = move || {
            while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = courier.round() {
                    tracing::warn!(%error, "the outbox to Metabase cannot be read; it is tried again");
                }
            }
        };
        let thread = Builder::new()
            .name("metabase".to_owned())
            .spawn(run)
            .map_err(|_| Error::Internal("no thread for the way to Metabase"))?;
        Ok(Some(Self {
            stop,
            bell: Some(bell),
            thread: Some(thread),
        }))
    }

    /// Stops it: the call under way is finished, no other begins, and whoever was in hand waits on.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.bell = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the way to Metabase ended in a panic");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}
