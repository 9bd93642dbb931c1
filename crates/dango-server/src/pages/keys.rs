//! The API keys on the account page.

use dango_auth::Error;
use dango_auth::api_keys::{CreateKey, CreatedKey, Expiry, LimitRequest};
use dango_auth::core::api_key::ApiKey;
use dango_auth::core::id::ApiKeyId;
use dango_auth::core::policy::KeyLimit;
use dango_auth_actix::SessionCaller;
use dango_auth_actix::extract::Id;
use serde::{Deserialize, Serialize};

use super::account::{self, KeyForm, KeyLine, KeyTyped, Opened};
use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::field::{Choice, Field};
use super::filters::{count_of, put};
use super::frame::{Dot, Tone};
use super::once::once;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use super::shown_once::ShownOnce;
use super::text::Text;
use crate::api::fields;
use crate::route::{Group, Route};

/// The offered lifetimes, in days.
const LIFETIMES: [u32; 4] = [7, 30, 90, 365];

/// The lifetime that is offered first.
const USUAL_LIFETIME: &str = "90";

/// A key on its only appearance.
#[derive(Serialize, Deserialize)]
struct Made {
    name: String,
    token: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/settings/account/api-keys", "createKeyForm", create)
            .group(Group::Pages)
            .writes(&["api_key_created"]),
        Route::post(
            "/settings/account/api-keys/{id}/revoke",
            "revokeKeyForm",
            revoke,
        )
        .group(Group::Pages)
        .writes(&["api_key_revoked"]),
    ]
}

async fn create(_: SessionCaller, reader: Reader, sent: Sent) -> Answer {
    match try_create(&reader, &sent).await {
        Ok(made) => reader.page(&shown(&reader, made)?),
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "", "");
            let typed = KeyTyped {
                name: sent.get("name").to_owned(),
                days: sent.get("expires_in_days").to_owned(),
                role: sent.get("role").to_owned(),
                workspaces: sent.get("workspaces").to_owned(),
            };
            let page = account::page(&reader, Opened::Key(complaint, typed)).await?;
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn try_create(reader: &Reader, sent: &Sent) -> Result<Made, Error> {
    let request = CreateKey {
        name: fields::key_name(sent.required("name")?)?,
        description: String::new(),
        limit: limit(sent),
        expiry: expiry(sent.get("expires_in_days"))?,
    };
    let made = |created: &CreatedKey| {
        Ok(Made {
            name: created.row.key.name.to_string(),
            token: created.token.expose().to_owned(),
        })
    };
    once(reader, sent, made, move |auth, caller, once| {
        auth.api_keys()
            .create_own_once(caller, &request, Some(once))
    })
    .await
}

fn limit(sent: &Sent) -> LimitRequest {
    let role = sent.given("role").map(str::to_owned);
    let workspaces: Vec<String> = sent
        .get("workspaces")
        .split([' ', ','])
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    match (&role, workspaces.is_empty()) {
        (None, true) => LimitRequest::Owner,
        (_, empty) => LimitRequest::Narrow {
            role,
            workspaces: (!empty).then_some(workspaces),
        },
    }
}

fn expiry(days: &str) -> Result<Expiry, Error> {
    if days.is_empty() {
        return Ok(Expiry::Never);
    }
    let wrong = |_| {
        Error::field(
            "expires_in_days",
            "not_a_number",
            "must be a number of days",
        )
    };
    days.parse().map(Expiry::Days).map_err(wrong)
}

async fn revoke(_: SessionCaller, reader: Reader, Id(id): Id<ApiKeyId>) -> Answer {
    match reader
        .act(move |auth, caller| auth.api_keys().revoke_own(caller, id))
        .await
    {
        // Revoked already: that is what was wanted.
        Ok(()) | Err(Error::NotFound { .. }) => {
            Ok(reader.tell(Done::KeyRevoked, "/settings/account#api-keys"))
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

fn shown(reader: &Reader, made: Made) -> Result<ShownOnce, dango_auth_actix::Problem> {
    let words = &reader.text.account;
    let address = format!("{}/api/auth/me", reader.doorway.base_url());
    Ok(ShownOnce {
        frame: reader.frame(Some(Place::Account))?,
        heading: words.key_made.to_owned(),
        lead: put(words.key_made_lead, &[&made.name]),
        example: Some(format!(
            "curl -H \"Authorization: Bearer {}\" {address}",
            made.token
        )),
        secret: made.token,
        if_lost: words.key_lost.to_owned(),
        back: "/settings/account#api-keys".to_owned(),
        back_label: words.back.to_owned(),
    })
}

/// A key in the list; revoked ones are left out.
pub(super) fn key_line(reader: &Reader, key: &ApiKey) -> Option<KeyLine> {
    let words = &reader.text.account;
    let expired = !key.is_live(reader.now());
    let status = if expired {
        Dot::new(Tone::Bad, words.key_expired)
    } else {
        Dot::new(Tone::Good, words.key_live)
    };
    key.revoked_at.is_none().then(|| KeyLine {
        id: key.id.to_string(),
        name: key.name.to_string(),
        prefix: key.prefix.clone(),
        rights: rights(&key.limit, reader.text),
        status,
        expired,
        expires: key.expires_at.map(|at| reader.moment(at)),
        last_used: key.last_used_at.map(|at| reader.moment(at)),
    })
}

fn rights(limit: &KeyLimit, text: &Text) -> String {
    let words = &text.account;
    let role = match &limit.role {
        Some(role) => put(words.key_rights_role, &[role]),
        None => words.key_rights_all.to_owned(),
    };
    match &limit.workspaces {
        None => role,
        Some(limits) => {
            let names: Vec<String> = limits
                .iter()
                .map(|limit| limit.workspace.to_string())
                .collect();
            put(words.key_rights_in, &[&role, &names.join(", ")])
        }
    }
}

/// The form for a new key.
pub(super) fn key_form(reader: &Reader, opened: &Opened) -> KeyForm {
    let words = &reader.text.account;
    let (nothing, usual) = (Complaint::default(), KeyTyped::usual());
    let (open, complaint, typed) = match opened {
        Opened::Key(complaint, typed) => (true, complaint, typed),
        _ => (false, &nothing, &usual),
    };
    let field = |field: Field, value: &str| {
        let wrong = complaint.about(field.name);
        field.within("key").holding(value).wrong(wrong)
    };
    let days = |days: u32| Choice::new(days.to_string(), count_of(words.key_days, days));
    let policy = reader.doorway.auth().policy();
    let roles = policy.roles().iter();
    KeyForm {
        open,
        alert: complaint.alert.clone(),
        name: field(Field::text("name").required(), &typed.name),
        expires: field(Field::text("expires_in_days"), &typed.days),
        expiries: LIFETIMES
            .into_iter()
            .map(days)
            .chain([Choice::new("", words.key_no_end)])
            .collect(),
        role: field(Field::text("role"), &typed.role),
        roles: std::iter::once(Choice::new("", words.key_role_mine))
            .chain(roles.map(|role| Choice::same(role.name().as_str())))
            .collect(),
        workspaces: field(Field::word("workspaces"), &typed.workspaces),
    }
}

impl KeyTyped {
    /// What the form holds before anybody types.
    pub(super) fn usual() -> Self {
        Self {
            days: USUAL_LIFETIME.to_owned(),
            ..Self::default()
        }
    }
}
