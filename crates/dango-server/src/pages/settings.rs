//! `/settings/auth`: the rules of signing in, and who still has to act.

use std::collections::BTreeMap;

use askama::Template;
use dango_auth::core::name::Username;
use dango_auth::core::permission::builtin::types::AuthManage;
use dango_auth::core::user::Status;
use dango_auth::settings::{Entry, validate_runtime_text};
use dango_auth::{Auth, Caller, Error, FieldError, Origin};
use dango_auth_actix::{AllowedBySession, Problem};
use serde_json::Value;

use super::complaint::{Complaint, is_about_the_form};
use super::count::People;
use super::done::Done;
use super::filters::{count_of, put};
use super::frame::{Frame, Tone};
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use super::text::Text;
use crate::route::{Group, Route};

/// The page of rules.
#[derive(Debug, Template)]
#[template(path = "auth.html")]
pub(crate) struct SettingsPage {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    pub(crate) counts: Vec<Count>,
    pub(crate) without_factor: Vec<WithoutFactor>,
    /// The reader may see the list of people.
    pub(crate) people_listed: bool,
    pub(crate) settings: Vec<Setting>,
}

/// A number of people, in words.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) tone: Tone,
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

/// Somebody without a second factor.
#[derive(Debug)]
pub(crate) struct WithoutFactor {
    pub(crate) name: String,
}

/// A rule, its value and where the value comes from.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) origin: String,
    pub(crate) input: SettingInput,
    pub(crate) error: Option<String>,
}

/// How a rule is changed.
#[derive(Debug)]
pub(crate) enum SettingInput {
    /// On or off.
    Switch {
        /// On.
        on: bool,
    },
    /// A number.
    Number {
        /// As it was typed.
        value: String,
    },
    /// Not here: in a file or the environment.
    Fixed {
        /// What it is.
        value: String,
    },
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings/auth", "settingsPage", show).group(Group::Pages),
        Route::post("/settings/auth", "settingsForm", save)
            .group(Group::Pages)
            .writes(&["settings_changed"]),
    ]
}

async fn show(_: AllowedBySession<AuthManage>, reader: Reader) -> Answer {
    reader.page(&page(&reader, None, &Complaint::default()).await?)
}

