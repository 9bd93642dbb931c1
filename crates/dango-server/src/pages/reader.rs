//! Whoever reads the page: language, theme, what they may see, and the way to answer them.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, LOCATION, VARY};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;
use chrono::{DateTime, Utc};
use dango_auth::core::policy::Scope;
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::cookie::{self, CookieName};
use dango_auth_actix::{Doorway, Facts, Problem, csrf, gate};

use super::assets::Assets;
use super::done::Done;
use super::frame::{Frame, Person};
use super::moment::Moment;
use super::place::Place;
use super::text::{self, Text};
use super::theme::Theme;
use crate::route::{OperationDraft, Part};

/// Keeps the chosen look.
pub(crate) const THEME: CookieName = CookieName::new("dango_theme", "__Host-dango_theme");

/// What a page or a form handler answers.
pub(crate) type Answer = Result<HttpResponse, Problem>;

/// Whoever reads the page.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) request: HttpRequest,
    pub(crate) doorway: Doorway,
    pub(crate) facts: Rc<Facts>,
    pub(crate) text: &'static Text,
    caller: Option<Caller>,
    done: Option<Done>,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Part for Reader {
    fn describe(_: &mut OperationDraft) {}
}

impl Reader {
    /// Whoever sent this request.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let facts = Facts::of(request);
        let language = request.headers().get(ACCEPT_LANGUAGE);
        Ok(Self {
            doorway: Doorway::of(request)?.clone(),
            text: text::choose(language.and_then(|value| value.to_str().ok())),
            caller: gate::admitted(request),
            done: Done::told(request, facts.https),
            request: request.clone(),
            facts,
        })
    }

    /// Whoever is signed in, where the route asks for somebody.
    pub(crate) fn caller(&self) -> Result<&Caller, Problem> {
        self.caller
            .as_ref()
            .ok_or_else(|| Problem::unauthenticated(false))
    }

    /// Runs a use case where blocking is fine.
    pub(crate) async fn run<T, F>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Auth) -> Result<T, Error> + Send + 'static,
    {
        self.doorway.run(call).await
    }

    /// Runs a use case of whoever is signed in.
    pub(crate) async fn act<T, F>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Auth, &Caller) -> Result<T, Error> + Send + 'static,
    {
        let caller = self.caller.clone().ok_or(Error::Unauthenticated)?;
        self.doorway.run(move |auth| call(auth, &caller)).await
    }

    /// Runs a use case whose refusals are pages of their own.
    pub(crate) async fn need<T, F>(&self, call: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Auth, &Caller) -> Result<T, Error> + Send + 'static,
    {
        self.act(call)
            .await
            .map_err(|error| self.doorway.problem(&error))
    }

    /// Whether whoever is signed in has the permission everywhere.
    pub(crate) fn may(&self, permission: &str) -> bool {
        let holds = |caller: &Caller| {
            let decision = caller.rights().check(permission, Scope::Global);
            caller.obligation().is_none() && decision.is_allowed()
        };
        self.caller.as_ref().is_some_and(holds)
    }

    /// Now.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.doorway.auth().now()
    }

    /// An instant in the reader's words.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> Moment {
        Moment::new(at, self.now(), self.text)
    }

    /// What stands around a page; `here` is its place, none for pages without the side list.
    pub(crate) fn frame(&self, here: Option<Place>) -> Result<Frame, Problem> {
        let auth_off = self.caller.as_ref().is_some_and(Caller::is_system);
        let theme = cookie::read(self.request.headers(), THEME.over(self.facts.https));
        Ok(Frame {
            text: self.text,
            assets: Assets::get(),
            at: self.prefix().to_owned(),
            project: self.project(),
            nonce: self.facts.nonce().to_owned(),
            form_token: csrf::form_token(&self.request)?,
            theme: theme.map(Theme::parse).unwrap_or_default(),
            here,
            path: self.path(),
            person: here
                .and(self.caller.as_ref())
                .map(|caller| self.person(caller)),
            notice: self.done.map(|done| done.notice(self.text)),
            auth_off,
        })
    }

    fn person(&self, caller: &Caller) -> Person {
        let may_enter = |place: &Place| {
            let has_account = *place != Place::Account || !caller.is_system();
            has_account && place.permission().is_none_or(|needed| self.may(needed))
        };
        Person {
            name: caller.name().to_owned(),
            role: caller.role_name().to_owned(),
            places: Place::ALL.into_iter().filter(may_enter).collect(),
            signs_out: !caller.is_system(),
        }
    }

    /// The page's own address, to come back to.
    fn path(&self) -> String {
        let path = self
            .request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let posted = self.request.method() == actix_web::http::Method::POST;
        if posted {
            "/".to_owned()
        } else {
            path.to_owned()
        }
    }

    fn prefix(&self) -> &str {
        self.doorway.prefix()
    }

    /// The installation's name: the project's folder.
    fn project(&self) -> String {
        let root = self.doorway.auth().project().map(dango_auth::Project::root);
        let name = root
            .and_then(|root| root.file_name())
            .map(|name| name.to_string_lossy());
        name.map_or_else(|| "dango-auth".to_owned(), std::borrow::Cow::into_owned)
    }

    /// Draws a page.
    pub(crate) fn page(&self, page: &impl Template) -> Answer {
        self.page_with(StatusCode::OK, page)
    }

    /// Draws a page again that explains a refusal, with the refusal's status and headers.
    pub(crate) fn again(&self, page: &impl Template, error: &Error) -> Answer {
        let problem = self.doorway.problem(error);
        let mut response = self.page_with(problem.status(), page)?;
        for (name, value) in problem.headers() {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        Ok(response)
    }

    /// Draws a page with a status.
    pub(crate) fn page_with(&self, status: StatusCode, page: &impl Template) -> Answer {
        let html = page.render().map_err(|error| {
            tracing::error!(%error, "a page could not be drawn");
            Problem::internal()
        })?;
        let mut response = HttpResponseBuilder::new(status);
        response.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
        response.insert_header((VARY, "Accept-Language, Cookie"));
        if let Some(header) = self.done.and_then(|_| Done::forget(self.facts.https)) {
            response.append_header(header);
        }
        Ok(response.body(html))
    }

    /// Leads to another page of ours, by GET (RFC 9110 §15.4.4).
    pub(crate) fn go(&self, path: &str) -> HttpResponse {
        let address = format!("{}{path}", self.prefix());
        HttpResponse::SeeOther()
            .insert_header((LOCATION, address))
            .finish()
    }

    /// Leads to another page, which says what was done.
    pub(crate) fn tell(&self, done: Done, path: &str) -> HttpResponse {
        let mut response = self.go(path);
        if let Some((name, value)) = done.tell(self.facts.https) {
            response.headers_mut().append(name, value);
        }
        response
    }
}
