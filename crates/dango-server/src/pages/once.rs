//! The same form sent twice makes one thing and shows the same page.
//!
//! Every page that is drawn carries a form token of its own, so two requests with the same token, path
//! and fields are one click that arrived twice, at one server or at two. What was made is kept sealed in
//! the store by the transaction that makes it, like the answers of the API's `Idempotency-Key`.

use std::fmt::Write as _;

use dango_auth::kept_answers::{Repeat, Repeatable};
use dango_auth::ports::KeptAnswer;
use dango_auth::{Auth, Caller, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reader::Reader;
use super::sent::Sent;
use crate::api::name_of;

/// Makes something, or gives what the same form made before; `show` takes what the page shows of it.
pub(crate) async fn once<M, T>(
    reader: &Reader,
    sent: &Sent,
    show: impl Fn(&M) -> Result<T, Error> + Send + 'static,
    make: impl FnOnce(&Auth, &Caller, &Repeatable<'_, M>) -> Result<Repeat<M>, Error> + Send + 'static,
) -> Result<T, Error>
where
    M: 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
{
    let fingerprint = sent.print(reader.request.path());
    reader
        .act(move |auth, caller| {
            let (owner, key) = (name_of(caller), key(&fingerprint));
            if let Some(kept) = auth.kept_answers().recall(&owner, &key)? {
                return read(&kept);
            }
            let repeatable = Repeatable {
                caller: &owner,
                key: &key,
                fingerprint,
                write: &|thing| {
                    serde_json::to_vec(&show(thing)?)
                        .map_err(|_| Error::Internal("an answer is no JSON"))
                },
            };
            match make(auth, caller, &repeatable)? {
                Repeat::Fresh(thing) => show(&thing),
                Repeat::Kept(kept) => read(&kept),
            }
        })
        .await
}

fn read<T: DeserializeOwned>(kept: &KeptAnswer) -> Result<T, Error> {
    serde_json::from_slice(&kept.answer)
        .map_err(|_| Error::Internal("a kept answer cannot be read"))
}

fn key(print: &[u8; 32]) -> String {
    print.iter().fold("form:".to_owned(), |mut key, byte| {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}
