//! A refusal as a problem document (RFC 9457).

use serde_json::{Map, Value, json};

use crate::error::{Error, Kind};

impl Error {
    /// The members of `application/problem+json`: `type`, `status`, `detail`, `code` and, where they apply,
    /// `errors`, `issues` and `remaining_seconds`. The text holds no secrets and no internals.
    pub fn problem(&self) -> Value {
        let detail = match self.kind() {
            Kind::Internal => "something went wrong here".to_owned(),
            _ => self.to_string(),
        };
        let mut members = Map::new();
        let kind = format!("urn:dango-auth:problem:{}", self.code());
        members.insert("type".to_owned(), json!(kind));
        members.insert("status".to_owned(), json!(self.kind().status()));
        members.insert("detail".to_owned(), json!(detail));
        members.insert("code".to_owned(), json!(self.code()));
        let (fields, issues) = (self.fields(), self.issues());
        if !fields.is_empty() {
            members.insert("errors".to_owned(), json!(fields));
        }
        if !issues.is_empty() {
            members.insert("issues".to_owned(), json!(issues));
        }
        if let Some(seconds) = self.remaining_seconds() {
            members.insert("remaining_seconds".to_owned(), json!(seconds));
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_its_status_its_code_and_what_else_applies() {
        let locked = Error::Locked {
            remaining_seconds: 9,
        };
        let expected = json!({
            "type": "urn:dango-auth:problem:account_locked", "status": 429, "code": "account_locked",
            "detail": "too many failed attempts; try again in 9 seconds", "remaining_seconds": 9,
        });
        assert_eq!(locked.problem(), expected);
        let field = Error::field("role", "unknown_role", "no such role").problem();
        assert_eq!(field["errors"][0]["field"], "role");
    }

    #[test]
    fn a_fault_of_ours_tells_nothing() {
        let problem = Error::Internal("the chain's head is gone").problem();
        assert_eq!(problem["status"], 500);
        assert!(!problem.to_string().contains("chain"));
    }
}
