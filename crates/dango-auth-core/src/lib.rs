#![doc = include_str!("../README.md")]

mod nearest;

pub mod name;
pub mod permission;
pub mod policy;
pub mod role;
pub mod workspace;

pub use name::{EmailAddress, KeyName, LoginName, NameError, RoleName, Username, WorkspaceName};
pub use nearest::nearest;
pub use permission::{Catalog, Domain, Permission, PermissionInfo, PermissionSet};
pub use policy::{
    Decision, Explanation, KeyLimit, Policy, PolicyBuilder, PolicyError, Reason, RoleDefinition,
    RoleSource, Scope, Subject, WorkspaceLimit,
};
pub use role::{Role, RoleId};
pub use workspace::{AccessError, Grant, GrantRequest, WorkspaceAccess};
