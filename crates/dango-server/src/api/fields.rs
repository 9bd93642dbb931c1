//! Names and secrets of requests, with the field named where they do not fit.

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use dango_auth::Error;
use dango_auth::core::{EmailAddress, KeyName, Password, Secret, Username, WorkspaceName};
use dango_auth::view::instant;

/// A login name.
pub(crate) fn username(field: &str, text: &str) -> Result<Username, Error> {
    Username::parse(text).map_err(|error| Error::name(field, &error))
}

/// An email address.
pub(crate) fn email(field: &str, text: &str) -> Result<EmailAddress, Error> {
    EmailAddress::parse(text).map_err(|error| Error::name(field, &error))
}

/// The name of an API key.
pub(crate) fn key_name(text: &str) -> Result<KeyName, Error> {
    KeyName::parse(text).map_err(|error| Error::name("name", &error))
}

/// The name of a workspace.
pub(crate) fn workspace_name(text: &str) -> Result<WorkspaceName, Error> {
    WorkspaceName::parse(text).map_err(|error| Error::name("name", &error))
}

/// A password as it was typed.
pub(crate) fn password(field: &str, typed: Secret) -> Result<Password, Error> {
    Password::new(typed).map_err(|error| Error::field(field, "too_long", error.to_string()))
}

/// A text that is neither longer than anything of its kind nor empty: codes and tokens.
pub(crate) fn short(field: &str, text: &str, longest: usize) -> Result<(), Error> {
    if text.len() <= longest {
        return Ok(());
    }
    Err(Error::field(
        field,
        "too_long",
        format!("must have at most {longest} characters"),
    ))
}

/// An instant as clients write it: RFC 3339, or without zone, which means UTC.
pub(crate) fn instant(field: &str, text: &str) -> Result<DateTime<Utc>, Error> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    let bare = || {
        text.parse::<NaiveDateTime>()
            .map(|instant| instant.and_utc())
    };
    let instant = zoned.or_else(|_| bare());
    instant
        .map(|instant| instant.trunc_subsecs(6))
        .map_err(|_| not_a_date(field))
}

/// The start of a period: a date or an instant.
pub(crate) fn start(field: &str, text: &str) -> Result<DateTime<Utc>, Error> {
    instant::parse_start(text).ok_or_else(|| not_a_date(field))
}

/// The end of a period: a date, whose whole day belongs to it, or an instant.
pub(crate) fn end(field: &str, text: &str) -> Result<DateTime<Utc>, Error> {
    instant::parse_end(text).ok_or_else(|| not_a_date(field))
}

fn not_a_date(field: &str) -> Error {
    Error::field(
        field,
        "not_a_date",
        "must be a date and time like 2026-12-31T00:00:00Z",
    )
}
