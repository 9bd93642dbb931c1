//! The editor for role and workspaces.

use super::field::{Choice, Field};
use super::home::GrantLine;

/// Everywhere with one role, or in chosen workspaces with a role each.
#[derive(Debug)]
pub(crate) struct AccessEditor {
    pub(crate) everywhere: bool,
    /// The role everywhere.
    pub(crate) role: Field,
    pub(crate) roles: Vec<Choice>,
    /// The workspaces, with empty lines for more.
    pub(crate) grants: Vec<GrantLine>,
    /// Roles that a workspace can give: all but admin.
    pub(crate) grant_roles: Vec<Choice>,
    /// Workspaces there are, offered while typing.
    pub(crate) known: Vec<String>,
    pub(crate) error: Option<String>,
}
