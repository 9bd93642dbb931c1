//! What every request needs to know about the server it came to.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use dango_auth::core::client_address::TrustedProxies;
use dango_auth::settings::PublicUrl;
use dango_auth::{Auth, Error};

use crate::facts::Transit;
use crate::memory::Memories;
use crate::places::Places;
use crate::problem::{FamilyKind, Problem};

/// Draws a problem as a page, for browsers.
pub type ProblemPage = fn(&HttpRequest, &Problem) -> HttpResponse;

/// Writes a problem in a form of the embedder's own, for programs and browsers alike.
pub type Refuse = fn(&HttpRequest, &Problem) -> HttpResponse;

/// The use cases, and how this server is reached.
///
/// Cheap to clone; one for all workers, put into the app's data as `web::Data<Doorway>`.
#[derive(Clone)]
pub struct Doorway(Arc<Inner>);

struct Inner {
    auth: Auth,
    places: Places,
    memories: Memories,
    public_url: Option<PublicUrl>,
    proxies: RwLock<Arc<TrustedProxies>>,
    transit: Transit,
    base_url: String,
    mounted_at: String,
    problem_page: Option<ProblemPage>,
    refuse: Option<Refuse>,
}

/// How a server is reached, as far as the settings do not say.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// This server does TLS itself.
    pub own_tls: bool,
    /// Where links lead when there is no `public_url`: the address listened on.
    pub base_url: String,
    /// The path in front of our routes, such as `/auth`, where an embedder mounts them below one.
    pub mounted_at: String,
    /// How refusals look instead of `application/problem+json`, where an embedder has a form of its own.
    ///
    /// Only routes of the embedder's use it: ours answer as their clients expect.
    pub refuse: Option<Refuse>,
}

impl FromRequest for Doorway {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).cloned())
    }
}

impl Doorway {
    /// Joins the use cases with how the server is reached; `public_url` comes from the settings and
    /// stays as it is until the server starts again, `trusted_proxies` until [`Doorway::reload`].
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn new(auth: Auth, reach: Reach, problem_page: Option<ProblemPage>) -> Result<Self, Error> {
        let settings = auth.settings()?;
        let public_url = settings.public_url.clone();
        let public_https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        let proxies = settings.rate_limit.trusted_proxies.clone();
        Ok(Self(Arc::new(Inner {
            memories: Memories::new(&auth),
            auth,
            places: Places::default(),
            proxies: RwLock::new(Arc::new(proxies)),
            transit: Transit {
                public_https,
                own_tls: reach.own_tls,
            },
            base_url: reach.base_url,
            mounted_at: reach.mounted_at,
            refuse: reach.refuse,
            public_url,
            problem_page,
        })))
    }

    /// The doorway of the app a request came to.
    ///
    /// # Errors
    /// 500 when the app has none, which is a fault of its assembly.
    pub fn of(request: &HttpRequest) -> Result<&Self, Problem> {
        request
            .app_data::<web::Data<Self>>()
            .map(web::Data::get_ref)
            .ok_or_else(|| {
                tracing::error!("the app has no web::Data<Doorway>");
                Problem::internal()
            })
    }

    /// The use cases, for calls that do not wait for the store.
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    pub(crate) fn memories(&self) -> &Memories {
        &self.0.memories
    }

    /// The address people use, where it is configured.
    pub fn public_url(&self) -> Option<&PublicUrl> {
        self.0.public_url.as_ref()
    }

    /// Peers whose forwarding headers are believed.
    pub fn proxies(&self) -> Arc<TrustedProxies> {
        let proxies = self.0.proxies.read();
        Arc::clone(&proxies.unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over `trusted_proxies` from the settings in force.
    ///
    /// # Errors
    /// When the settings cannot be read; nothing is changed then.
    pub fn reload(&self) -> Result<(), Error> {
        let fresh = self.0.auth.settings()?.rate_limit.trusted_proxies.clone();
        let mut proxies = self
            .0
            .proxies
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *proxies = Arc::new(fresh);
        Ok(())
    }

    /// The path in front of our routes as people see it: that of `public_url`, or where they are mounted.
    pub fn prefix(&self) -> &str {
        self.public_url()
            .map_or(&self.0.mounted_at, |url| url.prefix())
    }

    /// A path as our own routes know it, without what they are mounted at.
    pub fn inside<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(self.0.mounted_at.as_str())
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path)
    }

    /// How refusals look on routes of an embedder.
    pub(crate) fn refuse(&self) -> Option<Refuse> {
        self.0.refuse
    }

    /// How HTTPS is known.
    pub fn transit(&self) -> Transit {
        self.0.transit
    }

    /// How problems are drawn for browsers.
    pub fn problem_page(&self) -> Option<ProblemPage> {
        self.0.problem_page
    }

    /// The base of links to hand out, without a closing slash; never from a request's `Host`.
    pub fn base_url(&self) -> String {
        self.public_url()
            .map_or_else(|| self.0.base_url.clone(), ToString::to_string)
    }

    /// Calls a use case on the pool of threads that may block.
    ///
    /// # Errors
    /// The use case's own; [`Error::Internal`] when it panicked, which the server survives.
    pub async fn run<T, F>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Auth) -> Result<T, Error> + Send + 'static,
    {
        let answer = Arc::new(Mutex::new(None));
        let (auth, into) = (self.0.auth.clone(), Arc::clone(&answer));
        on_blocking_pool(Box::new(move || {
            let done = call(&auth);
            *into.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        }))
        .await;
        let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer
            .take()
            .unwrap_or(Err(Error::Internal("a use case did not come back")))
    }

    /// Calls a sign-in on that pool, unless too many wait there already.
    ///
    /// # Errors
    /// As [`Doorway::run`]; [`Error::Busy`] at once where there is no place.
    pub async fn run_sign_in<T, F>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Auth) -> Result<T, Error> + Send + 'static,
    {
        let place = self.0.places.take().map_err(|seconds| Error::Busy {
            retry_after_seconds: seconds,
        })?;
        // The place goes with the work, which goes on when the client has gone.
        self.run(move |auth| {
            let _place = place;
            call(auth)
        })
        .await
    }

    /// The problem of a use-case error that is the same in both families.
    pub fn problem(&self, error: &Error) -> Problem {
        Problem::of(error, FamilyKind::Dango)
    }
}

/// Waits for work on the pool, also for work that panics, which then leaves no answer.
///
/// The work is boxed: the runtime's code for a task would otherwise be there once for each use case.
async fn on_blocking_pool(work: Box<dyn FnOnce() + Send>) {
    if web::block(work).await.is_err() {
        tracing::error!("a use case did not come back");
    }
}
