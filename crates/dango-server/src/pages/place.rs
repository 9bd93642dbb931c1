//! The places of the side list.

use super::text::Text;

/// A page one can go to from anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Who am I, what may I do.
    Home,
    /// Own password, sessions, second factor, keys.
    Account,
    /// Everybody's accounts.
    Users,
    /// The permission matrix.
    Roles,
    /// The workspaces.
    Workspaces,
    /// What happened.
    Audit,
    /// The rules of signing in.
    Settings,
}

impl Place {
    /// All of them, in the order of the list.
    pub(crate) const ALL: [Self; 7] = [
        Self::Home,
        Self::Account,
        Self::Users,
        Self::Roles,
        Self::Workspaces,
        Self::Audit,
        Self::Settings,
    ];

    /// The permission it needs, if any.
    pub(crate) const fn permission(self) -> Option<&'static str> {
        match self {
            Self::Home | Self::Account | Self::Roles | Self::Workspaces => None,
            Self::Users => Some("users.view"),
            Self::Audit => Some("audit.view"),
            Self::Settings => Some("auth.manage"),
        }
    }

    /// Its path.
    pub(crate) const fn href(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Account => "/settings/account",
            Self::Users => "/settings/users",
            Self::Roles => "/settings/roles",
            Self::Workspaces => "/settings/workspaces",
            Self::Audit => "/settings/audit",
            Self::Settings => "/settings/auth",
        }
    }

    /// Its name.
    pub(crate) const fn label(self, text: &Text) -> &'static str {
        match self {
            Self::Home => text.common.home,
            Self::Account => text.common.account,
            Self::Users => text.common.users,
            Self::Roles => text.common.roles,
            Self::Workspaces => text.common.workspaces,
            Self::Audit => text.common.audit,
            Self::Settings => text.common.settings,
        }
    }
}