async fn save(_: AllowedBySession<AuthManage>, reader: Reader, sent: Sent) -> Answer {
    let typed = sent.clone();
    let saved = reader.act(move |auth, caller| {
        let changed = changed(auth, caller, &typed)?;
        if !changed.is_empty() {
            auth.configuration().put(caller, &changed)?;
        }
        Ok(!changed.is_empty())
    });
    match saved.await {
        Ok(true) => Ok(reader.tell(Done::SettingsSaved, "/settings/auth")),
        Ok(false) => Ok(reader.tell(Done::NothingChanged, "/settings/auth")),
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "", "");
            reader.again(&page(&reader, Some(&sent), &complaint).await?, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

/// The values that are typed differently from what is in force; what was not touched keeps its origin.
fn changed(auth: &Auth, caller: &Caller, sent: &Sent) -> Result<BTreeMap<String, Value>, Error> {
    let mut changed = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in auth.configuration().show(caller)? {
        let Some(typed) = sent
            .given(entry.name())
            .filter(|typed| *typed != entry.display())
        else {
            continue;
        };
        match validate_runtime_text(entry.name(), typed) {
            Ok(value) => drop(changed.insert(entry.name().to_owned(), value)),
            Err(error) => {
                let fault = FieldError::new(entry.name(), error.code(), error.message());
                faults.push(fault);
            }
        }
    }
    if faults.is_empty() {
        Ok(changed)
    } else {
        Err(Error::Fields(faults))
    }
}

async fn page(
    reader: &Reader,
    typed: Option<&Sent>,
    complaint: &Complaint,
) -> Result<SettingsPage, Problem> {
    let entries = reader
        .need(|auth, caller| auth.configuration().show(caller))
        .await?;
    let pending = if reader.may("users.view") {
        Some(reader.need(Pending::find).await?)
    } else {
        None
    };
    let shown = entries.iter().filter(|entry| !entry.key().is_secret());
    Ok(SettingsPage {
        frame: reader.frame(Some(Place::Settings))?,
        alert: complaint.alert.clone(),
        people_listed: pending.is_some(),
        counts: pending
            .as_ref()
            .map(|pending| pending.counts(reader.text))
            .unwrap_or_default(),
        without_factor: pending
            .into_iter()
            .flat_map(Pending::without_factor)
            .collect(),
        settings: shown
            .map(|entry| setting(reader, entry, typed, complaint))
            .collect(),
    })
}

fn setting(reader: &Reader, entry: &Entry, typed: Option<&Sent>, complaint: &Complaint) -> Setting {
    let value = typed
        .and_then(|sent| sent.given(entry.name()))
        .map(str::to_owned);
    let value = value.unwrap_or_else(|| entry.display());
    let label = Text::look_up(reader.text.setting_names, entry.name());
    let label = label.unwrap_or_else(|| entry.key().description());
    Setting {
        name: entry.name().to_owned(),
        label: label.trim_end_matches('.').to_owned(),
        origin: origin(reader.text, entry.origin()),
        input: match entry.value() {
            _ if !entry.key().is_runtime() => SettingInput::Fixed { value },
            Value::Bool(_) => SettingInput::Switch {
                on: value == "true",
            },
            _ => SettingInput::Number { value },
        },
        error: complaint.about(entry.name()),
    }
}

fn origin(text: &Text, origin: &Origin) -> String {
    let words = &text.auth;
    match origin {
        Origin::Default => words.origin_default.to_owned(),
        Origin::Profile(profile) => put(words.origin_profile, &[profile]),
        Origin::File { line, .. } => put(words.origin_file, &[line]),
        Origin::Environment { variable } => put(words.origin_environment, &[variable]),
        Origin::Argument { option } => put(words.origin_argument, &[option]),
        Origin::Runtime { by, .. } => put(words.origin_runtime, &[by]),
        other => other.to_string(),
    }
}

/// Who still has to act.
struct Pending {
    admins: Vec<Username>,
    locked: People,
    invited: People,
    invite_expired: People,
}

impl Pending {
    fn find(auth: &Auth, caller: &Caller) -> Result<Self, Error> {
        Ok(Self {
            admins: auth.status().admins_without_second_factor(caller)?,
            locked: People::with_status(auth, caller, Status::Locked)?,
            invited: People::with_status(auth, caller, Status::Invited)?,
            invite_expired: People::with_status(auth, caller, Status::InviteExpired)?,
        })
    }

    fn counts(&self, text: &Text) -> Vec<Count> {
        let words = &text.auth;
        let count = |tone, phrase: &str, number: People, status: &str| Count {
            tone: if number.0 == 0 { Tone::Good } else { tone },
            text: count_of(phrase, number),
            href: (number.0 > 0 && !status.is_empty())
                .then(|| format!("/settings/users?status={status}")),
        };
        let admins = People(u32::try_from(self.admins.len()).unwrap_or(u32::MAX));
        vec![
            count(Tone::Bad, words.admins_without, admins, ""),
            count(
                Tone::Wait,
                words.locked,
                self.locked,
                Status::Locked.as_str(),
            ),
            count(
                Tone::Wait,
                words.invited,
                self.invited,
                Status::Invited.as_str(),
            ),
            count(
                Tone::Wait,
                words.invite_expired,
                self.invite_expired,
                Status::InviteExpired.as_str(),
            ),
        ]
    }

    fn without_factor(self) -> impl Iterator<Item = WithoutFactor> {
        self.admins.into_iter().map(|name| WithoutFactor {
            name: name.to_string(),
        })
    }
}
