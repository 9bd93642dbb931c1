//! The three clients.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use super::{Request, Response};

/// Somebody who talks to a server.
pub trait Client {
    /// Sends a request and gives the answer, whatever its status.
    ///
    /// # Panics
    /// When there is no answer.
    fn send(&self, request: Request) -> Response;

    /// Gets a path.
    fn get(&self, path: &str) -> Response {
        self.send(Request::new("GET", path))
    }

    /// Posts JSON as a script of the same origin.
    fn post(&self, path: &str, body: &Value) -> Response {
        self.send(Request::new("POST", path).json(body).same_origin())
    }

    /// Puts JSON as a script of the same origin.
    fn put(&self, path: &str, body: &Value) -> Response {
        self.send(Request::new("PUT", path).json(body).same_origin())
    }

    /// Patches with JSON as a script of the same origin.
    fn patch(&self, path: &str, body: &Value) -> Response {
        self.send(Request::new("PATCH", path).json(body).same_origin())
    }

    /// Deletes as a script of the same origin.
    fn delete(&self, path: &str) -> Response {
        self.send(Request::new("DELETE", path).same_origin())
    }
}

/// Somebody without credentials.
#[derive(Clone, Debug)]
pub struct Anonymous {
    agent: Agent,
    base: String,
}

impl Anonymous {
    /// A client for the server at a URL such as `http://127.0.0.1:8800`.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .proxy(None)
            .build();
        let base = base.trim_end_matches('/').to_owned();
        Self {
            agent: config.new_agent(),
            base,
        }
    }
}

impl Client for Anonymous {
    fn send(&self, request: Request) -> Response {
        let url = format!("{}{}", self.base, request.path);
        let mut builder = ureq::http::Request::builder()
            .method(request.method.as_str())
            .uri(&url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let answer = match request.body {
            Some(body) => self.agent.run(builder.body(body).expect("a valid request")),
            None => self.agent.run(builder.body(()).expect("a valid request")),
        };
        received(answer.unwrap_or_else(|error| panic!("no answer from {url}: {error}")))
    }
}

/// Somebody with a browser's cookies, but nothing else of a browser.
///
/// Attributes are the tests' to look at; the jar keeps every cookie, `Secure` ones too, until the server
/// takes it back.
#[derive(Debug)]
pub struct WithCookies {
    client: Anonymous,
    jar: Mutex<BTreeMap<String, String>>,
}

impl WithCookies {
    /// A client with an empty jar.
    pub fn new(base: &str) -> Self {
        Self {
            client: Anonymous::new(base),
            jar: Mutex::default(),
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name).cloned()
    }

    /// Puts a cookie into the jar.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar().insert(name.to_owned(), value.to_owned());
    }

    fn jar(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, header: &str) {
        let (pair, attributes) = header.split_once(';').unwrap_or((header, ""));
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        let attributes = attributes.to_ascii_lowercase();
        let ended = |part: &str| part.trim() == "max-age=0";
        let mut jar = self.jar();
        if value.is_empty() || attributes.split(';').any(ended) {
            jar.remove(name.trim());
        } else {
            jar.insert(name.trim().to_owned(), value.to_owned());
        }
    }

    fn cookies(&self) -> Option<String> {
        let jar = self.jar();
        let pairs: Vec<_> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Client for WithCookies {
    fn send(&self, request: Request) -> Response {
        let request = match self.cookies() {
            Some(cookies) => request.header("Cookie", &cookies),
            None => request,
        };
        let response = self.client.send(request);
        for header in response.headers("set-cookie") {
            self.keep(header);
        }
        response
    }
}

/// Somebody with a token: an API key or a session of the v1 family.
#[derive(Clone, Debug)]
pub struct WithBearer {
    client: Anonymous,
    token: String,
}

impl WithBearer {
    /// A client that sends the token with every request.
    pub fn new(base: &str, token: &str) -> Self {
        Self {
            client: Anonymous::new(base),
            token: token.to_owned(),
        }
    }
}

impl Client for WithBearer {
    fn send(&self, request: Request) -> Response {
        self.client
            .send(request.header("Authorization", &format!("Bearer {}", self.token)))
    }
}

fn received(mut answer: ureq::http::Response<ureq::Body>) -> Response {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = answer.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
        .collect();
    let status = answer.status().as_u16();
    let body = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_vec();
    Response {
        status,
        headers,
        body: body.unwrap_or_else(|error| panic!("half an answer: {error}")),
    }
}
