//! `/settings/users`: everybody's accounts.

use askama::Template;
use chrono::{DateTime, Utc};
use dango_auth::core::id::UserId;
use dango_auth::core::name::Username;
use dango_auth::core::permission::builtin::types::UsersView;
use dango_auth::core::user::Status;
use dango_auth::core::workspace::WorkspaceAccess;
use dango_auth::ports::{Page, UserCursor, UserFilter, UserRow};
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::{AllowedBySession, Everybody};

use super::address::with;
use super::field::Choice;
use super::filters::count_of;
use super::frame::{Dot, Frame, Notice, Tone};
use super::home::role_word;
use super::metabase;
use super::moment::Moment;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Asked;
use super::text::Text;
use super::user_act::UserAct;
use crate::api::page::{from_cursor, next_cursor};
use crate::route::{Group, Route};

/// People of a page.
const LIMIT: u32 = 40;

/// The value of `sort` for the order in which people were added.
const BY_AGE: &str = "added";

/// The list of people.
#[derive(Debug, Template)]
#[template(path = "users.html")]
pub(crate) struct Users {
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    /// How the mirror in Metabase stands, if there is anything to tell.
    pub(crate) metabase: Option<Notice>,
    pub(crate) filter: UserFilterForm,
    /// How many are shown, in words.
    pub(crate) count: String,
    pub(crate) rows: Vec<UserLine>,
    pub(crate) pager: Pager,
}

/// The filter as it stands in the URL.
#[derive(Debug)]
pub(crate) struct UserFilterForm {
    pub(crate) q: String,
    pub(crate) role: String,
    pub(crate) status: String,
    pub(crate) factor: String,
    pub(crate) sort: String,
    pub(crate) roles: Vec<Choice>,
    pub(crate) statuses: Vec<Choice>,
    pub(crate) factors: Vec<Choice>,
    pub(crate) sorts: Vec<Choice>,
}

impl UserFilterForm {
    /// Nothing is filtered.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.q, &self.role, &self.status, &self.factor]
            .iter()
            .all(|part| part.is_empty())
    }
}

/// A person in the list.
#[derive(Debug)]
pub(crate) struct UserLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Only where it is not the name.
    pub(crate) email: Option<String>,
    pub(crate) is_me: bool,
    pub(crate) role: String,
    pub(crate) access: String,
    pub(crate) status: Dot,
    pub(crate) last_sign_in: Option<Moment>,
    /// What can be done with them now.
    pub(crate) actions: Vec<UserAct>,
}

/// Links to other pages of a list.
#[derive(Debug, Default)]
pub(crate) struct Pager {
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings/users", "usersPage", show).group(Group::Pages),
        Route::get("/users", "usersAlias", alias).group(Group::Pages),
    ]
}

async fn alias(_: Everybody, reader: Reader) -> Answer {
    Ok(reader.go("/settings/users"))
}

async fn show(caller: AllowedBySession<UsersView>, reader: Reader, asked: Asked) -> Answer {
    let (wish, me) = (asked.clone(), caller.user_id());
    let look = move |auth: &Auth, caller: &Caller| {
        Ok((
            find(auth, caller, &wish)?,
            auth.metabase().standing(caller)?,
        ))
    };
    let (found, mirror) = reader.need(look).await?;
    let rows: Vec<UserLine> = found
        .rows
        .iter()
        .map(|row| line(&reader, row, me))
        .collect();
    reader.page(&Users {
        frame: reader.frame(Some(Place::Users))?,
        may_manage: reader.may("users.manage"),
        metabase: mirror.and_then(|report| metabase::note(&report, reader.text)),
        filter: filter_form(&reader, &asked),
        count: count_of(reader.text.users.shown, rows.len()),
        rows,
        pager: pager(&asked, &found),
    })
}

fn find(auth: &Auth, caller: &Caller, asked: &Asked) -> Result<Page<UserRow>, Error> {
    let filter = UserFilter {
        search: asked.given("q").map(str::to_owned),
        role: asked
            .given("role")
            .map(|role| auth.parse_role(role))
            .transpose()?,
        status: asked.given("status").and_then(Status::parse),
        second_factor: match asked.get("factor") {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        },
        now: auth.now(),
    };
    auth.users().list(caller, &filter, &cursor(asked)?, LIMIT)
}

fn cursor(asked: &Asked) -> Result<UserCursor, Error> {
    if asked.get("sort") == BY_AGE {
        let after: Option<(DateTime<Utc>, UserId)> = from_cursor(asked.given("cursor"))?;
        return Ok(UserCursor::CreatedAt(after));
    }
    let after: Option<(String, UserId)> = from_cursor(asked.given("cursor"))?;
    let after = after
        .map(|(name, id)| Username::parse(&name).map(|name| (name, id)))
        .transpose();
    Ok(UserCursor::Username(
        after.map_err(|error| Error::name("cursor", &error))?,
    ))
}

