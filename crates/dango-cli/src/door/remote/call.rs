//! One request, put together.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::operations::Operation;

/// A request to a server.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) operation: &'static Operation,
    id: String,
    query: String,
    body: Map<String, Value>,
    name: Option<String>,
}

impl Call {
    /// The bare operation.
    pub(super) fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            id: String::new(),
            query: String::new(),
            body: Map::new(),
            name: None,
        }
    }

    /// About this thing.
    pub(super) fn of(mut self, id: &impl ToString) -> Self {
        self.id = encoded(&id.to_string());
        self
    }

    /// With a parameter, where it has a value.
    pub(super) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        debug_assert!(self.operation.query.contains(&name), "{name}");
        if let Some(value) = value {
            let joint = if self.query.is_empty() { "" } else { "&" };
            let value = encoded(&value.to_string());
            self.query = format!("{}{joint}{name}={value}", self.query);
        }
        self
    }

    /// With a member of the body.
    pub(super) fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        let known = self.operation.body;
        debug_assert!(known.contains(&name) || known.contains(&"*"), "{name}");
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// Another page of the same list, under the query that the server gave for it.
    pub(super) fn at_page(mut self, query: String) -> Self {
        self.query = query;
        self
    }

    /// Under a name by which the server knows it again.
    pub(super) fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// The name.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether asking twice is as good as asking once.
    pub(super) fn is_repeatable(&self) -> bool {
        self.operation.method == "GET" || self.name.is_some()
    }

    /// Whether it changes nothing.
    pub(super) fn only_reads(&self) -> bool {
        self.operation.method == "GET"
    }

    /// The path with the query.
    pub(super) fn path(&self) -> String {
        let path = self.operation.path.replace("{id}", &self.id);
        if self.query.is_empty() {
            path
        } else {
            format!("{path}?{}", self.query)
        }
    }

    /// The body as it is compared.
    pub(super) fn body(&self) -> Value {
        Value::Object(self.body.clone())
    }

    /// The body as it is sent; none where the operation has none.
    pub(super) fn text(&self) -> Option<String> {
        (!self.operation.body.is_empty()).then(|| self.body().to_string())
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::operations::{CHANGE_ROLE, LIST_USERS};
    use super::*;

    #[test]
    fn what_is_put_into_an_address_cannot_change_it() {
        let call = Call::new(&CHANGE_ROLE)
            .of(&"../a b?c")
            .member("role", "editor");
        assert_eq!(call.path(), "/api/admin/users/%2E%2E%2Fa%20b%3Fc/role");
        assert_eq!(call.text().unwrap(), r#"{"role":"editor"}"#);
        let call = Call::new(&LIST_USERS)
            .query("limit", Some(5))
            .query("role", None::<String>)
            .query("q", Some("a&b=c"));
        assert_eq!(call.path(), "/api/admin/users?limit=5&q=a%26b%3Dc");
        assert_eq!(call.text(), None);
    }
}
