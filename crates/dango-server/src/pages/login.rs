//! `/login`: the password, then the code.

use actix_web::HttpResponse;
use actix_web::http::header::SET_COOKIE;
use askama::Template;
use dango_auth::core::session::Transport;
use dango_auth::sessions::Presented;
use dango_auth::sign_in::{PasswordAttempt, SecondFactorAttempt, SignIn, SignedIn};
use dango_auth::{Error, Kind, Obligation};
use dango_auth_actix::{Budget, Door, Everybody, ObligedSession, cookie, next};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::complaint::Complaint;
use super::done::Done;
use super::field::Field;
use super::frame::Frame;
use super::reader::{Answer, Reader};
use super::sent::{Asked, Sent};
use crate::api::{cleared, device_of, partial, signed_in};
use crate::route::{Group, Route};

/// The password step.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    pub(crate) frame: Frame,
    /// What went wrong, for the form as a whole: which part was wrong is not said.
    pub(crate) alert: Option<String>,
    /// Where to go afterwards, a local path.
    pub(crate) next: String,
    pub(crate) login: Field,
    pub(crate) password: Field,
}

/// The code step.
#[derive(Debug, Template)]
#[template(path = "login_code.html")]
pub(crate) struct LoginCode {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// Where to go afterwards, a local path.
    pub(crate) next: String,
    /// The query that leads to the app's code.
    pub(crate) next_query: String,
    /// The query that leads to recovery codes.
    pub(crate) recovery_query: String,
    /// A recovery code is asked for, not one from the app.
    pub(crate) recovery: bool,
    pub(crate) code: Field,
}

/// Longest code that is looked at.
const CODE_MAX: usize = 64;

pub(super) fn routes() -> Vec<Route> {
    let events = &["login_success", "login_failed", "account_locked"];
    let code_events = &["login_success", "two_fa_failed", "recovery_code_used"];
    vec![
        Route::get("/login", "loginPage", show).group(Group::Pages),
        Route::post("/login", "loginForm", sign_in)
            .group(Group::Pages)
            .budget(Budget::Login)
            .writes(events),
        Route::get("/login/code", "loginCodePage", show_code).group(Group::Pages),
        Route::post("/login/code", "loginCodeForm", give_code)
            .group(Group::Pages)
            .budget(Budget::Login)
            .writes(code_events),
        Route::post("/logout", "logoutForm", sign_out)
            .group(Group::Pages)
            .writes(&["logout"]),
    ]
}

async fn show(_: Everybody, reader: Reader, asked: Asked) -> Answer {
    let next = next::local_path(asked.get("next"))
        .unwrap_or("/")
        .to_owned();
    let token = session_cookie(&reader);
    let origin = reader.facts.origin(Door::Pages);
    let (is_setup_open, is_signed_in) = reader
        .run(move |auth| {
            let presented = match token.as_deref() {
                Some(token) => Presented::Session {
                    token,
                    transport: Transport::Cookie,
                },
                None => Presented::Nothing,
            };
            let known = auth.sessions().authenticate(presented, origin).is_ok();
            Ok((auth.setup().is_open()?, known))
        })
        .await
        .map_err(|error| reader.doorway.problem(&error))?;
    if is_signed_in {
        return Ok(reader.go(&next));
    }
    if is_setup_open {
        return Ok(reader.go("/setup"));
    }
    reader.page(&LoginPage::new(reader.frame(None)?, next, ""))
}

async fn sign_in(_: Everybody, reader: Reader, sent: Sent) -> Answer {
    let next = next::local_path(sent.get("next")).unwrap_or("/").to_owned();
    match try_password(&reader, &sent).await {
        Ok(SignIn::Complete(done)) => Ok(welcome(&reader, &done, &next)),
        Ok(SignIn::SecondFactorNeeded { token, .. }) => {
            let mut response = reader.go(&format!("/login/code{}", query_of(&next, false)));
            if let Some((name, value)) = partial(token.expose(), &reader.facts) {
                response.headers_mut().append(name, value);
            }
            Ok(response)
        }
        Err(error) => {
            let words = Complaint::new(&error, reader.text, "password", "password");
            let alert = match error.kind() {
                Kind::BadCredentials | Kind::Invalid => reader.text.login.failed.to_owned(),
                Kind::Locked => words.alert.unwrap_or_default(),
                _ => return Err(reader.doorway.problem(&error)),
            };
            let mut page = LoginPage::new(reader.frame(None)?, next, sent.get("login"));
            page.alert = Some(alert);
            reader.again(&page, &error)
        }
    }
}

