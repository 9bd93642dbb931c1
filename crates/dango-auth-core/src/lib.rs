#![doc = include_str!("../README.md")]

mod nearest;

pub mod api_key;
pub mod audit;
pub mod change;
pub mod client_address;
pub mod id;
pub mod limiter;
pub mod lockout;
pub mod metabase;
pub mod name;
pub mod password;
pub mod permission;
pub mod policy;
pub mod recovery_code;
pub mod role;
pub mod seal;
pub mod second_factor;
pub mod secret;
pub mod session;
pub mod token;
pub mod totp;
pub mod user;
pub mod workspace;

pub use client_address::{Source, TrustedProxies};
pub use limiter::{BurstLimit, LimitDecision, Rate, SlidingLimit};
pub use lockout::{AccountKey, Gate, LockoutLimits};
pub use name::{EmailAddress, KeyName, LoginName, NameError, RoleName, Username, WorkspaceName};
pub use nearest::nearest;
pub use password::{HashMemory, HashParameters, Password, PasswordHash, PasswordRules};
pub use permission::{Catalog, Domain, Permission, PermissionInfo, PermissionSet, PermissionType};
pub use policy::{
    Decision, Explanation, KeyLimit, Policy, PolicyBuilder, PolicyError, Reason, RoleDefinition,
    RoleSource, Scope, Subject, WorkspaceLimit,
};
pub use recovery_code::RecoveryCode;
pub use role::{Role, RoleId};
pub use seal::{KeyRing, MasterKey};
pub use secret::{Secret, SecretBytes};
pub use token::{
    ApiKeyToken, CsrfToken, DeviceToken, InviteToken, SessionToken, SetupToken, TokenHash,
};
pub use totp::TotpSeed;
pub use workspace::{AccessError, AccessField, Grant, GrantRequest, WorkspaceAccess};
