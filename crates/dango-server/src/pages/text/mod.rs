//! All words of the pages, in one catalogue per language.

mod de;
mod en;
mod negotiate;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use de::DE;
pub(crate) use en::EN;
pub(crate) use negotiate::choose;

/// A table of words for names that come from elsewhere: events, settings, error codes.
pub(crate) type Table = &'static [(&'static str, &'static str)];

/// The catalogue of one language.
#[derive(Debug)]
pub(crate) struct Text {
    /// The language's tag, for `lang`.
    pub(crate) lang: &'static str,
    /// The writing direction, for `dir`.
    pub(crate) dir: &'static str,
    /// Words that stand on every page.
    pub(crate) common: words::CommonWords,
    /// Signing in.
    pub(crate) login: words::LoginWords,
    /// The first start.
    pub(crate) setup: words::SetupWords,
    /// The page of an invited person.
    pub(crate) invite: words::InviteWords,
    /// New passwords.
    pub(crate) password: words::PasswordWords,
    /// Switching the second factor on.
    pub(crate) factor: words::FactorWords,
    /// The first page.
    pub(crate) home: words::HomeWords,
    /// The page about oneself.
    pub(crate) account: words::AccountWords,
    /// The list of people.
    pub(crate) users: words::UsersWords,
    /// One person's page.
    pub(crate) user: words::UserWords,
    /// What can be done to an account; `{}` is the person.
    pub(crate) user_acts: words::UserActsWords,
    /// Why something cannot be done.
    pub(crate) reasons: words::ReasonsWords,
    /// Roles and permissions.
    pub(crate) roles: words::RolesWords,
    /// Workspaces.
    pub(crate) workspaces: words::WorkspacesWords,
    /// The audit log.
    pub(crate) audit: words::AuditWords,
    /// The rules of signing in.
    pub(crate) auth: words::AuthWords,
    /// The states of an account.
    pub(crate) status: words::StatusWords,
    /// Distances in time.
    pub(crate) time: words::TimeWords,
    /// What happened a moment ago.
    pub(crate) notices: words::NoticesWords,
    /// What did not work.
    pub(crate) errors: words::ErrorsWords,
    /// What each built-in role is for.
    pub(crate) roles_for: Table,
    /// What each event is called.
    pub(crate) events: Table,
    /// What each rule is called.
    pub(crate) setting_names: Table,
    /// What the numbers of rules count, where it is another word than theirs.
    pub(crate) units: Table,
    /// What a new password breaks, where it is said in other words than the rules' own.
    pub(crate) issues: Table,
    /// What the built-in domains are called, where it is another word than theirs.
    pub(crate) domains: Table,
    /// What the built-in permissions are for, where it is said in other words than theirs.
    pub(crate) permissions: Table,
    /// What each error code means for a person.
    pub(crate) problems: Table,
    /// What the fields of forms are called, where they are given back.
    pub(crate) fields: Table,
}

impl Text {
    /// Looks a name up in one of the tables.
    pub(crate) fn look_up(table: Table, name: &str) -> Option<&'static str> {
        table
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, words)| *words)
    }
}
