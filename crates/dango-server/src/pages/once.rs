//! The same form sent twice makes one thing and shows the same page.
//!
//! Every page that is drawn carries a form token of its own, so two requests with the same token, path
//! and fields are one click that arrived twice. What was made is kept sealed in the store, like the
//! answers of the API's `Idempotency-Key`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use dango_auth::{Auth, Caller, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::reader::Reader;
use super::sent::Sent;

/// One such form at a time in this process, so that the second waits for what the first made.
static TURN: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);

/// Makes something, or gives what the same form made before.
pub(crate) async fn once<T, F>(reader: &Reader, sent: &Sent, make: F) -> Result<T, Error>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    F: FnOnce(&Auth, &Caller) -> Result<T, Error> + Send + 'static,
{
    let print = sent.print(reader.request.path());
    let _turn = TURN.lock().await;
    reader
        .act(move |auth, caller| {
            let (owner, name) = (owner(caller), key(&print));
            if let Some(kept) = auth.kept_answers().recall(&owner, &name)? {
                return serde_json::from_slice(&kept.answer)
                    .map_err(|_| Error::Internal("a kept answer cannot be read"));
            }
            let fresh = make(auth, caller)?;
            let bytes =
                serde_json::to_vec(&fresh).map_err(|_| Error::Internal("an answer is no JSON"))?;
            auth.kept_answers().keep(&owner, &name, print, bytes)?;
            Ok(fresh)
        })
        .await
}

fn owner(caller: &Caller) -> String {
    let actor = caller.actor();
    format!(
        "{}:{}",
        actor.kind().as_str(),
        actor.id().unwrap_or_default()
    )
}

fn key(print: &[u8; 32]) -> String {
    print.iter().fold("form:".to_owned(), |mut key, byte| {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}