async fn try_password(reader: &Reader, sent: &Sent) -> Result<SignIn, Error> {
    let attempt = PasswordAttempt {
        login: sent.required("login")?.to_owned(),
        password: sent.password("password")?,
        transport: Transport::Cookie,
        device: device_of(&reader.request, &reader.facts),
        origin: reader.facts.origin(Door::Pages),
    };
    reader
        .doorway
        .run_sign_in(move |auth| auth.sign_in().with_password(&attempt))
        .await
}

async fn show_code(_: Everybody, reader: Reader, asked: Asked) -> Answer {
    if session_cookie(&reader).is_none() {
        return Ok(reader.go("/login"));
    }
    let next = next::local_path(asked.get("next"))
        .unwrap_or("/")
        .to_owned();
    let recovery = asked.get("recovery") == "true";
    reader.page(&LoginCode::new(reader.frame(None)?, next, recovery))
}

async fn give_code(_: Everybody, reader: Reader, sent: Sent) -> Answer {
    let next = next::local_path(sent.get("next")).unwrap_or("/").to_owned();
    let Some(token) = session_cookie(&reader) else {
        return Ok(reader.go("/login"));
    };
    let recovery = sent.is_set("recovery");
    let attempt = SecondFactorAttempt {
        token,
        transport: Transport::Cookie,
        code: sent.get("code").chars().take(CODE_MAX).collect(),
        recovery,
        device: device_of(&reader.request, &reader.facts),
        origin: reader.facts.origin(Door::Pages),
    };
    match reader
        .run(move |auth| auth.sign_in().with_second_factor(&attempt))
        .await
    {
        Ok(done) => Ok(welcome(&reader, &done, &next)),
        Err(Error::Unauthenticated) => Ok(reader.tell(Done::SignInExpired, "/login")),
        Err(Error::TooManyCodes) => Ok(reader.tell(Done::TooManyCodes, "/login")),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::BadCredentials) => {
            let words = &reader.text.login;
            let wrong = if recovery {
                words.recovery_wrong
            } else {
                words.code_wrong
            };
            let mut page = LoginCode::new(reader.frame(None)?, next, recovery);
            page.code = page.code.wrong(Some(wrong.to_owned()));
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn sign_out(_: ObligedSession, reader: Reader) -> Answer {
    if !reader.caller()?.is_system() {
        reader
            .need(|auth, caller| auth.sign_in().sign_out(caller))
            .await?;
    }
    let mut response = reader.tell(Done::SignedOut, "/login");
    for (name, value) in cleared(&reader.facts) {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// The way in for somebody who just signed in: what they still have to do, else where they wanted to go.
pub(super) fn welcome(reader: &Reader, done: &SignedIn, next: &str) -> HttpResponse {
    let path = match done.obligation {
        Some(obligation) => obligation_path(obligation),
        None => next,
    };
    let mut response = reader.go(path);
    for (name, value) in signed_in(done, &reader.facts) {
        response.headers_mut().append(name, value);
    }
    debug_assert!(
        response.headers().contains_key(SET_COOKIE),
        "a sign-in sets cookies"
    );
    response
}

/// The page on which an obligation is met.
pub(super) const fn obligation_path(obligation: Obligation) -> &'static str {
    match obligation {
        Obligation::ChangePassword => "/settings/account/password",
        Obligation::SetUpSecondFactor => "/settings/account/second-factor",
    }
}

fn session_cookie(reader: &Reader) -> Option<String> {
    let name = cookie::SESSION.over(reader.facts.https);
    cookie::read(reader.request.headers(), name)
        .ok()
        .map(str::to_owned)
}

fn query_of(next: &str, recovery: bool) -> String {
    let mut parts = Vec::new();
    if next != "/" {
        parts.push(format!(
            "next={}",
            utf8_percent_encode(next, NON_ALPHANUMERIC)
        ));
    }
    if recovery {
        parts.push("recovery=true".to_owned());
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!("?{}", parts.join("&"))
    }
}

impl LoginPage {
    fn new(frame: Frame, next: String, login: &str) -> Self {
        let field = Field::login("login").holding(login);
        let password = Field::current_password("password");
        let (login, password) = match login {
            "" => (field.focused(), password),
            _ => (field, password.focused()),
        };
        Self {
            frame,
            alert: None,
            next,
            login,
            password,
        }
    }
}

impl LoginCode {
    fn new(frame: Frame, next: String, recovery: bool) -> Self {
        let code = if recovery {
            Field::word("code").required()
        } else {
            Field::one_time_code("code")
        };
        Self {
            frame,
            alert: None,
            next_query: query_of(&next, false),
            recovery_query: query_of(&next, true),
            next,
            recovery,
            code: code.focused(),
        }
    }
}
