//! `/settings/users/new`: adding a person.

use askama::Template;
use dango_auth::Error;
use dango_auth::core::permission::builtin::types::UsersManage;
use dango_auth::users::{CreateUser, Created, CreatedSecret, FirstCredential};
use dango_auth_actix::{AllowedBySession, Problem};

use super::access::{AccessEditor, Typed, known_workspaces};
use super::complaint::{Complaint, is_about_the_form};
use super::field::Field;
use super::filters;
use super::frame::Frame;
use super::once::once;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use super::user_secret::Made;
use crate::api::fields;
use crate::route::{Group, Route};

/// The form that adds a person.
#[derive(Debug, Template)]
#[template(path = "user_new.html")]
pub(crate) struct NewUserPage {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    pub(crate) email: Field,
    /// An invitation rather than a temporary password.
    pub(crate) invite: bool,
    pub(crate) access: AccessEditor,
}

pub(super) fn routes() -> Vec<Route> {
    let events = &["user_created", "invite_resent", "workspace_created"];
    vec![
        Route::get("/settings/users/new", "newUserPage", show).group(Group::Pages),
        Route::post("/settings/users/new", "newUserForm", create)
            .group(Group::Pages)
            .writes(events),
    ]
}

async fn show(_: AllowedBySession<UsersManage>, reader: Reader) -> Answer {
    let page = form(&reader, "", true, Typed::fresh(), &Complaint::default()).await?;
    reader.page(&page)
}

async fn create(_: AllowedBySession<UsersManage>, reader: Reader, sent: Sent) -> Answer {
    let mut typed = Typed::of(&sent);
    let invite = sent.get("first") != "password";
    if sent.get("do") == "more" {
        typed.add_line();
        let page = form(
            &reader,
            sent.get("email"),
            invite,
            typed,
            &Complaint::default(),
        )
        .await?;
        return reader.page(&page);
    }
    match try_create(&reader, &sent, &typed, invite).await {
        Ok(made) => reader.page(&made.page(&reader)?),
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "", "");
            let page = form(&reader, sent.get("email"), invite, typed, &complaint).await?;
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn try_create(
    reader: &Reader,
    sent: &Sent,
    typed: &Typed,
    invite: bool,
) -> Result<Made, Error> {
    let username = fields::username("email", sent.required("email")?)?;
    let (role, access) = typed.request();
    let base_url = Some(reader.doorway.base_url());
    once(reader, sent, made, move |auth, caller, once| {
        let request = CreateUser {
            email: username.to_email(),
            username,
            role: auth.parse_role(&role)?,
            access: Some(access),
            first: if invite {
                FirstCredential::Invite { base_url }
            } else {
                FirstCredential::TemporaryPassword
            },
        };
        auth.users().create_once(caller, request, Some(once))
    })
    .await
}

fn made(created: &Created) -> Result<Made, Error> {
    let user = &created.user.user;
    match &created.secret {
        Some(CreatedSecret::Invite(invite)) => Ok(Made::invite(user, invite.url.clone())),
        Some(CreatedSecret::TemporaryPassword(secret)) => {
            Ok(Made::password(user, secret.expose().to_owned()))
        }
        None => Err(Error::Internal("a new person got no way in")),
    }
}

async fn form(
    reader: &Reader,
    email: &str,
    invite: bool,
    typed: Typed,
    complaint: &Complaint,
) -> Result<NewUserPage, Problem> {
    let known = known_workspaces(reader).await?;
    let wrong = complaint.about("email").or(complaint.about("username"));
    Ok(NewUserPage {
        frame: reader.frame(Some(Place::Users))?,
        alert: complaint.alert.clone(),
        email: Field::word("email").required().holding(email).wrong(wrong),
        invite,
        access: typed.editor(reader, known, complaint),
    })
}
