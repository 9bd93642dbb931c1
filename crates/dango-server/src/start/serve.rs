//! Listening, and stopping in order.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::rt::System;
use dango_auth::Auth;
use dango_auth::metabase::Worker;
use dango_auth_actix::{Doorway, Reach};
use tokio::signal::unix::{SignalKind, signal};

use super::tls::{self, Certificates};
use super::{StartError, background, notify, reload, say};
use crate::app::Shared;
use crate::args::Args;
use crate::pages;

/// Threads that may wait for the store or a password hash, per worker.
const BLOCKING_THREADS: usize = 64;

/// How long a stop waits for requests that have begun, in seconds.
const DRAIN_SECONDS: u64 = 20;

/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT; requests that have begun are answered.
pub(super) fn serve(
    auth: &Auth,
    args: &Args,
    listener: TcpListener,
    tls: Option<Arc<Certificates>>,
    base_url: String,
) -> Result<(), StartError> {
    let listening_on = base_url.clone();
    let reach = Reach {
        own_tls: tls.is_some(),
        base_url,
        ..Reach::default()
    };
    let doorway = Doorway::new(auth.clone(), reach, Some(pages::problem_page))?;
    let shared = Shared::new(doorway.clone());
    let workers = args.workers.map(usize::from);
    System::new().block_on(async move {
        let stop = stop_signal().map_err(StartError::Server)?;
        say(&format!("dango-server listens on {listening_on}"));
        let mut tasks = background::start(&doorway);
        tasks.push(reload::on_hangup(&doorway, tls.clone()).map_err(StartError::Server)?);
        let courier = follow_metabase(doorway.auth())?;
        let stopping = Arc::new(AtomicBool::new(false));
        let streams = background::hand_on(doorway.auth(), &stopping)?;
        let mut server = HttpServer::new(move || crate::application!(shared))
            .keep_alive(KEEP_ALIVE)
            .shutdown_signal(stop)
            .shutdown_timeout(DRAIN_SECONDS)
            .worker_max_blocking_threads(BLOCKING_THREADS);
        if let Some(workers) = workers {
            server = server.workers(workers);
        }
        let listening = match tls {
            Some(certificates) => {
                server.listen_rustls_0_23(listener, tls::server_config(certificates)?)
            }
            None => server.listen(listener),
        };
        let running = listening.map_err(StartError::Server)?.run();
        notify::ready();
        running.await.map_err(StartError::Server)?;
        tracing::info!("stopped");
        if let Some(courier) = courier {
            courier.stop();
        }
        background::stop(tasks, doorway.auth());
        stopping.store(true, Ordering::Relaxed);
        for stream in streams {
            if stream.join().is_err() {
                tracing::warn!("handing audit events on ended with a panic");
            }
        }
        Ok(())
    })
}

/// Mirrors roles to Metabase from now on, where one is configured.
fn follow_metabase(auth: &Auth) -> Result<Option<Worker>, StartError> {
    auth.metabase().follow()?;
    Ok(Worker::start(auth)?)
}

/// Comes when the program is asked to stop. The signals are caught from now on, not from when the
/// server runs, so that a stop right after the start is one in order.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        notify::stopping();
        tracing::info!("stopping: requests that have begun are answered");
    })
}
