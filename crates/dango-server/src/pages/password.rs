//! `/settings/account/password`: another password before anything else.

use askama::Template;
use dango_auth::sign_in::SignedIn;
use dango_auth::{Error, Obligation};
use dango_auth_actix::{Budget, ObligedSession, Problem};

use super::account::{self, Opened};
use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::field::{Field, PasswordRules};
use super::filters;
use super::frame::Frame;
use super::login::welcome;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use crate::route::{Group, Route};

/// The step of somebody who has to choose another password.
#[derive(Debug, Template)]
#[template(path = "required_password.html")]
pub(crate) struct RequiredPassword {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// How many steps there are in all.
    pub(crate) steps: u8,
    /// The login name, for password keepers.
    pub(crate) login: String,
    pub(crate) current: Field,
    pub(crate) password: Field,
    pub(crate) rules: PasswordRules,
}

/// Where the form goes, on this page and on the account page.
const PATH: &str = "/settings/account/password";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(PATH, "passwordPage", show).group(Group::Pages),
        Route::post(PATH, "passwordForm", change)
            .group(Group::Pages)
            .budget(Budget::Login)
            .writes(&["password_change", "login_failed", "account_locked"]),
    ]
}

async fn show(_: ObligedSession, reader: Reader) -> Answer {
    if !is_required(&reader)? {
        return Ok(reader.go("/settings/account?open=password#password"));
    }
    reader.page(&required(&reader, &Complaint::default()).await?)
}

async fn change(_: ObligedSession, reader: Reader, sent: Sent) -> Answer {
    match try_change(&reader, &sent).await {
        Ok(done) => {
            let mut response = welcome(&reader, &done, "/settings/account");
            if let Some((name, value)) = Done::PasswordChanged.tell(reader.facts.https) {
                response.headers_mut().append(name, value);
            }
            Ok(response)
        }
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "current", "password");
            // The account page is closed while anything is pending.
            if reader.caller()?.obligation().is_some() {
                return reader.again(&required(&reader, &complaint).await?, &error);
            }
            let page = account::page(&reader, Opened::Password(complaint)).await?;
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn try_change(reader: &Reader, sent: &Sent) -> Result<SignedIn, Error> {
    let current = sent.password("current")?;
    let new = sent.password("password")?;
    reader
        .act(move |auth, caller| auth.account().change_password(caller, &current, &new))
        .await
}

fn is_required(reader: &Reader) -> Result<bool, Problem> {
    Ok(reader.caller()?.obligation() == Some(Obligation::ChangePassword))
}

async fn required(reader: &Reader, complaint: &Complaint) -> Result<RequiredPassword, Problem> {
    let caller = reader.caller()?.clone();
    let needs_factor = reader.run(dango_auth::Auth::settings).await;
    let needs_factor = needs_factor
        .map_err(|error| reader.doorway.problem(&error))?
        .require_2fa
        && caller
            .person()
            .is_some_and(|person| !person.second_factor_on);
    let current = Field::current_password("current").wrong(complaint.about("current"));
    Ok(RequiredPassword {
        frame: reader.frame(None)?,
        alert: complaint.alert.clone(),
        steps: if needs_factor { 2 } else { 1 },
        login: caller.name().to_owned(),
        current: if complaint.issues.is_empty() {
            current.focused()
        } else {
            current
        },
        password: Field::new_password("password").wrong(complaint.about("password")),
        rules: PasswordRules::of(reader, complaint).await?,
    })
}
