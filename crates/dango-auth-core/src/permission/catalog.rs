//! The list of all domains and permissions of a policy.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::builtin::{DOMAINS, PERMISSIONS};
use super::{MAX_DOMAINS, MAX_PERMISSIONS, Permission, PermissionSet};
use crate::nearest;

/// One domain, as the number a [`Catalog`] gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainId(pub(crate) u16);

/// A group of permissions that belong together, such as *dashboard*.
#[derive(Debug, Clone)]
pub struct Domain {
    pub(crate) id: DomainId,
    pub(crate) name: Cow<'static, str>,
    pub(crate) title: Cow<'static, str>,
}

impl Domain {
    /// Its number in the catalogue.
    pub fn id(&self) -> DomainId {
        self.id
    }

    /// The word used in files and answers, such as `dashboard`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The heading people read, such as `Dashboards and queries`.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// What is known about one permission.
#[derive(Debug, Clone)]
pub struct PermissionInfo {
    pub(crate) id: Permission,
    pub(crate) name: Cow<'static, str>,
    pub(crate) domain: DomainId,
    pub(crate) description: Cow<'static, str>,
}

impl PermissionInfo {
    /// The permission itself.
    pub fn permission(&self) -> Permission {
        self.id
    }

    /// Its name, such as `query.execute`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The domain it is stored under, which its name need not repeat.
    pub fn domain(&self) -> DomainId {
        self.domain
    }

    /// One sentence on what it allows.
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// All domains and permissions of a policy, in a fixed order: built-in ones first.
#[derive(Debug, Clone)]
pub struct Catalog {
    domains: Vec<Domain>,
    permissions: Vec<PermissionInfo>,
    // Names come from the policy and never from a request, so nobody can choose them to collide.
    by_name: FxHashMap<Cow<'static, str>, Permission>,
}

impl Catalog {
    pub(crate) fn empty() -> Self {
        Self {
            domains: Vec::new(),
            permissions: Vec::new(),
            by_name: FxHashMap::default(),
        }
    }

    /// The 9 domains and 29 permissions every policy begins with (contract §1).
    pub fn builtin() -> Self {
        let mut catalog = Self::empty();
        for &(name, title) in &DOMAINS {
            catalog.add_domain(name.into(), title.into());
        }
        for info in &PERMISSIONS {
            catalog.add(info.name.into(), info.domain, info.description.into());
        }
        catalog
    }

    /// Appends a domain, or answers `None` when the catalogue is full; the caller has checked that
    /// the name is new.
    pub(crate) fn add_domain(
        &mut self,
        name: Cow<'static, str>,
        title: Cow<'static, str>,
    ) -> Option<()> {
        let id = DomainId(u16::try_from(self.domains.len()).ok()?);
        if self.domains.len() >= MAX_DOMAINS {
            return None;
        }
        self.domains.push(Domain { id, name, title });
        Some(())
    }

    /// Appends a permission, or answers `None` when the catalogue is full.
    pub(crate) fn add(
        &mut self,
        name: Cow<'static, str>,
        domain: DomainId,
        description: Cow<'static, str>,
    ) -> Option<Permission> {
        let id = Permission(u16::try_from(self.permissions.len()).ok()?);
        if id.index() >= MAX_PERMISSIONS {
            return None;
        }
        self.by_name.insert(name.clone(), id);
        self.permissions.push(PermissionInfo {
            id,
            name,
            domain,
            description,
        });
        Some(id)
    }

    /// The permission of that name.
    #[inline]
    pub fn find(&self, name: &str) -> Option<Permission> {
        self.by_name.get(name).copied()
    }

    /// What is known about a permission; `None` when it belongs to another policy.
    pub fn info(&self, permission: Permission) -> Option<&PermissionInfo> {
        self.permissions.get(permission.index())
    }

    /// The name of a permission; `None` when it belongs to another policy.
    pub fn name(&self, permission: Permission) -> Option<&str> {
        self.info(permission).map(PermissionInfo::name)
    }

    /// The domain of that name.
    pub fn find_domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// The domain with that number.
    pub fn domain(&self, id: DomainId) -> Option<&Domain> {
        self.domains.get(id.0 as usize)
    }

    /// All domains in order.
    pub fn domains(&self) -> &[Domain] {
        &self.domains
    }

    /// All permissions in order.
    pub fn permissions(&self) -> &[PermissionInfo] {
        &self.permissions
    }

    /// The permissions of one domain in order.
    pub fn in_domain(&self, id: DomainId) -> impl Iterator<Item = &PermissionInfo> {
        self.permissions
            .iter()
            .filter(move |info| info.domain == id)
    }

    /// The permission name a mistyped one probably meant.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.permissions.iter().map(PermissionInfo::name))
    }

    /// Every permission there is.
    pub(crate) fn all(&self) -> PermissionSet {
        PermissionSet::first(self.permissions.len())
    }

    #[inline]
    pub(crate) fn contains(&self, permission: Permission) -> bool {
        permission.index() < self.permissions.len()
    }
}
