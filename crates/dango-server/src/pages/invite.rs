//! `/invite`: the first password of an invited person.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use askama::Template;
use dango_auth::Error;
use dango_auth::core::session::Transport;
use dango_auth::core::user::UserError;
use dango_auth::invites::InviteView;
use dango_auth::sign_in::SignedIn;
use dango_auth_actix::cookie::{self, CookieName};
use dango_auth_actix::{Budget, Door, Everybody, Problem};

use super::complaint::{Complaint, is_about_the_form};
use super::error::ErrorPage;
use super::field::{Field, PasswordRules};
use super::filters;
use super::frame::Frame;
use super::login::welcome;
use super::moment::Moment;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use crate::route::{Group, Route};

/// The form of an invited person.
#[derive(Debug, Template)]
#[template(path = "invite.html")]
pub(crate) struct Invite {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// Whose invitation it is.
    pub(crate) email: String,
    /// When the link stops working.
    pub(crate) ends: Moment,
    pub(crate) password: Field,
    pub(crate) rules: PasswordRules,
}

/// Keeps the link's token out of the address bar while the password is typed.
const COOKIE: CookieName = CookieName::new("dango_invite", "__Host-dango_invite");

/// How long, in seconds.
const LIFETIME: u64 = 600;

/// Longest token that is looked at; a token has 43 characters.
const TOKEN_MAX: usize = 64;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/invite/{token}", "inviteLink", follow).group(Group::Pages),
        Route::get("/invite", "invitePage", show).group(Group::Pages),
        Route::post("/invite", "inviteForm", accept)
            .group(Group::Pages)
            .budget(Budget::Login)
            .writes(&["invite_accepted", "login_success"]),
    ]
}

/// Takes the token out of the address (`ASVS 14.2.1`); nothing is used up by looking.
async fn follow(_: Everybody, reader: Reader) -> Answer {
    let token = reader.request.match_info().get("token").unwrap_or_default();
    let fits = token.len() <= TOKEN_MAX
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let header = cookie::set(COOKIE, token, LIFETIME, reader.facts.https).filter(|_| fits);
    let Some(header) = header else {
        return gone(&reader);
    };
    let mut response = reader.go("/invite");
    response.headers_mut().append(SET_COOKIE, header);
    Ok(response)
}

async fn show(_: Everybody, reader: Reader) -> Answer {
    match look_up(&reader).await {
        Ok(view) => reader.page(&form(&reader, view, &Complaint::default()).await?),
        Err(Error::User(UserError::InviteInvalid)) => gone(&reader),
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn accept(_: Everybody, reader: Reader, sent: Sent) -> Answer {
    match try_accept(&reader, &sent).await {
        Ok(done) => Ok(forget(&reader, welcome(&reader, &done, "/"))),
        Err(Error::User(UserError::InviteInvalid)) => gone(&reader),
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "password", "password");
            let view = look_up(&reader)
                .await
                .map_err(|error| reader.doorway.problem(&error))?;
            reader.again(&form(&reader, view, &complaint).await?, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn try_accept(reader: &Reader, sent: &Sent) -> Result<SignedIn, Error> {
    let token = token_of(reader)?;
    let password = sent.password("password")?;
    let origin = reader.facts.origin(Door::Pages);
    reader
        .run(move |auth| {
            auth.invites()
                .accept(&token, &password, Transport::Cookie, &origin)
        })
        .await
}

async fn look_up(reader: &Reader) -> Result<InviteView, Error> {
    let token = token_of(reader)?;
    reader.run(move |auth| auth.invites().look_up(&token)).await
}

fn token_of(reader: &Reader) -> Result<String, Error> {
    let token = cookie::read(reader.request.headers(), COOKIE.over(reader.facts.https));
    token
        .map(str::to_owned)
        .map_err(|_| UserError::InviteInvalid.into())
}

async fn form(reader: &Reader, view: InviteView, complaint: &Complaint) -> Result<Invite, Problem> {
    Ok(Invite {
        frame: reader.frame(None)?,
        alert: complaint.alert.clone(),
        email: view.username,
        ends: reader.moment(view.expires_at),
        password: Field::new_password("password")
            .wrong(complaint.about("password"))
            .focused(),
        rules: PasswordRules::of(reader, complaint).await?,
    })
}

fn gone(reader: &Reader) -> Answer {
    let words = &reader.text.invite;
    let page = ErrorPage {
        frame: reader.frame(None)?,
        status: StatusCode::NOT_FOUND.as_u16(),
        heading: words.gone_heading.to_owned(),
        what: words.gone_what.to_owned(),
        wait: None,
        link: "/login".to_owned(),
        link_label: reader.text.errors.sign_in.to_owned(),
        request_id: None,
    };
    Ok(forget(
        reader,
        reader.page_with(StatusCode::NOT_FOUND, &page)?,
    ))
}

fn forget(reader: &Reader, mut response: HttpResponse) -> HttpResponse {
    if let Some(header) = cookie::clear(COOKIE, reader.facts.https) {
        response.headers_mut().append(SET_COOKIE, header);
    }
    response
}
