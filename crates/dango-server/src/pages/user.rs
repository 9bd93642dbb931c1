//! `/settings/users/{id}` and `/settings/users/new`: one person's account.

use askama::Template;
use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::{UsersManage, UsersView};
use dango_auth::core::role;
use dango_auth::core::user::Status;
use dango_auth::ports::{UserCursor, UserFilter, UserRow};
use dango_auth::users::Revision;
use dango_auth::{Auth, Caller, Error, Outcome};
use dango_auth_actix::extract::Id;
use dango_auth_actix::{AllowedBySession, Problem};

use super::access::{AccessEditor, Typed, known_workspaces};
use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::field::Field;
use super::filters::{self, put};
use super::frame::{Dot, Frame};
use super::home::role_word;
use super::moment::{Moment, waiting};
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::{Asked, Sent};
use super::user_act::{ActForm, UserAct};
use super::users::{access_detail, other_email, status_dot};
use crate::route::{Group, Route};

/// Administrators that are looked at to see whether somebody is the last.
const ADMINS_MAX: u32 = 200;

/// The page of one person.
#[derive(Debug, Template)]
#[template(path = "user.html")]
pub(crate) struct UserPage {
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) alert: Option<String>,
    /// What somebody else changed since the form was drawn.
    pub(crate) changed: Vec<String>,
    pub(crate) id: String,
    /// The version the forms were drawn from.
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) is_me: bool,
    pub(crate) email: Option<String>,
    pub(crate) status: Dot,
    pub(crate) status_note: Option<String>,
    pub(crate) role: String,
    pub(crate) access_summary: String,
    pub(crate) second_factor: Dot,
    pub(crate) last_sign_in: Option<Moment>,
    pub(crate) created: Moment,
    /// What to know before changing the rights.
    pub(crate) access_reason: Option<String>,
    pub(crate) access: AccessEditor,
    pub(crate) sign_in_acts: Vec<ActForm>,
    pub(crate) ending_acts: Vec<ActForm>,
}

/// What is open on the page, and what is wrong with it.
#[derive(Default)]
pub(super) struct Shown {
    /// The act whose form is open.
    pub(super) open: Option<UserAct>,
    /// What is wrong.
    pub(super) complaint: Complaint,
    /// Role and workspaces as they were typed.
    pub(super) typed: Option<Typed>,
    /// What somebody else changed meanwhile.
    pub(super) changed: Vec<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let events = &[
        "role_changed",
        "workspace_access_changed",
        "workspace_created",
    ];
    vec![
        Route::get("/settings/users/{id}", "userPage", show).group(Group::Pages),
        Route::post("/settings/users/{id}/access", "userAccessForm", save_access)
            .group(Group::Pages)
            .writes(events),
    ]
}

async fn show(
    _: AllowedBySession<UsersView>,
    reader: Reader,
    Id(id): Id<UserId>,
    asked: Asked,
) -> Answer {
    let shown = Shown {
        open: UserAct::parse(asked.get("open")),
        ..Shown::default()
    };
    reader.page(&page(&reader, id, shown).await?)
}

