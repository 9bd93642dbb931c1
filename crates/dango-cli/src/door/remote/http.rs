//! Requests over the wire, and what can happen to them there.

use std::io;
use std::time::Duration;

use dango_auth::core::Secret;
use ureq::{Agent, Timeout};

use super::call::Call;
use super::trust;
use crate::door::Answer;
use crate::remotes::Target;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an answer may take; checking a long audit log takes a while.
const ANSWER: Duration = Duration::from_secs(120);

/// The longest answer, in bytes.
const ANSWER_MAX: u64 = 64 << 20;

/// The label for the audit log (`via: remote`); it gives no right.
const CLIENT: (&str, &str) = ("X-Dango-Client", "dango-cli");

/// Speaks to one server.
pub(super) struct Http {
    agent: Agent,
    base: String,
    key: Secret,
}

/// An answer, whatever its status.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// Where a redirect leads.
    pub(super) location: Option<String>,
    link: Option<String>,
    pub(super) retry_after: Option<u64>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// No connection came about.
    Unreachable(String),
    /// The server's certificate does not show that it is the one that is meant.
    Certificate(String),
    /// What is there does not speak TLS as we do.
    Tls(String),
    /// The connection broke, or no answer came in time.
    Broken(String),
}

impl Lost {
    /// Whether another try may go better.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Broken(_))
    }
}

impl Http {
    /// Gets ready to speak to a target.
    ///
    /// # Errors
    /// When the certificates to trust cannot be read.
    pub(super) fn new(target: &Target) -> Answer<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // SECURITY: a key is sent where the person said and nowhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(target.url.is_https())
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(ANSWER))
            .user_agent(concat!("dango-cli/", env!("CARGO_PKG_VERSION")))
            .tls_config(trust::configuration(target.ca_file.as_deref())?)
            .build();
        Ok(Self {
            agent: config.new_agent(),
            base: target.url.to_string(),
            key: target.key.clone(),
        })
    }

    /// Sends a request once.
    pub(super) fn send(&self, call: &Call) -> Result<Reply, Lost> {
        let mut builder = ureq::http::Request::builder()
            .method(call.operation.method)
            .uri(format!("{}{}", self.base, call.path()))
            .header("Authorization", format!("Bearer {}", self.key.expose()))
            .header("Accept", "application/json")
            .header(CLIENT.0, CLIENT.1);
        if let Some(name) = call.name() {
            builder = builder.header("Idempotency-Key", name);
        }
        let malformed = |error: ureq::http::Error| Lost::Unreachable(error.to_string());
        let answer = match call.text() {
            Some(text) => {
                let builder = builder.header("Content-Type", "application/json");
                self.agent.run(builder.body(text).map_err(malformed)?)
            }
            None => self.agent.run(builder.body(()).map_err(malformed)?),
        };
        received(answer.map_err(lost)?)
    }
}

impl Reply {
    /// The query of the next page (RFC 8288).
    pub(super) fn next_page(&self) -> Option<String> {
        let link = self.link.as_deref()?;
        let (target, relation) = link.split_once('>')?;
        let next = relation.contains("rel=\"next\"");
        let (_, query) = target.split_once('?').filter(|_| next)?;
        Some(query.to_owned())
    }
}

fn received(mut answer: ureq::http::Response<ureq::Body>) -> Result<Reply, Lost> {
    let header = |name: &str| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let (location, link) = (header("location"), header("link"));
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER_MAX);
    Ok(Reply {
        status,
        body: body.read_to_vec().map_err(lost)?,
        location,
        link,
        retry_after,
    })
}

fn lost(error: ureq::Error) -> Lost {
    use ureq::Error;
    match error {
        Error::Io(error) => broken(&error),
        Error::Rustls(error) => tls(&error),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Lost::Unreachable("no connection came about in time".to_owned())
        }
        Error::Timeout(_) => Lost::Broken("no answer came in time".to_owned()),
        Error::HostNotFound => Lost::Unreachable("there is no such host".to_owned()),
        Error::ConnectionFailed | Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => {
            Lost::Unreachable(error.to_string())
        }
        Error::Tls(text) => Lost::Certificate(text.to_owned()),
        other => Lost::Broken(other.to_string()),
    }
}

fn broken(error: &io::Error) -> Lost {
    let inner = error
        .get_ref()
        .and_then(|it| it.downcast_ref::<rustls::Error>());
    if let Some(error) = inner {
        return tls(error);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            Lost::Unreachable("nobody listens at that address and port".to_owned())
        }
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => Lost::Unreachable(error.to_string()),
        _ => Lost::Broken(error.to_string()),
    }
}

fn tls(error: &rustls::Error) -> Lost {
    match error {
        rustls::Error::InvalidCertificate(reason) => Lost::Certificate(reason.to_string()),
        other => Lost::Tls(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(link: Option<&str>) -> Reply {
        Reply {
            status: 200,
            body: Vec::new(),
            location: None,
            link: link.map(str::to_owned),
            retry_after: None,
        }
    }

    #[test]
    fn the_next_page_is_the_query_of_its_link() {
        let link = "</api/admin/users?limit=2&cursor=abc>; rel=\"next\"";
        assert_eq!(reply(Some(link)).next_page().unwrap(), "limit=2&cursor=abc");
        assert_eq!(reply(Some("</a?b>; rel=\"prev\"")).next_page(), None);
        assert_eq!(reply(None).next_page(), None);
    }
}
