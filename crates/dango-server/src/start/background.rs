//! What happens beside requests: writing last-seen instants, ending sessions that reached a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use actix_web::rt;
use actix_web::rt::task::JoinHandle;
use dango_auth::audit::AnchorWhen;
use dango_auth::stream::{Stream, streams};
use dango_auth::{Auth, Error};
use dango_auth_actix::Doorway;

/// How often queued last-seen instants are written.
const FLUSH: Duration = Duration::from_secs(1);

/// How often expired rows are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// How often events are looked for that were kept long enough.
const RETENTION: Duration = Duration::from_secs(60 * 60);

/// Starts the tasks; they end when dropped by [`stop`].
pub(super) fn start(doorway: &Doorway) -> Vec<JoinHandle<()>> {
    vec![
        every(FLUSH, doorway, "flush", |auth| auth.sessions().flush()),
        every(FLUSH, doorway, "repeats", |auth| auth.note_repeats(false)),
        every(FLUSH, doorway, "anchor", |auth| {
            auth.audit().anchor(AnchorWhen::Due).map(drop)
        }),
        every(RETENTION, doorway, "retention", |auth| {
            auth.audit().keep_retention().map(drop)
        }),
        every(SWEEP, doorway, "sweep", |auth| {
            auth.sessions().sweep().map(drop)
        }),
    ]
}

/// Ends the tasks and writes what is still queued.
pub(super) fn stop(tasks: Vec<JoinHandle<()>>, auth: &Auth) {
    for task in tasks {
        task.abort();
    }
    if let Err(error) = auth.sessions().flush() {
        tracing::warn!(%error, "last-seen instants were not written");
    }
    if let Err(error) = auth.note_repeats(true) {
        tracing::warn!(%error, "repeated refusals were not written down");
    }
    if let Err(error) = auth.audit().anchor(AnchorWhen::Now) {
        tracing::warn!(%error, "the audit log was not anchored");
    }
}

/// Starts a thread for each place that events are handed on to; they end soon after `stop` is set.
pub(super) fn hand_on(
    auth: &Auth,
    stop: &Arc<AtomicBool>,
) -> Result<Vec<thread::JoinHandle<()>>, Error> {
    let follow = |mut stream: Stream| {
        let stop = Arc::clone(stop);
        thread::spawn(move || {
            tracing::info!(stream = stream.name(), "audit events are handed on");
            while !stop.load(Ordering::Relaxed) {
                stream.deliver();
                wait(stream.pause(), &stop);
            }
            stream.deliver();
            stream.release();
        })
    };
    Ok(streams(auth)?.into_iter().map(follow).collect())
}

/// Waits, but not when the program is to end.
fn wait(pause: Duration, stop: &AtomicBool) {
    let slice = Duration::from_millis(100);
    let mut left = pause;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        thread::sleep(slice.min(left));
        left = left.saturating_sub(slice);
    }
}

fn every(
    pause: Duration,
    doorway: &Doorway,
    name: &'static str,
    work: fn(&Auth) -> Result<(), Error>,
) -> JoinHandle<()> {
    let doorway = doorway.clone();
    rt::spawn(async move {
        let mut ticks = rt::time::interval(pause);
        loop {
            ticks.tick().await;
            if let Err(error) = doorway.run(work).await {
                tracing::warn!(%error, task = name, "a background task failed; it is tried again");
            }
        }
    })
}
