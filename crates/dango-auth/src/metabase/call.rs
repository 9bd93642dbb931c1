//! One call to Metabase: signed in, with limits on time and size, and its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dango_auth_core::Secret;
use dango_auth_core::metabase::reason;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Method, Request};

use super::trouble::Trouble;
use crate::outgoing;
use crate::settings::{MetabaseSignIn, MetabaseTarget};

/// How long one call may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is read, in bytes: the graph of many groups and databases is large.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Set when the program is about to end; no further call begins then.
pub(super) type Stop = Arc<AtomicBool>;

/// The way to one Metabase server.
pub(super) struct Line {
    agent: Agent,
    url: String,
    sign_in: MetabaseSignIn,
    /// The session of a sign-in by password; kept in memory only.
    session: Option<Secret>,
    stop: Stop,
}

/// What Metabase answered: a status below 500 that is no refusal of our sign-in.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
    call: String,
}

impl Reply {
    /// The body of a call that was done.
    pub(super) fn done(self) -> Result<Value, Trouble> {
        if (200..300).contains(&self.status) {
            Ok(self.body)
        } else {
            Err(self.refusal())
        }
    }

    /// The answer as a refusal of what was asked.
    pub(super) fn refusal(&self) -> Trouble {
        let said = reason(&self.body).map(|said| format!(": {said}"));
        Trouble::Refused(format!(
            "{} answered {}{}",
            self.call,
            self.status,
            said.unwrap_or_default()
        ))
    }
}

impl Line {
    pub(super) fn new(target: &MetabaseTarget, patience: Duration, stop: Stop) -> Self {
        Self {
            agent: outgoing::agent(patience),
            url: target.url.clone(),
            sign_in: target.sign_in.clone(),
            session: None,
            stop,
        }
    }

    /// Makes a call; where Metabase no longer knows our session, once more with a new one.
    pub(super) fn call(
        &mut self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply, Trouble> {
        let signed_in_now = self.sign_in()?;
        let reply = self.once(method, path, body)?;
        let may_renew = matches!(self.sign_in, MetabaseSignIn::Administrator { .. });
        if reply.status != 401 || !may_renew || signed_in_now {
            return usable(reply);
        }
        self.session = None;
        self.sign_in()?;
        usable(self.once(method, path, body)?)
    }

    /// Signs in by password where that is needed; tells whether it was.
    fn sign_in(&mut self) -> Result<bool, Trouble> {
        let MetabaseSignIn::Administrator { email, password } = &self.sign_in else {
            return Ok(false);
        };
        if self.session.is_some() {
            return Ok(false);
        }
        let body = json!({"username": email.as_str(), "password": password.expose()});
        let reply = self.once(&Method::POST, "/api/session", Some(&body))?;
        let id = reply.body.get("id").and_then(Value::as_str);
        match (reply.status, id) {
            (200, Some(id)) => {
                self.session = Some(Secret::new(id));
                Ok(true)
            }
            (status, _) => Err(Trouble::Outage(format!(
                "Metabase does not let metabase.email sign in (status {status})"
            ))),
        }
    }

    fn once(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Reply, Trouble> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Trouble::Stopped);
        }
        let call = format!("{method} {}", path.split('?').next().unwrap_or(path));
        let failed = |error: &dyn std::fmt::Display| Trouble::Outage(format!("{call}: {error}"));
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("Accept", "application/json");
        request = match (&self.sign_in, &self.session) {
            (MetabaseSignIn::ApiKey(key), _) => request.header("X-API-KEY", key.expose()),
            (_, Some(session)) => request.header("X-Metabase-Session", session.expose()),
            (_, None) => request,
        };
        let answer = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                let request = request.body(body.to_string()).map_err(|e| failed(&e))?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).map_err(|e| failed(&e))?),
        };
        let mut answer = answer.map_err(|error| failed(&error))?;
        let status = answer.status().as_u16();
        let reader = answer.body_mut().with_config().limit(LARGEST);
        let bytes = reader.read_to_vec().map_err(|error| failed(&error))?;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).trim().to_owned()));
        Ok(Reply { status, body, call })
    }
}

/// Sorts out what concerns everybody, and what may pass by itself.
fn usable(reply: Reply) -> Result<Reply, Trouble> {
    let Reply { status, call, .. } = &reply;
    match status {
        401 => Err(Trouble::Outage(
            "Metabase does not accept our sign-in (status 401)".to_owned(),
        )),
        403 => Err(Trouble::Outage(format!(
            "{call}: what Dango signs in with is no administrator of Metabase (status 403)"
        ))),
        300..=399 | 429 | 502..=504 => Err(Trouble::Outage(format!("{call} answered {status}"))),
        500.. => Err(Trouble::Failing(format!("{call} answered {status}"))),
        _ => Ok(reply),
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
