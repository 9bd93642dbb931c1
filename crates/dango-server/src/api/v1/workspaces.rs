//! Workspaces.

use actix_web::HttpRequest;
use actix_web::http::header::LOCATION;
use dango_auth::core::WorkspaceName;
use dango_auth::core::id::WorkspaceId;
use dango_auth::core::permission::builtin::types::ConfigManage;
use dango_auth::ports::Workspace;
use dango_auth::workspaces::WorkspaceRevision;
use dango_auth_actix::extract::{Id, Json, Query};
use dango_auth_actix::problem::V1;
use dango_auth_actix::{Allowed, CurrentCaller, Doorway, Empty, Refusal, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::view::WorkspaceItem;
use crate::api::fields;
use crate::api::idempotency::{Created, Once, OnceAnswer};
use crate::api::page::{PageQuery, from_cursor, limit, next_cursor, next_link};
use crate::api::precondition::{IfMatch, etag};
use crate::route::Route;

/// A page of workspaces.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Workspaces {
    workspaces: Vec<WorkspaceItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A workspace to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "ops", "description": "operations"}))]
struct NewWorkspace {
    /// 1 to 64 of `A-Za-z0-9_-`; not `all`, `default`, `global`.
    #[schema(example = "ops", max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "operations"}))]
struct WorkspaceChanges {
    /// Grants follow.
    name: Option<String>,
    description: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/workspaces", "v1ListWorkspaces", list)
            .summary("The workspaces the caller may see, by name."),
        Route::post("/api/v1/workspaces", "v1CreateWorkspace", create)
            .summary("Make a workspace.")
            .writes(&["workspace_created"])
            .refuses(&[409]),
        Route::get("/api/v1/workspaces/{id}", "v1GetWorkspace", get)
            .summary("One workspace, if the caller may see it."),
        Route::patch("/api/v1/workspaces/{id}", "v1ReviseWorkspace", revise)
            .summary("Rename a workspace or describe it anew; grants follow.")
            .writes(&["workspace_changed"])
            .refuses(&[409]),
        Route::delete("/api/v1/workspaces/{id}", "v1DeleteWorkspace", delete)
            .summary("Delete a workspace and every grant in it.")
            .writes(&["workspace_deleted"]),
    ]
}

async fn list(
    caller: CurrentCaller,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<PageQuery>,
) -> Answer<Workspaces> {
    let limit = limit(query.limit)?;
    let after: Option<WorkspaceName> = from_cursor(query.cursor.as_deref())?;
    let caller = caller.into_caller();
    let page = doorway
        .run(move |auth| auth.workspaces().list(&caller, after.as_ref(), limit))
        .await?;
    let next_cursor = next_cursor(&page, |workspace| workspace.name.clone());
    let link = next_link(&request, next_cursor.as_deref());
    let workspaces = page.rows.iter().map(WorkspaceItem::from).collect();
    Ok(Reply::new(Workspaces {
        workspaces,
        next_cursor,
    })
    .with_all(link))
}

async fn create(
    caller: Allowed<ConfigManage>,
    doorway: Doorway,
    once: Once,
    Json(body): Json<NewWorkspace>,
) -> OnceAnswer<WorkspaceItem, V1> {
    let caller = caller.into_caller();
    let asked = caller.clone();
    let prefix = doorway.prefix().to_owned();
    once.answer(&doorway, &asked, move |auth, asked| {
        let name = fields::workspace_name(&body.name)?;
        asked.make(
            |made| answer(&prefix, made),
            |once| {
                auth.workspaces()
                    .create_once(&caller, &name, &body.description, once)
            },
        )
    })
    .await
}

fn answer(prefix: &str, made: &Workspace) -> Created<WorkspaceItem> {
    let location = format!("{prefix}/api/v1/workspaces/{}", made.id);
    Created {
        body: WorkspaceItem::from(made),
        headers: vec![(LOCATION.to_string(), location)],
    }
}

async fn get(
    caller: CurrentCaller,
    doorway: Doorway,
    Id(id): Id<WorkspaceId>,
) -> Answer<WorkspaceItem> {
    let caller = caller.into_caller();
    let found = doorway
        .run(move |auth| auth.workspaces().get(&caller, id))
        .await?;
    Ok(Reply::new(WorkspaceItem::from(&found)).with_all(etag(found.version)))
}

async fn revise(
    caller: Allowed<ConfigManage>,
    doorway: Doorway,
    Id(id): Id<WorkspaceId>,
    IfMatch(version): IfMatch,
    Json(body): Json<WorkspaceChanges>,
) -> Answer<WorkspaceItem> {
    let revision = WorkspaceRevision {
        name: body
            .name
            .as_deref()
            .map(fields::workspace_name)
            .transpose()?,
        description: body.description,
    };
    let caller = caller.into_caller();
    let revised = doorway
        .run(move |auth| auth.workspaces().revise(&caller, id, &revision, version))
        .await?;
    Ok(Reply::new(WorkspaceItem::from(&revised)).with_all(etag(revised.version)))
}

async fn delete(
    caller: Allowed<ConfigManage>,
    doorway: Doorway,
    Id(id): Id<WorkspaceId>,
) -> Result<Empty, Refusal<V1>> {
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.workspaces().delete(&caller, id))
        .await?;
    Ok(Empty::new())
}
