//! German.

mod entry;
mod people;
mod person;
mod places;
mod policy;
mod tables;

use super::Text;

/// The German catalogue.
pub(crate) static DE: Text = Text {
    lang: "de",
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
    units: tables::UNITS,
    issues: tables::ISSUES,
    domains: policy::DOMAINS,
    permissions: policy::PERMISSIONS,
    problems: tables::PROBLEMS,
    fields: tables::FIELDS,
};
