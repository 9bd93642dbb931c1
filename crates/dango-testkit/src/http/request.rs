//! A request before it is sent.

use serde_json::Value;

/// A request: method, path with query, headers, body.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Request {
    /// A request without headers and body; `path` starts with a slash.
    pub fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self {
            method,
            path,
            headers: Vec::new(),
            body: None,
        }
    }

    /// Adds a header; the same name may be added twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives it a body of some type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", content_type)
    }

    /// Gives it a JSON body.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    /// Gives it the body of an HTML form.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        self.body("application/x-www-form-urlencoded", body)
    }

    /// The header that tells our own scripts from a foreign page's form (contract §4, CSRF).
    #[must_use]
    pub fn same_origin(self) -> Self {
        self.header("X-Requested-With", "XMLHttpRequest")
    }
}

/// Percent-encodes everything but letters, digits and `-._~`.
pub(super) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_byte_by_byte() {
        let request = Request::new("POST", "/login").form(&[("email", "ä+b@x.org"), ("next", "/")]);
        assert_eq!(request.body.unwrap(), b"email=%C3%A4%2Bb%40x.org&next=%2F");
    }
}
