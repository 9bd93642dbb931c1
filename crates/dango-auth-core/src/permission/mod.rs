//! Permissions, the domains they belong to, and the catalogue of all that exist.
//!
//! A permission is written `<domain>.<action>` and is a small number inside, so that a check is a
//! bit test. Its domain is stored and never cut from the name: `query.execute` belongs to
//! *dashboard* (contract §1).

pub mod builtin;
mod catalog;
mod set;
mod typed;

pub use catalog::{Catalog, Domain, DomainId, PermissionInfo};
pub use set::PermissionSet;
pub use typed::PermissionType;

/// Most permissions a catalogue can hold.
pub const MAX_PERMISSIONS: usize = 512;

/// Most domains a catalogue can hold.
pub const MAX_DOMAINS: usize = 256;

/// One permission, as the number a [`Catalog`] gave it.
///
/// The numbers of [`builtin`] are the same in every catalogue. Others come from
/// [`Catalog::find`] and mean something only together with the policy they were asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(pub(crate) u16);

impl Permission {
    #[inline]
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}
