//! What accounts, sessions, keys, workspaces, roles and events look like from outside: the `snake_case` objects of
//! contract §4.1, in one place for every front end that shows them.
//!
//! They hold no secret and borrow nothing, can be read as well as written, and are never stored.

mod api_key;
mod chain;
mod event;
mod explanation;
pub mod instant;
mod metabase;
mod role;
mod session;
mod settings;
mod status;
mod user;
mod workspace;

pub use api_key::{ApiKeyObject, KeyWorkspaceObject};
pub use chain::ChainObject;
pub use event::{CSV_COLUMNS, EventObject, PartyObject, inert};
pub use explanation::ExplanationObject;
pub use metabase::{
    ComparisonObject, DifferenceObject, MetabaseObject, MetabaseOutageObject,
    MetabaseWaitingObject, SyncObject,
};
pub use role::{PermissionObject, RoleObject};
pub use session::SessionObject;
pub use settings::{SettingObject, SettingsObject};
pub use status::{StatusObject, UserCountsObject};
pub use user::{AccessObject, CreatedUserObject, GrantObject, UserObject};
pub use workspace::WorkspaceObject;
