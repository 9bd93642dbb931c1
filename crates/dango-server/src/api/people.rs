//! The list of people, which both families show.

use chrono::{DateTime, Utc};
use dango_auth::core::id::UserId;
use dango_auth::core::user::Status;
use dango_auth::ports::{Page, UserCursor, UserFilter, UserRow};
use dango_auth::{Auth, Caller, Error};
use serde::Deserialize;
use utoipa::IntoParams;

use super::page::{from_cursor, limit, next_cursor};

/// Which people to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleQuery {
    /// Rows of a page, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Where to go on, as the page before says in its `Link` header or `nextCursor`.
    cursor: Option<String>,
    /// Part of username or email.
    q: Option<String>,
    /// Exactly this top-level role.
    role: Option<String>,
    /// Exactly this status.
    status: Option<String>,
}

impl PeopleQuery {
    /// The page asked for, oldest account first, and the cursor of the one after it.
    ///
    /// # Errors
    /// 400 with the parameter that does not fit; what the use case refuses.
    pub(crate) fn run(
        self,
        auth: &Auth,
        caller: &Caller,
    ) -> Result<(Page<UserRow>, Option<String>), Error> {
        let limit = limit(self.limit)?;
        let after: Option<(DateTime<Utc>, UserId)> = from_cursor(self.cursor.as_deref())?;
        let role = self.role.as_deref().map(|role| auth.parse_role(role));
        let status = self.status.as_deref().map(parse_status);
        let filter = UserFilter {
            search: self.q,
            role: role.transpose()?,
            status: status.transpose()?,
            second_factor: None,
            now: auth.now(),
        };
        let cursor = UserCursor::CreatedAt(after);
        let page = auth.users().list(caller, &filter, &cursor, limit)?;
        let next = next_cursor(&page, |row| (row.user.created_at, row.user.id));
        Ok((page, next))
    }
}

fn parse_status(text: &str) -> Result<Status, Error> {
    Status::parse(text).ok_or_else(|| {
        let words: Vec<&str> = Status::ALL.iter().map(|status| status.as_str()).collect();
        let text = format!("must be one of {}", words.join(", "));
        Error::field("status", "unknown_status", text)
    })
}
