//! Routes as data: method, path, who may call it, what it takes and answers, and the handler.
//!
//! One list of them ([`crate::routes::all`]) configures the server, makes the OpenAPI document and is
//! walked by the tests, so that nothing can be served that is not described, guarded and tested.
//! A handler's signature is the source: its first parameter is a gate that says who may call it, the
//! others and its answer describe themselves.

mod describe;
mod mount;
mod operation;

use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, HttpMessage as _, HttpRequest, HttpResponse, Responder};
use dango_auth_actix::envelope::Pattern;
use dango_auth_actix::guard::{Post, admit};
use dango_auth_actix::{Budget, Door, Problem, Refusal, Requirement, present};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

pub use describe::{Answers, Part, Takes};
pub use mount::mount;
pub use operation::{OperationDraft, reason};

/// Which part of the server a route belongs to; also its tag in the OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Signing in and the own account, Dango's way.
    Auth,
    /// Administration, Dango's way.
    Admin,
    /// Roles and permissions.
    Matrix,
    /// The v1 family.
    V1,
    /// Health and metrics.
    Operations,
    /// The pages; not in the OpenAPI document.
    Pages,
}

type Run =
    Rc<dyn Fn(HttpRequest, Payload) -> LocalBoxFuture<'static, Result<HttpResponse, Problem>>>;

/// One method of one path.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with `{id}` for the variable part.
    pub path: &'static str,
    /// Its name in the OpenAPI document and the access table.
    pub operation: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The part of the server it belongs to.
    pub group: Group,
    /// Who may call it.
    pub requirement: Requirement,
    /// Which rate limit counts it.
    pub budget: Budget,
    /// The audit events it may write, refusals that every route may write left out.
    pub events: &'static [&'static str],
    /// Whether its answer to somebody unknown is always a 401, because a program is asking.
    pub always_401: bool,
    /// Statuses it refuses with besides those that follow from its signature.
    pub refusals: &'static [u16],
    describe: fn(&mut OperationDraft),
    run: Run,
}

impl Route {
    fn new<F, P>(method: Method, path: &'static str, operation: &'static str, handler: F) -> Self
    where
        F: Handler<P>,
        F::Output: Finish + Answers,
        P: Takes + FromRequest + 'static,
    {
        Self {
            method,
            path,
            operation,
            summary: "",
            group: Group::Auth,
            requirement: P::REQUIREMENT,
            budget: Budget::General,
            events: &[],
            always_401: false,
            refusals: &[],
            describe: |draft| {
                P::describe(draft);
                F::Output::describe(draft);
            },
            run: Rc::new(move |request, payload| Box::pin(call(handler.clone(), request, payload))),
        }
    }

    /// A GET route.
    pub fn get<F, P>(path: &'static str, operation: &'static str, handler: F) -> Self
    where
        F: Handler<P>,
        F::Output: Finish + Answers,
        P: Takes + FromRequest + 'static,
    {
        Self::new(Method::GET, path, operation, handler)
    }

    /// A POST route.
    pub fn post<F, P>(path: &'static str, operation: &'static str, handler: F) -> Self
    where
        F: Handler<P>,
        F::Output: Finish + Answers,
        P: Takes + FromRequest + 'static,
    {
        Self::new(Method::POST, path, operation, handler)
    }

    /// A PUT route.
    pub fn put<F, P>(path: &'static str, operation: &'static str, handler: F) -> Self
    where
        F: Handler<P>,
        F::Output: Finish + Answers,
        P: Takes + FromRequest + 'static,
    {
        Self::new(Method::PUT, path, operation, handler)
    }

    /// A PATCH route.
    pub fn patch<F, P>(path: &'static str, operation: &'static str, handler: F) -> Self
    where
        F: Handler<P>,
        F::Output: Finish + Answers,
        P: Takes + FromRequest + 'static,
    {
        Self::new(Method::PATCH, path, operation, handler)
    }

    /// A DELETE route.
    pub fn delete<F, P>(path: &'static str, operation: &'static str, handler: F) -> Self
    where
        F: Handler<P>,
        F::Output: Finish + Answers,
        P: Takes + FromRequest + 'static,
    {
        Self::new(Method::DELETE, path, operation, handler)
    }

    /// Says what it does.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Puts it into a part of the server.
    #[must_use]
    pub const fn group(mut self, group: Group) -> Self {
        self.group = group;
        self
    }

    /// Chooses the rate limit.
    #[must_use]
    pub const fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Names the audit events it may write.
    #[must_use]
    pub const fn writes(mut self, events: &'static [&'static str]) -> Self {
        self.events = events;
        self
    }

    /// Names the statuses it refuses with.
    #[must_use]
    pub const fn refuses(mut self, statuses: &'static [u16]) -> Self {
        self.refusals = statuses;
        self
    }

    /// Never leads a browser to the sign-in page.
    #[must_use]
    pub const fn always_401(mut self) -> Self {
        self.always_401 = true;
        self
    }

    /// Which half of the server it is in.
    pub fn door(&self) -> Door {
        if self.group == Group::Pages {
            Door::Pages
        } else {
            Door::Api
        }
    }

    /// Whether it is in the OpenAPI document.
    pub fn is_documented(&self) -> bool {
        self.group != Group::Pages
    }

    /// Draws up its entry in the OpenAPI document.
    pub fn draft(&self) -> OperationDraft {
        let mut draft = OperationDraft::default();
        (self.describe)(&mut draft);
        draft
    }

    /// Lets a request in, runs the handler, and answers whatever happens, a panic included.
    async fn answer(self, request: HttpRequest, mut payload: Payload) -> HttpResponse {
        let post = Post {
            requirement: self.requirement,
            door: self.door(),
            budget: self.budget,
        };
        request.extensions_mut().insert(Pattern(self.path));
        let work = async {
            admit(&request, &mut payload, post).await?;
            (self.run)(request.clone(), payload).await
        };
        let outcome = std::panic::AssertUnwindSafe(work).catch_unwind().await;
        let problem = match outcome {
            Ok(Ok(response)) => return response,
            Ok(Err(problem)) => problem,
            Err(_) => {
                tracing::error!(operation = self.operation, "a handler panicked");
                Problem::internal()
            }
        };
        if self.always_401 {
            return actix_web::ResponseError::error_response(&problem);
        }
        present::problem(&request, &problem, self.door())
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.requirement)
    }
}

async fn call<F, P>(
    handler: F,
    request: HttpRequest,
    mut payload: Payload,
) -> Result<HttpResponse, Problem>
where
    F: Handler<P>,
    F::Output: Finish,
    P: FromRequest,
{
    let parameters = P::from_request(&request, &mut payload)
        .await
        .map_err(|error| {
            let error: actix_web::Error = error.into();
            error
                .as_error::<Problem>()
                .cloned()
                .unwrap_or_else(Problem::internal)
        })?;
    handler.call(parameters).await.finish(&request)
}

/// What a handler returns: an answer or a refusal.
pub trait Finish {
    /// Writes the answer.
    ///
    /// # Errors
    /// The refusal, to be shown in the form the client wants.
    fn finish(self, request: &HttpRequest) -> Result<HttpResponse, Problem>;
}

impl<R: Responder<Body = BoxBody>, F> Finish for Result<R, Refusal<F>> {
    fn finish(self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        match self {
            Ok(answer) => Ok(answer.respond_to(request)),
            Err(refusal) => Err(refusal.into_problem()),
        }
    }
}

impl<R: Responder<Body = BoxBody>> Finish for Result<R, Problem> {
    fn finish(self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        self.map(|answer| answer.respond_to(request))
    }
}
