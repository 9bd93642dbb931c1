#![doc = include_str!("../README.md")]

mod body;
pub mod cookie;
mod credential;
pub mod csrf;
pub mod cursor;
mod doorway;
pub mod envelope;
mod epochs;
pub mod extract;
pub mod facts;
pub mod form;
pub mod gate;
pub mod guard;
pub mod headers;
pub mod json;
mod leased;
pub mod limit;
mod memory;
pub mod next;
mod origin;
pub mod own_users;
mod places;
pub mod present;
pub mod problem;
#[cfg(test)]
mod properties;
mod random;
pub mod reply;
pub mod requirement;
pub mod workspace;

pub use body::{LIMIT as BODY_LIMIT, Patience};
pub use credential::bearer_token;
pub use doorway::{Doorway, ProblemPage, Reach, Refuse};
pub use facts::{Door, Facts};
pub use gate::{
    Allowed, AllowedBySession, CurrentCaller, CurrentUser, Everybody, Gate, MachineOr,
    ObligedCaller, ObligedSession, SessionCaller,
};
pub use limit::Budget;
pub use own_users::{OwnUser, OwnUsers, Permitted, Resolver};
pub use problem::{Problem, Refusal};
pub use reply::{Empty, Made, Reply};
pub use requirement::{Requirement, Who};
pub use workspace::{AllowedIn, FromHeader, FromPath, FromQuery, WorkspaceSource};
