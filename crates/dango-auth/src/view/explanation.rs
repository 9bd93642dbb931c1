//! Why somebody may or may not do something.

use dango_auth_core::policy::{Explanation, Policy, Reason, RoleSource};
use dango_auth_core::user::User;
use serde::{Deserialize, Serialize};

/// A decision with what led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplanationObject {
    /// Whose rights were asked about: the username.
    pub user: String,
    /// The permission asked about.
    pub permission: String,
    /// The workspace asked about.
    pub workspace: Option<String>,
    /// Whether the action may go ahead.
    pub allowed: bool,
    /// The stable word for the reason: `granted`, `no_grant`, `inactive`, `outside_key_limit`, `unknown_permission`.
    pub reason: String,
    /// The role held in that place.
    pub role: Option<String>,
    /// How that role is held: `top_level` or `workspace`.
    pub role_source: Option<String>,
    /// The roles that have the permission, smallest first.
    pub granting_roles: Vec<String>,
    /// All of it in one sentence.
    pub explanation: String,
}

impl ExplanationObject {
    /// Shows an explanation of `user`'s rights under `policy`.
    pub fn new(user: &User, explanation: &Explanation, policy: &Policy) -> Self {
        let held = explanation.held.as_ref();
        let granting = match explanation.decision.reason() {
            Reason::GrantedBy { role, .. } => policy
                .role(role)
                .map(|role| role.name().as_str().to_owned()),
            _ => None,
        };
        Self {
            user: user.username.as_str().to_owned(),
            permission: explanation.permission.clone(),
            workspace: explanation
                .workspace
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            allowed: explanation.is_allowed(),
            reason: explanation.decision.reason().code().to_owned(),
            role: granting.or_else(|| held.map(|(role, _)| role.as_str().to_owned())),
            role_source: held.map(|(_, source)| source_word(*source).to_owned()),
            granting_roles: explanation
                .granting_roles
                .iter()
                .map(|role| role.as_str().to_owned())
                .collect(),
            explanation: explanation.to_string(),
        }
    }
}

const fn source_word(source: RoleSource) -> &'static str {
    match source {
        RoleSource::TopLevel => "top_level",
        RoleSource::Workspace => "workspace",
    }
}
