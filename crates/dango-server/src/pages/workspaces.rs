//! `/settings/workspaces`: where grants count.

use askama::Template;

use super::field::Field;
use super::filters;
use super::frame::Frame;
use super::moment::Moment;
use super::users::Pager;

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
    pub(crate) people: u64,
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
