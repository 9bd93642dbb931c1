//! What a form or a query sends, read leniently: pages show what is missing instead of refusing it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use dango_auth::Error;
use dango_auth::core::id::Version;
use dango_auth::core::{Password, Secret};
use dango_auth_actix::form::Fields;
use dango_auth_actix::{Problem, csrf};
use sha2::{Digest, Sha256};

use crate::api::fields;
use crate::route::{OperationDraft, Part};

/// The fields of a form, in order; the guard has checked the form token.
#[derive(Clone)]
pub(crate) struct Sent(Vec<(String, String)>);

/// The parameters of a query, in order.
#[derive(Clone, Default)]
pub(crate) struct Asked(Vec<(String, String)>);

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs
        .iter()
        .find(|(other, _)| other == name)
        .map_or("", |(_, value)| value.trim())
}

impl Sent {
    /// The fields of the form that came with the request.
    pub(crate) fn with(request: &HttpRequest) -> Option<Self> {
        let fields = request.extensions().get::<Fields>().cloned()?;
        Some(Self(fields.into_pairs()))
    }

    /// A field without the spaces around it; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        value(&self.0, name)
    }

    /// A field if something is in it.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// A field, or the complaint that it is missing.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Error> {
        self.given(name)
            .ok_or_else(|| Error::field(name, "required", "must be given"))
    }

    /// The version a form was drawn from. A form without a good one is stale whatever it is about: nobody
    /// can leave the check out by leaving the field out.
    pub(crate) fn version(&self) -> Version {
        let number = self.get("version").parse();
        Version::from_stored(number.unwrap_or(i64::MIN))
    }

    /// A box that is ticked, a switch that is on.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// All values of a field that stands more than once.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(other, _)| other == name)
            .map(|(_, value)| value.trim())
    }

    /// A password exactly as it was typed.
    pub(crate) fn password(&self, name: &'static str) -> Result<Password, Error> {
        let typed = self
            .0
            .iter()
            .find(|(other, _)| other == name)
            .map_or("", |(_, value)| value);
        if typed.is_empty() {
            return Err(Error::field(name, "required", "must be given"));
        }
        fields::password(name, Secret::new(typed))
    }

    /// All pairs but the form token.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| *name != csrf::FIELD)
    }

    /// A print of everything that was sent to `path`, the form token included: the same form sent twice.
    pub(crate) fn print(&self, path: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(path.as_bytes());
        for text in self.0.iter().flat_map(|(name, value)| [name, value]) {
            digest.update(text.len().to_be_bytes());
            digest.update(text.as_bytes());
        }
        digest.finalize().into()
    }
}

impl Asked {
    /// A parameter without the spaces around it; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        value(&self.0, name)
    }

    /// A parameter if something is in it.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// All that have a value, but for one name.
    pub(crate) fn without<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(move |(other, value)| *other != name && !value.is_empty())
    }
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let missing = || Problem::unsupported_media_type("application/x-www-form-urlencoded");
        ready(Self::with(request).ok_or_else(missing))
    }
}

impl FromRequest for Asked {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let fields = Fields::parse(request.query_string().as_bytes());
        ready(fields.map(|fields| Self(fields.into_pairs())))
    }
}

impl Part for Sent {
    fn describe(_: &mut OperationDraft) {}
}

impl Part for Asked {
    fn describe(_: &mut OperationDraft) {}
}
