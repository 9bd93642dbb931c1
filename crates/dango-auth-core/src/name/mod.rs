//! Names that were checked once and can never hold a bad value afterwards.
//!
//! Every type here is made by `parse`, keeps its text normalised, is cheap to clone and
//! (de)serialises as a plain string. Reading one from JSON or from the database runs the same
//! check as reading it from a person, so a value of the type is always a good one.
//!
//! Rule source: contract §1 (vocabulary).

mod error;
mod label;
mod login;
mod normal;
mod text;
mod workspace_key;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use error::NameError;
pub(crate) use label::is_word;
pub use label::{KeyName, RoleName, WorkspaceName};
pub use login::{EmailAddress, LoginName, Username};
pub(crate) use workspace_key::WorkspaceKey;
