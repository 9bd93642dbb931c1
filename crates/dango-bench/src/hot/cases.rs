//! What is asked, layer by layer.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::applications::Tokens;
use crate::Failure;

/// One thing that is asked again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Making the request itself, which is part of every other case.
    Request,
    /// The framework alone.
    Bare,
    /// Facts, request id, host check and headers around it.
    Enveloped,
    /// And a line for the log, written nowhere.
    Logged,
    /// A session.
    Session,
    /// An API key.
    Key,
    /// A session, with a permission in a workspace.
    Workspace,
    /// A session whose requests are counted.
    Limited,
    /// A session by cookie, with an effect, proven to be no foreign page's.
    Csrf,
    /// The whole server: may the caller do this?
    Verify,
    /// The whole server: who is the caller?
    Me,
}

/// Which application answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Built {
    Framework,
    Doorway,
    Server,
}

impl Case {
    pub(crate) const ALL: [Self; 11] = [
        Self::Request,
        Self::Bare,
        Self::Enveloped,
        Self::Logged,
        Self::Session,
        Self::Key,
        Self::Workspace,
        Self::Limited,
        Self::Csrf,
        Self::Verify,
        Self::Me,
    ];

    /// The word for it on the command line and in files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Bare => "bare",
            Self::Enveloped => "enveloped",
            Self::Logged => "logged",
            Self::Session => "session",
            Self::Key => "key",
            Self::Workspace => "workspace",
            Self::Limited => "limited",
            Self::Csrf => "csrf",
            Self::Verify => "verify",
            Self::Me => "me",
        }
    }

    /// What it is, in a table.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Request => "making the request, part of all below",
            Self::Bare => "the framework and a handler",
            Self::Enveloped => "with facts, request id, host check, headers",
            Self::Logged => "with a line for the log",
            Self::Session => "enveloped, session",
            Self::Key => "enveloped, key",
            Self::Workspace => "enveloped, session, permission in a workspace",
            Self::Limited => "enveloped, session, counted by the limiter",
            Self::Csrf => "enveloped, session by cookie, POST, CSRF check",
            Self::Verify => "the server: GET /api/auth/verify",
            Self::Me => "the server: GET /api/auth/me",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Failure> {
        let known = Self::ALL.into_iter().find(|case| case.name() == name);
        known.ok_or_else(|| format!("there is no case `{name}`").into())
    }

    pub(super) const fn built(self) -> Built {
        match self {
            Self::Request | Self::Bare => Built::Framework,
            Self::Verify | Self::Me => Built::Server,
            _ => Built::Doorway,
        }
    }

    /// The request, as it would have been read from a connection.
    pub(super) fn request(self, tokens: &Tokens) -> TestRequest {
        let path = match self {
            Self::Request | Self::Bare | Self::Enveloped | Self::Logged => "/bare",
            Self::Workspace => "/placed?workspace=sales",
            Self::Verify => "/api/auth/verify?permission=dashboard.view",
            Self::Me => "/api/auth/me",
            Self::Session | Self::Key | Self::Limited | Self::Csrf => "/own",
        };
        let request = TestRequest::with_uri(path)
            .peer_addr(([127, 0, 0, 1], 40_000).into())
            .insert_header(("host", "localhost:8080"))
            .insert_header(("accept", "*/*"))
            .insert_header(("user-agent", "bench/1.0"));
        match self {
            Self::Csrf => request
                .method(Method::POST)
                .insert_header(("cookie", format!("dango_session={}", tokens.cookie)))
                .insert_header(("x-requested-with", "bench")),
            Self::Key => request.insert_header(("authorization", format!("Bearer {}", tokens.key))),
            // Whoever comes through a proxy is counted.
            Self::Limited => request
                .insert_header(("authorization", format!("Bearer {}", tokens.session)))
                .insert_header(("x-forwarded-for", "192.0.2.1")),
            _ => request.insert_header(("authorization", format!("Bearer {}", tokens.session))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_known_by_its_name() {
        for case in Case::ALL {
            assert_eq!(Case::parse(case.name()).unwrap(), case);
        }
        assert!(Case::parse("nothing").is_err());
    }
}