fn pager(asked: &Asked, found: &Page<UserRow>) -> Pager {
    let next = match asked.get("sort") {
        BY_AGE => next_cursor(found, |row| (row.user.created_at, row.user.id)),
        _ => next_cursor(found, |row| (row.user.username.to_string(), row.user.id)),
    };
    Pager::new("/settings/users", asked, next.as_deref())
}

impl Pager {
    /// The first page if this is another one, and the next if there is one.
    pub(crate) fn new(path: &str, asked: &Asked, next: Option<&str>) -> Self {
        let others = || asked.without("cursor");
        Self {
            first: asked.given("cursor").map(|_| with(path, others())),
            next: next.map(|next| with(path, others().chain([("cursor", next)]))),
        }
    }
}

fn filter_form(reader: &Reader, asked: &Asked) -> UserFilterForm {
    let words = &reader.text.users;
    let policy = reader.doorway.auth().policy();
    let roles = policy.roles().iter();
    let statuses = [
        Status::Active,
        Status::Invited,
        Status::InviteExpired,
        Status::Locked,
        Status::Inactive,
    ];
    let any = || std::iter::once(Choice::new("", words.any));
    UserFilterForm {
        q: asked.get("q").to_owned(),
        role: asked.get("role").to_owned(),
        status: asked.get("status").to_owned(),
        factor: asked.get("factor").to_owned(),
        sort: asked.get("sort").to_owned(),
        roles: any()
            .chain(roles.map(|role| Choice::same(role.name().as_str())))
            .collect(),
        statuses: any()
            .chain(
                statuses
                    .map(|status| Choice::new(status.as_str(), status_word(status, reader.text))),
            )
            .collect(),
        factors: any()
            .chain([
                Choice::new("on", reader.text.factor.on),
                Choice::new("off", reader.text.factor.off),
            ])
            .collect(),
        sorts: vec![
            Choice::new("", words.sort_name),
            Choice::new(BY_AGE, words.sort_added),
        ],
    }
}

fn line(reader: &Reader, row: &UserRow, me: Option<UserId>) -> UserLine {
    let user = &row.user;
    let status = user.status(row.lock.locked_until, reader.now());
    let is_me = me == Some(user.id);
    let offered = |act: &UserAct| act.refusal(is_me, false, reader.text).is_none();
    UserLine {
        id: user.id.to_string(),
        name: user.username.to_string(),
        email: other_email(row),
        is_me,
        role: role_word(reader, user.role.as_str()),
        access: access_summary(&user.access, reader.text),
        status: status_dot(status, reader.text),
        last_sign_in: user.last_login.map(|at| reader.moment(at)),
        actions: UserAct::fitting(row, status)
            .into_iter()
            .filter(offered)
            .collect(),
    }
}

/// The email where it is not the login name.
pub(super) fn other_email(row: &UserRow) -> Option<String> {
    let email = row.user.email.as_ref()?;
    (email.as_str() != row.user.username.as_str()).then(|| email.to_string())
}

/// Where somebody may act, in two words.
pub(super) fn access_summary(access: &WorkspaceAccess, text: &Text) -> String {
    match access.grants().len() {
        _ if access.is_everywhere() => text.users.everywhere.to_owned(),
        0 => text.users.nowhere.to_owned(),
        count => count_of(text.users.in_workspaces, count),
    }
}

/// Where somebody may act, workspace by workspace.
pub(super) fn access_detail(access: &WorkspaceAccess, text: &Text) -> String {
    if access.grants().is_empty() {
        return access_summary(access, text);
    }
    let grants = access
        .grants()
        .iter()
        .map(|grant| format!("{} ({})", grant.workspace, grant.role));
    grants.collect::<Vec<String>>().join(", ")
}

/// A status as a word with a dot.
pub(super) fn status_dot(status: Status, text: &Text) -> Dot {
    let tone = match status {
        Status::Active => Tone::Good,
        Status::Invited | Status::InviteExpired => Tone::Wait,
        Status::Locked => Tone::Bad,
        Status::Inactive => Tone::Plain,
    };
    Dot::new(tone, status_word(status, text))
}

const fn status_word(status: Status, text: &Text) -> &'static str {
    match status {
        Status::Active => text.status.active,
        Status::Inactive => text.status.inactive,
        Status::Locked => text.status.locked,
        Status::Invited => text.status.invited,
        Status::InviteExpired => text.status.invite_expired,
    }
}
