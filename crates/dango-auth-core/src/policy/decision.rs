//! What a check answers.

use crate::role::RoleId;

/// The answer to one check, with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a decision that nobody looks at guards nothing"]
pub struct Decision {
    reason: Reason,
}

/// Why a check was answered as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Allowed: this role, held in this way, has the permission.
    GrantedBy {
        /// The role that grants.
        role: RoleId,
        /// How the subject holds it.
        scope: RoleSource,
    },
    /// Denied: the subject's role in that place lacks the permission, or it has no role there.
    NoGrant,
    /// Denied: the account is not active.
    Inactive,
    /// Denied: the owner could, but the API key is limited to less.
    OutsideKeyLimit,
    /// Denied: the policy knows no such permission.
    UnknownPermission,
}

/// How a subject comes by the role that is decisive in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleSource {
    /// It is the top-level role.
    TopLevel,
    /// It is granted in the workspace.
    Workspace,
}

impl Decision {
    #[inline]
    pub(super) const fn new(reason: Reason) -> Self {
        Self { reason }
    }

    /// Whether the action may go ahead.
    #[inline]
    pub const fn is_allowed(self) -> bool {
        matches!(self.reason, Reason::GrantedBy { .. })
    }

    /// Why.
    #[inline]
    pub const fn reason(self) -> Reason {
        self.reason
    }
}

impl Reason {
    /// The stable `snake_case` word for answers and logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GrantedBy { .. } => "granted",
            Self::NoGrant => "no_grant",
            Self::Inactive => "inactive",
            Self::OutsideKeyLimit => "outside_key_limit",
            Self::UnknownPermission => "unknown_permission",
        }
    }
}
