//! `Idempotency-Key` on requests that make something: a repeated request gets the first answer again
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! Answers are kept for 24 hours, sealed, per caller, in the transaction that makes the thing: of requests
//! that arrive together, on one server or on several, one makes it and the others get its answer. The same
//! key with another request is refused.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, Responder};
use dango_auth::kept_answers::{Repeat, Repeatable};
use dango_auth::ports::KeptAnswer;
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::extract::BodyDigest;
use dango_auth_actix::problem::{Dango, Family};
use dango_auth_actix::{Doorway, Problem, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::route::{Answers, OperationDraft, Part};

/// The header.
const HEADER: &str = "idempotency-key";

/// Longest key, in characters.
const KEY_MAX: usize = 255;

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

/// What was made now or kept from before, with the status of making.
pub(crate) struct OnceReply<T, const STATUS: u16>(Written, PhantomData<T>);

/// What a handler that makes something returns.
pub(crate) type OnceAnswer<T, F = Dango, const STATUS: u16 = 201> =
    Result<OnceReply<T, STATUS>, Refusal<F>>;

/// One request, as the store knows it.
struct Name {
    caller: String,
    key: String,
    print: [u8; 32],
}

/// What a handler makes the thing with, and how.
pub(crate) struct Asked(Option<Name>);

/// The answer to give, or none when the key was another request's.
pub(crate) struct Told(Option<Written>);

impl Once {
    /// Makes it, or gives the answer kept from the first time.
    pub(crate) async fn answer<T, F, const STATUS: u16>(
        self,
        doorway: &Doorway,
        caller: &Caller,
        make: impl FnOnce(&Auth, Asked) -> Result<Told, Error> + Send + 'static,
    ) -> OnceAnswer<T, F, STATUS>
    where
        T: Serialize + 'static,
        F: Family,
    {
        let print = fingerprint(&self.request);
        let name = self.key.map(|key| Name {
            caller: name_of(caller),
            key,
            print,
        });
        let told = doorway
            .run(move |auth| match name {
                Some(name) => match auth.kept_answers().recall(&name.caller, &name.key)? {
                    Some(kept) => Ok(Told(name.read(&kept)?)),
                    None => make(auth, Asked(Some(name))),
                },
                None => make(auth, Asked(None)),
            })
            .await?;
        match told.0 {
            Some(written) => Ok(OnceReply(written, PhantomData)),
            None => Err(reused().into()),
        }
    }
}

impl Asked {
    /// Calls a use case that makes something, and shows what was made; `show` asks nothing of the store.
    pub(crate) fn make<M, T: Serialize>(
        self,
        show: impl Fn(&M) -> Created<T>,
        create: impl FnOnce(Option<&Repeatable<'_, M>>) -> Result<Repeat<M>, Error>,
    ) -> Result<Told, Error> {
        let answer = |made: &M| written(show(made));
        let Some(name) = self.0 else {
            let made = create(None)?;
            return told(&made, answer, |_| {
                Err(Error::Internal("kept without a key"))
            });
        };
        let repeatable = Repeatable {
            caller: &name.caller,
            key: &name.key,
            fingerprint: name.print,
            write: &|made| {
                serde_json::to_vec(&answer(made)?)
                    .map_err(|_| Error::Internal("an answer is no JSON"))
            },
        };
        told(&create(Some(&repeatable))?, answer, |kept| name.read(kept))
    }
}

fn told<M>(
    repeat: &Repeat<M>,
    answer: impl Fn(&M) -> Result<Written, Error>,
    read: impl Fn(&KeptAnswer) -> Result<Option<Written>, Error>,
) -> Result<Told, Error> {
    Ok(Told(match repeat {
        Repeat::Fresh(made) => Some(answer(made)?),
        Repeat::Kept(kept) => read(kept)?,
    }))
}

impl Name {
    /// The answer kept under this name, if it is to this request.
    fn read(&self, kept: &KeptAnswer) -> Result<Option<Written>, Error> {
        if kept.fingerprint != self.print {
            return Ok(None);
        }
        serde_json::from_slice(&kept.answer)
            .map(Some)
            .map_err(|_| Error::Internal("a kept answer cannot be read"))
    }
}

/// Whose kept answers they are: nobody gets anybody else's.
pub(crate) fn name_of(caller: &Caller) -> String {
    let actor = caller.actor();
    let id = actor.id().unwrap_or_default();
    format!("{}:{id}", actor.kind().as_str())
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

/// Method, path and body: what makes two requests the same.
fn fingerprint(request: &HttpRequest) -> [u8; 32] {
    let body = request
        .extensions()
        .get::<BodyDigest>()
        .map_or([0; 32], |digest| digest.0);
    let head = format!("{} {}\n", request.method(), request.path());
    BodyDigest::of(&[head.as_bytes(), &body].concat()).0
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
        draft.refusals.push(422);
    }
}

impl<T, const STATUS: u16> Responder for OnceReply<T, STATUS> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::CREATED);
        let mut response = HttpResponse::build(status);
        for header in self.0.headers {
            response.insert_header(header);
        }
        response
            .insert_header((CONTENT_TYPE, "application/json"))
            .body(self.0.body)
    }
}

impl<T: ToSchema, const STATUS: u16> Answers for OnceReply<T, STATUS> {
    fn describe(draft: &mut OperationDraft) {
        draft.answers_json::<T>(STATUS);
    }
}
