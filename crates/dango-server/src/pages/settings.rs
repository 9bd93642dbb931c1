//! `/settings/auth`: the rules of signing in, and who still has to act.

use std::collections::BTreeMap;

use askama::Template;
use dango_auth::core::permission::builtin::types::AuthManage;
use dango_auth::settings::{Entry, validate_runtime_text};
use dango_auth::{Auth, Caller, Error, FieldError};
use dango_auth_actix::{AllowedBySession, Problem};
use serde_json::Value;

use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::frame::Frame;
use super::pending::{Pending, PendingPart};
use super::place::Place;
use super::reader::{Answer, Reader};
use super::rules::{self, FixedLine, RuleGroup, SettingInput};
use super::sent::Sent;
use super::text::Text;
use crate::route::{Group, Route};

/// The page of rules.
#[derive(Debug, Template)]
#[template(path = "auth.html")]
pub(crate) struct SettingsPage {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// Who still has to act; none where the reader may not see people.
    pub(crate) pending: Option<PendingPart>,
    /// What can be changed here.
    pub(crate) groups: Vec<RuleGroup>,
    /// What comes from files and the environment alone.
    pub(crate) fixed: Vec<FixedLine>,
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
    let (typed, text) = (sent.clone(), reader.text);
    let saved = reader.act(move |auth, caller| {
        let changed = changed(auth, caller, &typed, text)?;
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
fn changed(
    auth: &Auth,
    caller: &Caller,
    sent: &Sent,
    text: &Text,
) -> Result<BTreeMap<String, Value>, Error> {
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
                let words = rules::range_words(entry.key(), text);
                let words = words.unwrap_or_else(|| error.message().to_owned());
                faults.push(FieldError::new(entry.name(), error.code(), words));
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
        Some(reader.need(Pending::find).await?.told(reader.text))
    } else {
        None
    };
    let shown: Vec<&Entry> = entries
        .iter()
        .filter(|entry| !entry.key().is_secret())
        .collect();
    Ok(SettingsPage {
        frame: reader.frame(Some(Place::Settings))?,
        alert: complaint.alert.clone(),
        pending,
        groups: rules::groups(reader.text, &shown, typed, complaint),
        fixed: rules::fixed(reader.text, &shown),
    })
}