async fn save_access(
    _: AllowedBySession<UsersManage>,
    reader: Reader,
    Id(id): Id<UserId>,
    sent: Sent,
) -> Answer {
    let mut typed = Typed::of(&sent);
    if sent.get("do") == "more" {
        typed.add_line();
        let shown = Shown {
            typed: Some(typed),
            ..Shown::default()
        };
        return reader.page(&page(&reader, id, shown).await?);
    }
    match try_save(&reader, id, &sent, &typed).await {
        Ok(outcome) => {
            let done = if outcome.changed {
                Done::AccessSaved
            } else {
                Done::NothingChanged
            };
            Ok(reader.tell(done, &format!("/settings/users/{id}")))
        }
        Err(error) if is_about_the_form(&error) => {
            let mut complaint = Complaint::new(&error, reader.text, "", "");
            let stale = matches!(error, Error::Stale { .. });
            if stale && is_so_already(&reader, id, &typed).await? {
                return Ok(reader.tell(Done::AccessSaved, &format!("/settings/users/{id}")));
            }
            complaint.alert = complaint.alert.filter(|_| !stale);
            let shown = Shown {
                complaint,
                typed: Some(typed),
                ..Shown::default()
            };
            let mut page = page(&reader, id, shown).await?;
            if stale {
                page.changed = differences(&reader, &sent, &page);
            }
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

/// Whether the account is as the form wanted it: by this click arriving twice, or by somebody else's.
async fn is_so_already(reader: &Reader, id: UserId, typed: &Typed) -> Result<bool, Problem> {
    let row = reader
        .need(move |auth, caller| auth.users().get(caller, id))
        .await?;
    Ok(Typed::now(&row.user).request() == typed.request())
}

async fn try_save(
    reader: &Reader,
    id: UserId,
    sent: &Sent,
    typed: &Typed,
) -> Result<Outcome<UserRow>, Error> {
    let (role, access) = typed.request();
    let version = Some(sent.version());
    reader
        .act(move |auth, caller| {
            let revision = Revision {
                role: Some(auth.parse_role(&role)?),
                access: Some(access),
                ..Revision::default()
            };
            auth.users().revise(caller, id, &revision, version)
        })
        .await
}

/// What is different now from what the form showed when it was drawn.
fn differences(reader: &Reader, sent: &Sent, now: &UserPage) -> Vec<String> {
    let words = &reader.text.user;
    let pairs = [
        (words.changed_role, now.role.as_str(), sent.get("was_role")),
        (
            words.changed_access,
            now.access_summary.as_str(),
            sent.get("was_access"),
        ),
    ];
    let changed: Vec<String> = pairs
        .into_iter()
        .filter(|(_, now, was)| now != was)
        .map(|(phrase, now, was)| put(phrase, &[&now, &was]))
        .collect();
    if changed.is_empty() {
        vec![words.changed_other.to_owned()]
    } else {
        changed
    }
}

/// What the page needs from the store.
struct Found {
    row: UserRow,
    is_last_admin: bool,
}

fn find(auth: &Auth, caller: &Caller, id: UserId) -> Result<Found, Error> {
    let row = auth.users().get(caller, id)?;
    Ok(Found {
        is_last_admin: is_last_admin(auth, caller, &row)?,
        row,
    })
}

/// Whether nobody else could administer; only to explain, the use cases decide under a lock.
fn is_last_admin(auth: &Auth, caller: &Caller, row: &UserRow) -> Result<bool, Error> {
    let now = auth.now();
    if !row.user.is_usable_admin(now) {
        return Ok(false);
    }
    let filter = UserFilter {
        role: Some(role::ADMIN),
        now,
        ..UserFilter::default()
    };
    let admins = auth
        .users()
        .list(caller, &filter, &UserCursor::Username(None), ADMINS_MAX)?;
    let other = |admin: &UserRow| admin.user.id != row.user.id && admin.user.is_usable_admin(now);
    Ok(!admins.more && !admins.rows.iter().any(other))
}

/// The page of a person.
pub(super) async fn page(reader: &Reader, id: UserId, shown: Shown) -> Result<UserPage, Problem> {
    let found = reader
        .need(move |auth, caller| find(auth, caller, id))
        .await?;
    let user = &found.row.user;
    let status = user.status(found.row.lock.locked_until, reader.now());
    let is_me = reader.caller()?.user_id() == Some(id);
    let forms = act_forms(reader, &found, status, is_me, &shown);
    let (ending_acts, sign_in_acts) = forms
        .into_iter()
        .partition(|form| form.kind.is_about_the_end());
    let typed = shown.typed.unwrap_or_else(|| Typed::now(user));
    Ok(UserPage {
        frame: reader.frame(Some(Place::Users))?,
        may_manage: reader.may("users.manage"),
        alert: shown.complaint.alert.clone(),
        changed: shown.changed,
        id: id.to_string(),
        version: user.version.get().to_string(),
        name: user.username.to_string(),
        is_me,
        email: other_email(&found.row),
        status: status_dot(status, reader.text),
        status_note: status_note(reader, &found.row, status),
        role: role_word(reader, user.role.as_str()),
        access_summary: access_detail(&user.access, reader.text),
        second_factor: Dot::factor(found.row.second_factor_on, reader.text),
        last_sign_in: user.last_login.map(|at| reader.moment(at)),
        created: reader.moment(user.created_at),
        access_reason: access_reason(reader, is_me, found.is_last_admin),
        access: typed.editor(reader, known_workspaces(reader).await?, &shown.complaint),
        sign_in_acts,
        ending_acts,
    })
}

fn act_forms(
    reader: &Reader,
    found: &Found,
    status: Status,
    is_me: bool,
    shown: &Shown,
) -> Vec<ActForm> {
    let name = found.row.user.username.as_str();
    let form = |kind: UserAct| {
        let open = shown.open == Some(kind);
        let refused = kind.refusal(is_me, found.is_last_admin, reader.text);
        let wrong = shown.complaint.about("confirm_email").filter(|_| open);
        let wrong = wrong.map(|_| reader.text.user.confirm_wrong.to_owned());
        let confirm = Field::word("confirm").required().wrong(wrong);
        ActForm {
            kind,
            open,
            what: put(kind.consequence(reader.text), &[&name]),
            refused: refused.map(str::to_owned),
            confirm: (kind == UserAct::Delete).then_some(confirm),
        }
    };
    UserAct::fitting(&found.row, status)
        .into_iter()
        .map(form)
        .collect()
}

fn status_note(reader: &Reader, row: &UserRow, status: Status) -> Option<String> {
    let words = &reader.text.user;
    match status {
        Status::Locked => {
            let left = (row.lock.locked_until? - reader.now()).num_seconds();
            let left = waiting(u64::try_from(left).unwrap_or_default(), reader.text);
            Some(put(words.locked_for, &[&left]))
        }
        Status::Invited => {
            let ends = reader.moment(row.user.invite.as_ref()?.expires_at);
            Some(put(words.invite_ends, &[&ends.relative]))
        }
        _ => None,
    }
}

fn access_reason(reader: &Reader, is_me: bool, is_last_admin: bool) -> Option<String> {
    let words = &reader.text.reasons;
    match (is_last_admin, is_me) {
        (true, _) => Some(words.last_admin_rights.to_owned()),
        (false, true) => Some(words.own_rights.to_owned()),
        (false, false) => None,
    }
}
