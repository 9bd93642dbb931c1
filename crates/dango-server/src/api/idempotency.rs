//! `Idempotency-Key` on requests that make something: a repeated request gets the first answer again
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! Answers are kept for 24 hours, sealed, per caller. The same key with another body is refused, and so
//! is one whose first request is still being worked on.

use std::collections::HashSet;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::{LazyLock, Mutex, PoisonError};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, Responder};
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::extract::BodyDigest;
use dango_auth_actix::problem::Family;
use dango_auth_actix::{Doorway, Problem, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::route::{Answers, OperationDraft, Part};

/// The header.
const HEADER: &str = "idempotency-key";

/// Longest key, in characters.
const KEY_MAX: usize = 255;

/// Requests in progress: caller and key.
static IN_PROGRESS: LazyLock<Mutex<HashSet<(String, String)>>> = LazyLock::new(Mutex::default);

/// A request that makes something and may be repeated.
pub(crate) struct Once {
    key: Option<String>,
    request: HttpRequest,
}

/// What was made, with headers such as `Location`.
pub(crate) struct Created<T> {
    pub body: T,
    pub headers: Vec<(String, String)>,
}

impl<T> From<T> for Created<T> {
    fn from(body: T) -> Self {
        Self {
            body,
            headers: Vec::new(),
        }
    }
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Written {
    headers: Vec<(String, String)>,
    body: String,
}

/// 201, made now or kept from before.
pub(crate) struct OnceReply<T>(Written, PhantomData<T>);

/// What a handler that makes something returns.
pub(crate) type OnceAnswer<T, F = dango_auth_actix::problem::Dango> =
    Result<OnceReply<T>, Refusal<F>>;

impl Once {
    /// Makes it, or gives the answer kept from the first time.
    pub(crate) async fn answer<T, C, F>(
        self,
        doorway: &Doorway,
        caller: &Caller,
        make: impl FnOnce(&Auth) -> Result<C, Error> + Send + 'static,
    ) -> OnceAnswer<T, F>
    where
        T: Serialize + 'static,
        C: Into<Created<T>>,
        F: Family,
    {
        let make = move |auth: &Auth| written(make(auth)?.into());
        let Some(key) = self.key else {
            return Ok(OnceReply(doorway.run(make).await?, PhantomData));
        };
        let actor = caller.actor();
        let name = format!(
            "{}:{}",
            actor.kind().as_str(),
            actor.id().unwrap_or_default()
        );
        let _turn = Turn::take(&name, &key)?;
        let print = fingerprint(&self.request);
        let kept = doorway
            .run(move |auth| {
                if let Some(kept) = auth.kept_answers().recall(&name, &key)? {
                    return Ok((kept.fingerprint == print).then(|| read(&kept.answer)));
                }
                let answer = make(auth)?;
                let bytes = serde_json::to_vec(&answer)
                    .map_err(|_| Error::Internal("an answer is no JSON"))?;
                auth.kept_answers().keep(&name, &key, print, bytes)?;
                Ok(Some(Ok(answer)))
            })
            .await?;
        match kept {
            Some(answer) => Ok(OnceReply(answer?, PhantomData)),
            None => Err(reused().into()),
        }
    }
}

fn reused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "this Idempotency-Key was used for another request",
    )
}

fn written<T: Serialize>(created: Created<T>) -> Result<Written, Error> {
    let body = serde_json::to_string(&created.body);
    let body = body.map_err(|_| Error::Internal("an answer is no JSON"))?;
    Ok(Written {
        headers: created.headers,
        body,
    })
}

fn read(bytes: &[u8]) -> Result<Written, Error> {
    serde_json::from_slice(bytes).map_err(|_| Error::Internal("a kept answer cannot be read"))
}

/// Method, path and body: what makes two requests the same.
fn fingerprint(request: &HttpRequest) -> [u8; 32] {
    let body = request
        .extensions()
        .get::<BodyDigest>()
        .map_or([0; 32], |digest| digest.0);
    let head = format!("{} {}\n", request.method(), request.path());
    BodyDigest::of(&[head.as_bytes(), &body].concat()).0
}

/// Whoever works on a key, so that nobody else does meanwhile.
struct Turn(String, String);

impl Turn {
    fn take(caller: &str, key: &str) -> Result<Self, Problem> {
        let turn = (caller.to_owned(), key.to_owned());
        let mut busy = IN_PROGRESS.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(turn.clone()) {
            return Ok(Self(turn.0, turn.1));
        }
        Err(Problem::new(
            StatusCode::CONFLICT,
            "request_in_progress",
            "the first request with this Idempotency-Key is still being worked on",
        )
        .with_retry_after(1))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let turn = (std::mem::take(&mut self.0), std::mem::take(&mut self.1));
        IN_PROGRESS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&turn);
    }
}

impl FromRequest for Once {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = request
            .headers()
            .get(HEADER)
            .map(|value| value.to_str().unwrap_or_default());
        let fits = key.is_none_or(|key| (1..=KEY_MAX).contains(&key.len()));
        if !fits {
            let text = format!("must have 1 to {KEY_MAX} printable characters");
            return ready(Err(Problem::invalid_field(
                "Idempotency-Key",
                "invalid",
                text,
            )));
        }
        ready(Ok(Self {
            key: key.map(str::to_owned),
            request: request.clone(),
        }))
    }
}

impl Part for Once {
    fn describe(draft: &mut OperationDraft) {
        let text = "A name for this request; repeated with it, the first answer is given again.";
        draft.takes_header("Idempotency-Key", text);
        draft.refusals.extend([409, 422]);
    }
}

impl<T> Responder for OnceReply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Created();
        for header in self.0.headers {
            response.insert_header(header);
        }
        response
            .insert_header((CONTENT_TYPE, "application/json"))
            .body(self.0.body)
    }
}

impl<T: ToSchema> Answers for OnceReply<T> {
    fn describe(draft: &mut OperationDraft) {
        draft.answers_json::<T>(201);
    }
}
