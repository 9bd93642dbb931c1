//! `/settings/workspaces/{id}`: one workspace.

use actix_web::HttpResponse;
use askama::Template;
use dango_auth::core::id::{UserId, WorkspaceId};
use dango_auth::core::name::{RoleName, Username};
use dango_auth::core::permission::builtin::types::ConfigManage;
use dango_auth::ports::{Page, Workspace};
use dango_auth::workspaces::WorkspaceRevision;
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::extract::Id;
use dango_auth_actix::{AllowedBySession, Problem};

use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::field::Field;
use super::filters;
use super::frame::Frame;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use super::workspaces::{WorkspaceForm, form};
use crate::api::fields;
use crate::route::{Group, Route};

/// People that are listed.
const MEMBERS_MAX: u32 = 200;

type MayManage = AllowedBySession<ConfigManage>;

/// One workspace.
#[derive(Debug, Template)]
#[template(path = "workspace.html")]
pub(crate) struct WorkspacePage {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) members: Vec<Member>,
    pub(crate) edit: WorkspaceForm,
    pub(crate) delete_open: bool,
    pub(crate) confirm: Field,
}

/// Somebody with a role there.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings/workspaces/{id}", "workspacePage", show).group(Group::Pages),
        Route::post("/settings/workspaces/{id}", "workspaceForm", save)
            .group(Group::Pages)
            .writes(&["workspace_changed", "workspace_access_changed"]),
        Route::post(
            "/settings/workspaces/{id}/delete",
            "deleteWorkspaceForm",
            delete,
        )
        .group(Group::Pages)
        .writes(&["workspace_deleted", "workspace_access_changed"]),
    ]
}

async fn show(_: MayManage, reader: Reader, Id(id): Id<WorkspaceId>) -> Answer {
    reader.page(&page(&reader, id, None, &Complaint::default()).await?)
}

async fn save(_: MayManage, reader: Reader, Id(id): Id<WorkspaceId>, sent: Sent) -> Answer {
    match try_save(&reader, id, &sent).await {
        Ok(_) => Ok(saved(&reader, id)),
        Err(error) if is_about_the_form(&error) => {
            let mut complaint = Complaint::new(&error, reader.text, "", "");
            if matches!(error, Error::Stale { .. }) {
                if is_so_already(&reader, id, &sent).await? {
                    return Ok(saved(&reader, id));
                }
                complaint.alert = Some(reader.text.workspaces.stale.to_owned());
            }
            reader.again(&page(&reader, id, Some(&sent), &complaint).await?, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

fn saved(reader: &Reader, id: WorkspaceId) -> HttpResponse {
    reader.tell(Done::WorkspaceSaved, &format!("/settings/workspaces/{id}"))
}

/// Whether the workspace is as the form wanted it: by this click arriving twice, or by somebody else's.
async fn is_so_already(reader: &Reader, id: WorkspaceId, sent: &Sent) -> Result<bool, Problem> {
    let now = reader
        .need(move |auth, caller| auth.workspaces().get(caller, id))
        .await?;
    Ok(now.name.as_str() == sent.get("name") && now.description == sent.get("description"))
}

async fn try_save(reader: &Reader, id: WorkspaceId, sent: &Sent) -> Result<Workspace, Error> {
    let revision = WorkspaceRevision {
        name: Some(fields::workspace_name(sent.required("name")?)?),
        description: Some(sent.get("description").to_owned()),
    };
    let version = Some(sent.version());
    reader
        .act(move |auth, caller| auth.workspaces().revise(caller, id, &revision, version))
        .await
}

async fn delete(_: MayManage, reader: Reader, Id(id): Id<WorkspaceId>, sent: Sent) -> Answer {
    match try_delete(&reader, id, sent.get("confirm").to_owned()).await {
        // Gone already: that is what was wanted.
        Ok(true) | Err(Error::NotFound { .. }) => {
            Ok(reader.tell(Done::WorkspaceDeleted, "/settings/workspaces"))
        }
        Ok(false) => {
            let mut page = page(&reader, id, None, &Complaint::default()).await?;
            page.delete_open = true;
            page.confirm = page
                .confirm
                .wrong(Some(reader.text.user.confirm_wrong.to_owned()));
            reader.page_with(actix_web::http::StatusCode::BAD_REQUEST, &page)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

/// Deletes the workspace if `typed` is its name.
async fn try_delete(reader: &Reader, id: WorkspaceId, typed: String) -> Result<bool, Error> {
    reader
        .act(move |auth, caller| {
            let fits = auth.workspaces().get(caller, id)?.name.as_str() == typed;
            if fits {
                auth.workspaces().delete(caller, id)?;
            }
            Ok(fits)
        })
        .await
}

type Members = Page<(UserId, Username, RoleName)>;

fn find(auth: &Auth, caller: &Caller, id: WorkspaceId) -> Result<(Workspace, Members), Error> {
    let workspace = auth.workspaces().get(caller, id)?;
    let members = auth.workspaces().members(caller, id, None, MEMBERS_MAX);
    match members {
        Ok(members) => Ok((workspace, members)),
        // Whoever may manage workspaces need not be allowed to see people.
        Err(Error::Denied { .. }) => Ok((
            workspace,
            Page {
                rows: Vec::new(),
                more: false,
            },
        )),
        Err(error) => Err(error),
    }
}

async fn page(
    reader: &Reader,
    id: WorkspaceId,
    typed: Option<&Sent>,
    complaint: &Complaint,
) -> Result<WorkspacePage, Problem> {
    let (workspace, members) = reader
        .need(move |auth, caller| find(auth, caller, id))
        .await?;
    let name = typed.map_or(workspace.name.as_str(), |sent| sent.get("name"));
    let description = typed.map_or(workspace.description.as_str(), |sent| {
        sent.get("description")
    });
    let member = |(id, name, role): &(UserId, Username, RoleName)| Member {
        id: id.to_string(),
        name: name.to_string(),
        role: role.to_string(),
    };
    Ok(WorkspacePage {
        frame: reader.frame(Some(Place::Workspaces))?,
        id: id.to_string(),
        version: workspace.version.get().to_string(),
        name: workspace.name.to_string(),
        members: members.rows.iter().map(member).collect(),
        edit: form(reader, name, description, complaint, false),
        delete_open: false,
        confirm: Field::word("confirm").required(),
    })
}
