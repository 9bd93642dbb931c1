//! What a request presents to be recognised by.
//!
//! A Bearer header that is present decides alone and never falls back to the cookie; the scheme word is
//! case-insensitive (contract §4, RFC 9110 §11.1). Tokens in queries and bodies are not looked at
//! (RFC 6750 §2).

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use dango_auth::Caller;
use dango_auth::core::Secret;
use dango_auth::core::audit::Origin;
use dango_auth::core::session::Transport;
use dango_auth::core::token::SessionToken;
use dango_auth::sessions::Presented;

use crate::cookie;
use crate::csrf::Authority;
use crate::doorway::Doorway;
use crate::facts::Facts;
use crate::problem::Problem;

/// A credential as it came.
#[derive(Clone, Copy)]
pub(crate) enum Credential<'r> {
    Nothing,
    Session {
        token: &'r str,
        transport: Transport,
    },
    ApiKey(&'r str),
}

/// A credential for another thread.
pub(crate) struct Kept {
    token: Secret,
    transport: Option<Transport>,
    presented: bool,
}

impl Kept {
    pub(crate) fn credential(&self) -> Credential<'_> {
        let token = self.token.expose();
        match self.transport {
            Some(transport) => Credential::Session { token, transport },
            None if self.presented => Credential::ApiKey(token),
            None => Credential::Nothing,
        }
    }
}

impl<'r> Credential<'r> {
    /// Reads the `Authorization` header or, where it has no Bearer, the session cookie.
    pub(crate) fn of(request: &'r HttpRequest) -> Self {
        if let Some(token) = bearer(request.headers()) {
            return if SessionToken::is_well_formed(token) {
                Self::Session {
                    token,
                    transport: Transport::Bearer,
                }
            } else {
                Self::ApiKey(token)
            };
        }
        let name = cookie::SESSION.over(Facts::of(request).https);
        match cookie::read(request.headers(), name) {
            Ok(token) => Self::Session {
                token,
                transport: Transport::Cookie,
            },
            Err(_) => Self::Nothing,
        }
    }

    pub(crate) fn kept(&self) -> Kept {
        let (token, transport) = match *self {
            Self::Nothing => ("", None),
            Self::Session { token, transport } => (token, Some(transport)),
            Self::ApiKey(key) => (key, None),
        };
        Kept {
            token: Secret::from(token),
            transport,
            presented: self.is_presented(),
        }
    }

    pub(crate) fn is_presented(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// How it authorises, for the CSRF check.
    pub(crate) fn authority(&self) -> Authority {
        match self {
            Self::Nothing => Authority::Ambient,
            Self::Session {
                transport: Transport::Cookie,
                ..
            } => Authority::Cookie,
            Self::Session { .. } | Self::ApiKey(_) => Authority::Bearer,
        }
    }

    pub(crate) fn presented(&self) -> Presented<'r> {
        match *self {
            Self::Nothing => Presented::Nothing,
            Self::Session { token, transport } => Presented::Session { token, transport },
            Self::ApiKey(key) => Presented::ApiKey(key),
        }
    }

    /// Finds out who it belongs to.
    ///
    /// This is the one place where a request's credential is looked at; `epoch` was read after it came.
    ///
    /// # Errors
    /// 401, or 503 when the store does not answer.
    pub(crate) async fn recognise(
        &self,
        doorway: &Doorway,
        epoch: i64,
        origin: Arc<Origin>,
    ) -> Result<Caller, Problem> {
        let found = doorway.recognise(epoch, self, origin).await;
        found.map_err(|error| match doorway.problem(&error) {
            problem if problem.code() == "unauthenticated" => {
                Problem::unauthenticated(self.is_presented())
            }
            problem => problem,
        })
    }
}

/// The token of the Bearer header, if there is one, read by [`dango_auth::front::bearer_token`].
pub fn bearer_token(request: &HttpRequest) -> Option<String> {
    bearer(request.headers()).map(str::to_owned)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::AUTHORIZATION);
    dango_auth::front::bearer_token(lines.map(HeaderValue::as_bytes))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn read(headers: &[(&str, &str)]) -> String {
        let request = headers
            .iter()
            .fold(TestRequest::get(), |request, (name, value)| {
                request.append_header((*name, *value))
            });
        let request = request.to_http_request();
        let credential = Credential::of(&request);
        // What another thread gets is the same.
        let kept = credential.kept();
        assert_eq!(text(kept.credential()), text(credential));
        text(credential)
    }

    fn text(credential: Credential<'_>) -> String {
        match credential {
            Credential::Nothing => "nothing".to_owned(),
            Credential::Session { token, transport } => format!("{} {token}", transport.as_str()),
            Credential::ApiKey(key) => format!("key {key}"),
        }
    }

    #[test]
    fn a_bearer_header_decides_alone() {
        let cookie = format!("dango_session={TOKEN}");
        let cookie = ("cookie", cookie.as_str());
        assert_eq!(read(&[cookie]), format!("cookie {TOKEN}"));
        assert_eq!(
            read(&[cookie, ("authorization", "Bearer dango_ak_x")]),
            "key dango_ak_x"
        );
        assert_eq!(
            read(&[cookie, ("authorization", "bEaReR   dango_ak_x ")]),
            "key dango_ak_x"
        );
        assert_eq!(
            read(&[cookie, ("authorization", &format!("Bearer {TOKEN}"))]),
            format!("bearer {TOKEN}")
        );
        for empty in ["Bearer", "Bearer ", "bearer    "] {
            assert_eq!(
                read(&[cookie, ("authorization", empty)]),
                "key ",
                "{empty:?}"
            );
        }
        let twice = [
            cookie,
            ("authorization", "Bearer a"),
            ("authorization", "Bearer b"),
        ];
        assert_eq!(read(&twice), "key ");
    }

    #[test]
    fn other_schemes_and_other_places_are_nothing() {
        assert_eq!(read(&[("authorization", "Basic YTpi")]), "nothing");
        assert_eq!(read(&[("authorization", TOKEN)]), "nothing");
        assert_eq!(read(&[("x-api-key", "dango_ak_x")]), "nothing");
        assert_eq!(read(&[]), "nothing");
    }
}
