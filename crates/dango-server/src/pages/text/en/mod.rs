//! English.

mod entry;
mod people;
mod person;
mod places;
mod tables;

use super::Text;

/// The English catalogue.
pub(crate) static EN: Text = Text {
    lang: "en",
    dir: "ltr",
    common: entry::COMMON,
    login: entry::LOGIN,
    setup: entry::SETUP,
    invite: entry::INVITE,
    password: entry::PASSWORD,
    factor: entry::FACTOR,
    time: entry::TIME,
    errors: entry::ERRORS,
    home: person::HOME,
    account: person::ACCOUNT,
    notices: person::NOTICES,
    users: people::USERS,
    user: people::USER,
    user_acts: people::USER_ACTS,
    reasons: people::REASONS,
    status: people::STATUS,
    roles: places::ROLES,
    workspaces: places::WORKSPACES,
    audit: places::AUDIT,
    auth: places::AUTH,
    roles_for: tables::ROLES_FOR,
    events: tables::EVENTS,
    setting_names: tables::SETTING_NAMES,
    units: &[],
    issues: &[],
    domains: &[],
    permissions: &[],
    problems: tables::PROBLEMS,
    fields: tables::FIELDS,
};
