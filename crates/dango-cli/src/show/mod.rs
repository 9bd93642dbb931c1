//! How each kind of result looks to people.

mod audit;
mod export;
mod health;
mod init;
mod key;
mod keys;
mod metabase;
mod moving_in;
mod policy;
mod progress;
mod remotes;
mod roles;
mod secret;
mod sessions;
mod settings;
mod status;
mod users;
mod workspaces;

pub(crate) use export::People;
pub(crate) use health::Health;
pub(crate) use moving_in::MovingIn;
pub(crate) use progress::Progress;
pub(crate) use remotes::RemoteObject;
pub(crate) use workspaces::Workspaces;
