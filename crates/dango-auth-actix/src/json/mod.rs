//! JSON bodies, read strictly: one reading for each text, and every fault named with its field.
//!
//! Known members only, each once, of exactly the declared type; objects are objects and never
//! positional arrays; at most [`MAX_DEPTH`] levels deep (`ASVS 1.5.2`, `15.3.5`).

mod fault;
mod path;
mod reader;
mod tree;

use serde::de::DeserializeOwned;

pub use fault::{Fault, FaultKind};
pub use reader::Scalars;

use crate::problem::{FieldProblem, Problem};

/// How deep a body may nest.
pub const MAX_DEPTH: usize = 16;

/// Reads a JSON object into `T`.
///
/// # Errors
/// A 400 [`Problem`]: `unknown_member` for a member `T` does not have, else `invalid_request`.
pub fn read_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let tree = tree::parse(bytes).map_err(Problem::from)?;
    if !tree.is_object() {
        return Err(Problem::invalid("the body must be a JSON object"));
    }
    reader::read(tree, Scalars::Typed).map_err(Problem::from)
}

/// Reads name and value pairs, as of a query or a form, into `T`; each name once.
///
/// # Errors
/// A 400 [`Problem`] that names the field.
pub fn read_pairs<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Problem> {
    let mut members = serde_json::Map::new();
    for (name, value) in pairs {
        if members.insert(name.clone(), value.into()).is_some() {
            return Err(Fault::duplicate(&name).into());
        }
    }
    reader::read(members.into(), Scalars::Text).map_err(Problem::from)
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let (field, message) = (fault.field(), fault.message().to_owned());
        if field.is_empty() {
            return Self::invalid(message);
        }
        let detail = format!("{field}: {message}");
        let code = match fault.kind() {
            FaultKind::Unknown => "unknown_member",
            _ => "invalid_request",
        };
        Self::new(actix_web::http::StatusCode::BAD_REQUEST, code, detail)
            .with_field(FieldProblem::new(field, fault.kind().as_str(), message))
    }
}

#[cfg(test)]
mod tests;
