//! The policy: which role may do what, and the one function that decides.
//!
//! A [`Policy`] is immutable. [`Policy::builtin`] holds the roles and permissions of contract §2;
//! [`Policy::builder`] and [`Policy::from_toml`] add to them and refuse anything that does not fit.
//! [`Policy::check`] is total: it always answers, denies by default, and allocates nothing.

mod builder;
mod by_workspace;
mod check;
mod decision;
mod error;
mod explain;
mod file;
mod matrix;
mod report;
mod resolve;
mod subject;
mod visible;

pub use builder::{PolicyBuilder, RoleDefinition};
pub use decision::{Decision, Reason, RoleSource};
pub use error::PolicyError;
pub use explain::Explanation;
pub use matrix::{Matrix, MatrixDomain, MatrixPermission, MatrixRole};
pub use subject::{KeyLimit, Subject, WorkspaceLimit};

use crate::name::{RoleName, WorkspaceName};
use crate::nearest;
use crate::permission::{Catalog, Permission, PermissionType};
use crate::role::{Role, RoleId, builtin_roles};

/// The built-in policy as a policy file, to read or to start one's own from.
pub const BUILTIN_TOML: &str = include_str!("builtin.toml");

/// Where something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// On an item that is in no workspace; the top-level role decides.
    Global,
    /// On an item in this workspace.
    Workspace(&'a WorkspaceName),
}

impl<'a> From<Option<&'a WorkspaceName>> for Scope<'a> {
    fn from(workspace: Option<&'a WorkspaceName>) -> Self {
        workspace.map_or(Self::Global, Self::Workspace)
    }
}

/// All roles and permissions of one installation, and the decisions made from them.
///
/// ```
/// use dango_auth_core::{Policy, Scope, WorkspaceAccess, permission::builtin, role};
///
/// let policy = Policy::builtin();
/// let ann = policy.subject(true, &role::EDITOR, &WorkspaceAccess::Everywhere);
/// assert!(policy.check(&ann, builtin::QUERY_EXECUTE, Scope::Global).is_allowed());
/// assert!(!policy.check(&ann, builtin::USERS_MANAGE, Scope::Global).is_allowed());
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    catalog: Catalog,
    roles: Vec<Role>,
}

impl Policy {
    /// The 29 permissions and six roles of contract §2.
    pub fn builtin() -> Self {
        let catalog = Catalog::builtin();
        let roles = builtin_roles(&catalog);
        Self { catalog, roles }
    }

    /// Starts a policy that adds to the built-in one.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::over(Self::builtin())
    }

    /// The built-in policy with the additions of a policy file.
    ///
    /// ```
    /// use dango_auth_core::Policy;
    /// let policy = Policy::from_toml(r#"
    ///     [[permissions]]
    ///     name = "report.publish"
    ///     domain = "dashboard"
    ///     description = "Publish reports to customers."
    ///
    ///     [[roles]]
    ///     name = "publisher"
    ///     includes = ["viewer"]
    ///     permissions = ["report.publish"]
    /// "#).unwrap();
    /// assert_eq!(policy.role_named("publisher").unwrap().permissions().len(), 9);
    ///
    /// let error = Policy::from_toml("[[roles]]\nname = 'x'\nincludes = ['veiwer']").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 3: role \"x\" includes the unknown role \"veiwer\", did you mean \"viewer\"?",
    /// );
    /// ```
    ///
    /// # Errors
    /// [`PolicyError`] with the line, the item and, where one is near, the name that was meant.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        Self::builder().toml(text)?.build()
    }

    /// All domains and permissions.
    #[inline]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// All roles: the built-in ones from viewer to admin, then the added ones.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role with that number; `None` when it belongs to another policy.
    #[inline]
    pub fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(usize::from(id.0))
    }

    /// The role of that name.
    pub fn role_named(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name() == name)
    }

    /// The name of a role, checked to exist.
    ///
    /// # Errors
    /// [`PolicyError`] with code `unknown_role` and, where one is near, the name that was meant.
    pub fn require_role(&self, name: &str) -> Result<&Role, PolicyError> {
        self.role_named(name)
            .ok_or_else(|| PolicyError::no_such_role(name, self.nearest_role(name)))
    }

    /// The permission of that name, checked to exist; for start-up, where a typo should stop.
    ///
    /// # Errors
    /// [`PolicyError`] with code `unknown_permission` and, where one is near, the name that was meant.
    pub fn require_permission(&self, name: &str) -> Result<Permission, PolicyError> {
        self.catalog
            .find(name)
            .ok_or_else(|| PolicyError::no_such_permission(name, self.catalog.nearest(name)))
    }

    /// The permission a type stands for; for start-up, like [`Self::require_permission`].
    ///
    /// # Errors
    /// [`PolicyError`] with code `unknown_permission` when this policy has no such permission.
    pub fn typed<P: PermissionType>(&self) -> Result<Permission, PolicyError> {
        self.require_permission(P::NAME)
    }

    /// The role name a mistyped one probably meant.
    pub fn nearest_role(&self, name: &str) -> Option<&str> {
        nearest(name, self.roles.iter().map(|role| role.name().as_str()))
    }

    fn role_id(&self, name: &RoleName) -> Option<RoleId> {
        self.role_named(name.as_str()).map(Role::id)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::builtin()
    }
}
