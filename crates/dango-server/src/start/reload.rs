//! SIGHUP: what can change while the server runs is read again.

use std::sync::Arc;

use actix_web::rt;
use actix_web::rt::task::JoinHandle;
use dango_auth_actix::Doorway;
use tokio::signal::unix::{SignalKind, signal};

use super::log;
use super::tls::Certificates;

/// Waits for SIGHUP until the task is dropped.
///
/// # Errors
/// When the signal cannot be caught.
pub(super) fn on_hangup(
    doorway: &Doorway,
    certificates: Option<Arc<Certificates>>,
) -> std::io::Result<JoinHandle<()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let doorway = doorway.clone();
    Ok(rt::spawn(async move {
        while hangup.recv().await.is_some() {
            settings(&doorway).await;
            if let Some(certificates) = &certificates {
                certificates.reload();
            }
        }
    }))
}

/// Log filter, limits, proxies and whatever else counts from the next request on.
async fn settings(doorway: &Doorway) {
    let auth = doorway.auth().clone();
    let done = actix_web::web::block(move || auth.reload()).await;
    let reloaded = match done {
        Ok(Ok(reloaded)) => reloaded,
        Ok(Err(error)) => {
            tracing::error!("nothing was taken over: {error}");
            return;
        }
        Err(error) => {
            tracing::error!(%error, "nothing was taken over");
            return;
        }
    };
    if reloaded.policy {
        tracing::info!("took over policy.toml");
    }
    let taken = doorway.clone();
    let followed = doorway.run(move |auth| {
        log::follow(auth.settings()?.log_filter.as_deref());
        taken.reload()
    });
    if let Err(error) = followed.await {
        tracing::error!(%error, "trusted proxies and log filter stay as they are");
    }
    tracing::info!(
        taken_over = listed(&reloaded.taken),
        from_the_next_start_on = listed(&reloaded.waiting),
        "read the configuration again; addresses and options of the command line count from the next start on"
    );
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.join(" ")
}
