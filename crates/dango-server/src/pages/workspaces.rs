//! `/settings/workspaces`: where grants count.

use askama::Template;
use dango_auth::Error;
use dango_auth::core::name::WorkspaceName;
use dango_auth::core::permission::builtin::types::ConfigManage;
use dango_auth::ports::Workspace;
use dango_auth_actix::{AllowedBySession, Problem, SessionCaller};

use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::field::Field;
use super::frame::Frame;
use super::moment::Moment;
use super::once::once;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::{Asked, Sent};
use super::text::Text;
use super::users::Pager;
use crate::api::fields;
use crate::api::page::{from_cursor, next_cursor};
use crate::route::{Group, Route};

/// Workspaces of a page.
const LIMIT: u32 = 100;

/// The list of workspaces.
#[derive(Debug, Template)]
#[template(path = "workspaces.html")]
pub(crate) struct Workspaces {
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) rows: Vec<WorkspaceLine>,
    pub(crate) pager: Pager,
    pub(crate) new: WorkspaceForm,
}

/// A workspace in the list.
#[derive(Debug)]
pub(crate) struct WorkspaceLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created: Moment,
}

/// Name and description of a workspace.
#[derive(Debug)]
pub(crate) struct WorkspaceForm {
    pub(crate) open: bool,
    pub(crate) alert: Option<String>,
    pub(crate) name: Field,
    pub(crate) description: Field,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings/workspaces", "workspacesPage", show).group(Group::Pages),
        Route::post("/settings/workspaces", "newWorkspaceForm", create)
            .group(Group::Pages)
            .writes(&["workspace_created"]),
    ]
}

async fn show(_: SessionCaller, reader: Reader, asked: Asked) -> Answer {
    let page = list(
        &reader,
        &asked,
        form(&reader, "", "", &Complaint::default(), false),
    )
    .await?;
    reader.page(&page)
}

async fn create(_: AllowedBySession<ConfigManage>, reader: Reader, sent: Sent) -> Answer {
    match try_create(&reader, &sent).await {
        Ok(_) => Ok(reader.tell(Done::WorkspaceCreated, "/settings/workspaces")),
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "", "");
            let form = form(
                &reader,
                sent.get("name"),
                sent.get("description"),
                &complaint,
                true,
            );
            let page = list(&reader, &Asked::default(), form).await?;
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn try_create(reader: &Reader, sent: &Sent) -> Result<String, Error> {
    let name = fields::workspace_name(sent.required("name")?)?;
    let description = sent.get("description").to_owned();
    let made = |workspace: &Workspace| Ok(workspace.name.to_string());
    once(reader, sent, made, move |auth, caller, once| {
        auth.workspaces()
            .create_once(caller, &name, &description, Some(once))
    })
    .await
}

/// The form with what was typed.
pub(super) fn form(
    reader: &Reader,
    name: &str,
    description: &str,
    complaint: &Complaint,
    open: bool,
) -> WorkspaceForm {
    let wrong = complaint.about("name").or_else(|| {
        // A name that exists is a fault of the name, not of the form as a whole.
        let exists = Text::look_up(reader.text.problems, "workspace_exists").map(str::to_owned);
        exists.filter(|words| complaint.alert.as_ref() == Some(words))
    });
    let alert = complaint
        .alert
        .clone()
        .filter(|alert| wrong.as_ref() != Some(alert));
    WorkspaceForm {
        open,
        alert,
        name: Field::word("name").required().holding(name).wrong(wrong),
        description: Field::text("description")
            .holding(description)
            .wrong(complaint.about("description")),
    }
}

async fn list(reader: &Reader, asked: &Asked, new: WorkspaceForm) -> Result<Workspaces, Problem> {
    let cursor: Result<Option<String>, Error> = from_cursor(asked.given("cursor"));
    let after = cursor.and_then(|name| name.map(|name| fields::workspace_name(&name)).transpose());
    let after: Option<WorkspaceName> = after.map_err(|error| reader.doorway.problem(&error))?;
    let page = reader
        .need(move |auth, caller| auth.workspaces().list(caller, after.as_ref(), LIMIT))
        .await?;
    let next = next_cursor(&page, |workspace| workspace.name.clone());
    let line = |workspace: &Workspace| WorkspaceLine {
        id: workspace.id.to_string(),
        name: workspace.name.to_string(),
        description: workspace.description.clone(),
        created: reader.moment(workspace.created_at),
    };
    Ok(Workspaces {
        frame: reader.frame(Some(Place::Workspaces))?,
        may_manage: reader.may("config.manage"),
        rows: page.rows.iter().map(line).collect(),
        pager: Pager::new("/settings/workspaces", asked, next.as_deref()),
        new,
    })
}
