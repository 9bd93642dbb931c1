//! `/setup`: the first administrator.

use askama::Template;
use dango_auth::Error;
use dango_auth::core::session::Transport;
use dango_auth::setup::SetupRequest;
use dango_auth_actix::{Budget, Door, Everybody};

use super::complaint::Complaint;
use super::field::{Field, PasswordRules};
use super::filters;
use super::frame::Frame;
use super::login::welcome;
use super::reader::{Answer, Reader};
use super::sent::{Asked, Sent};
use crate::api::fields;
use crate::route::{Group, Route};

/// The form for the first administrator.
#[derive(Debug, Template)]
#[template(path = "setup.html")]
pub(crate) struct Setup {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// The setup token is needed and did not come with the link.
    pub(crate) ask_token: bool,
    pub(crate) token: Field,
    pub(crate) login: Field,
    pub(crate) password: Field,
    pub(crate) rules: PasswordRules,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/setup", "setupPage", show).group(Group::Pages),
        Route::post("/setup", "setupForm", complete)
            .group(Group::Pages)
            .budget(Budget::Login)
            .writes(&["setup_completed", "user_created", "login_success"]),
    ]
}

async fn show(_: Everybody, reader: Reader, asked: Asked) -> Answer {
    let is_open = reader.run(|auth| auth.setup().is_open()).await;
    if !is_open.map_err(|error| reader.doorway.problem(&error))? {
        return Ok(reader.go("/login"));
    }
    let page = form(&reader, asked.get("token"), "", &Complaint::default()).await?;
    reader.page(&page)
}

async fn complete(_: Everybody, reader: Reader, sent: Sent) -> Answer {
    match try_complete(&reader, &sent).await {
        Ok(done) => Ok(welcome(&reader, &done, "/")),
        Err(Error::SetupCompleted) => Ok(reader.go("/login")),
        Err(error) => {
            if !super::complaint::is_about_the_form(&error)
                && !matches!(error, Error::SetupTokenWrong)
            {
                return Err(reader.doorway.problem(&error));
            }
            let complaint = Complaint::new(&error, reader.text, "password", "password");
            let mut page = form(&reader, sent.get("token"), sent.get("login"), &complaint).await?;
            if matches!(error, Error::SetupTokenWrong) {
                page.alert = None;
                page.ask_token = true;
                page.token = page
                    .token
                    .wrong(Some(reader.text.setup.token_wrong.to_owned()));
            }
            reader.again(&page, &error)
        }
    }
}

async fn try_complete(
    reader: &Reader,
    sent: &Sent,
) -> Result<dango_auth::sign_in::SignedIn, Error> {
    let request = SetupRequest {
        username: fields::username("login", sent.required("login")?)?,
        email: None,
        password: sent.password("password")?,
        token: sent.given("token").map(str::to_owned),
        from_loopback: reader.facts.limits_exempt,
        transport: Transport::Cookie,
        origin: reader.facts.origin(Door::Pages),
    };
    reader
        .run(move |auth| auth.setup().complete(&request))
        .await
}

async fn form(
    reader: &Reader,
    token: &str,
    login: &str,
    complaint: &Complaint,
) -> Result<Setup, dango_auth_actix::Problem> {
    let about = |field: &str| complaint.about(field);
    let login = Field::login("login")
        .holding(login)
        .wrong(about("login").or(about("username")));
    Ok(Setup {
        frame: reader.frame(None)?,
        alert: complaint.alert.clone(),
        ask_token: token.is_empty() && !reader.facts.limits_exempt,
        token: Field::word("token").holding(token).required(),
        login: if complaint.alert.is_none() {
            login.focused()
        } else {
            login
        },
        password: Field::new_password("password").wrong(about("password")),
        rules: PasswordRules::of(reader, complaint).await?,
    })
}
