//! An answer as it came.

use serde_json::Value;

/// An answer: status, headers in order, body.
#[derive(Clone, Debug)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers as they came; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    /// Every header of that name, in any case.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let same = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(same)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.text()))
    }

    /// The stable code of a refusal.
    ///
    /// # Panics
    /// When the body is not a problem with a code.
    pub fn code(&self) -> String {
        let code = self
            .json()
            .get("code")
            .and_then(Value::as_str)
            .map(str::to_owned);
        code.unwrap_or_else(|| panic!("no code in {}: {}", self.status, self.text()))
    }

    /// Gives the answer back if it has that status.
    ///
    /// # Panics
    /// When it has another; the message has the body.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}
