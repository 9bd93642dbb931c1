//! What a check answers.

use std::fmt;

use crate::role::RoleId;

/// The answer to one check, with its reason.
#[derive(Clone, Copy)]
#[must_use = "a decision that nobody looks at guards nothing"]
pub struct Decision {
    /// Everything that stands against it; nothing does when it is allowed.
    objections: Objections,
    role: RoleId,
    source: RoleSource,
}

/// Stands where nobody looks: in a decision that objects.
pub(super) const NO_ROLE: RoleId = RoleId(u16::MAX);

/// What may stand against a request, as bits; the lowest is the reason that is given.
///
/// Kept apart and joined without a jump: whether a question is allowed cannot be predicted, and a
/// processor that guesses wrong loses more time than the whole check takes (`docs/performance.md`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Objections(u8);

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

impl Objections {
    /// Nothing stands against it.
    pub(super) const NONE: Self = Self(0);
    pub(super) const UNKNOWN_PERMISSION: Self = Self(1);
    pub(super) const INACTIVE: Self = Self(1 << 1);
    pub(super) const NO_GRANT: Self = Self(1 << 2);
    /// It is not open to the subject, for a reason before or, without one, by the limit of a key; this alone decides.
    pub(super) const NOT_OPEN: Self = Self(1 << 3);

    /// Adds an objection unless a test was passed.
    #[inline]
    pub(super) const fn unless(self, passed: bool, objection: Self) -> Self {
        Self(self.0 | ((!passed as u8) * objection.0))
    }

    #[inline]
    const fn has(self, objection: Self) -> bool {
        self.0 & objection.0 != 0
    }
}

impl Decision {
    /// The decision about somebody who holds a role.
    #[inline]
    pub(super) const fn new(objections: Objections, role: RoleId, source: RoleSource) -> Self {
        debug_assert!(
            objections.0 == 0 || objections.has(Objections::NOT_OPEN),
            "there is a reason against what is open"
        );
        Self {
            objections,
            role,
            source,
        }
    }

    /// The decision about a permission that the policy does not know.
    #[inline]
    pub(super) const fn unknown_permission() -> Self {
        let objections = Objections::NONE
            .unless(false, Objections::NOT_OPEN)
            .unless(false, Objections::UNKNOWN_PERMISSION);
        Self::new(objections, NO_ROLE, RoleSource::TopLevel)
    }

    /// Whether the action may go ahead.
    #[inline]
    pub const fn is_allowed(self) -> bool {
        !self.objections.has(Objections::NOT_OPEN)
    }

    /// Why.
    #[inline]
    pub const fn reason(self) -> Reason {
        if self.objections.has(Objections::UNKNOWN_PERMISSION) {
            Reason::UnknownPermission
        } else if self.objections.has(Objections::INACTIVE) {
            Reason::Inactive
        } else if self.objections.has(Objections::NO_GRANT) {
            Reason::NoGrant
        } else if self.objections.has(Objections::NOT_OPEN) {
            Reason::OutsideKeyLimit
        } else {
            Reason::GrantedBy {
                role: self.role,
                scope: self.source,
            }
        }
    }
}

/// Two decisions are equal when they have the same reason.
impl PartialEq for Decision {
    fn eq(&self, other: &Self) -> bool {
        self.reason() == other.reason()
    }
}

impl Eq for Decision {}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason();
        f.debug_struct("Decision").field("reason", &reason).finish()
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
