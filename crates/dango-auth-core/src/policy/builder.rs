//! Building a policy out of the built-in one and additions.

use super::Policy;
use super::error::{Kind, PolicyError, Problem};
use super::resolve::resolve;
use crate::name::is_word;
use crate::nearest;
use crate::permission::builtin::{DOMAINS, PERMISSIONS};
use crate::permission::{Catalog, Domain, MAX_DOMAINS, MAX_PERMISSIONS, PermissionType};

/// Longest domain or permission name, in bytes.
const MAX_NAME: usize = 64;

/// Collects additions to a policy; [`build`](Self::build) checks that they fit together.
///
/// The order of the calls does not matter, except for the order in which things are shown.
///
/// ```
/// use dango_auth_core::{Policy, RoleDefinition};
/// # fn main() -> Result<(), dango_auth_core::PolicyError> {
/// let policy = Policy::builder()
///     .domain("billing", "Billing")
///     .permission("invoice.view", "billing", "See invoices.")
///     .role(RoleDefinition::new("accountant").includes("viewer").permits("invoice.view"))
///     .build()?;
/// assert_eq!(policy.role_named("accountant").map(|role| role.permissions().len()), Some(9));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct PolicyBuilder {
    base: Policy,
    required: Vec<&'static str>,
    pub(super) domains: Vec<NewDomain>,
    pub(super) permissions: Vec<NewPermission>,
    pub(super) roles: Vec<RoleDefinition>,
}

/// A name with the line of the file it stands on.
#[derive(Debug, Clone, Default)]
pub(super) struct Located {
    pub(super) text: String,
    pub(super) line: Option<usize>,
}

impl From<&str> for Located {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            line: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct NewDomain {
    pub(super) name: Located,
    pub(super) title: String,
}

#[derive(Debug, Clone)]
pub(super) struct NewPermission {
    pub(super) name: Located,
    pub(super) domain: Located,
    pub(super) description: String,
}

/// A role to be added: what it includes and what it permits besides.
#[derive(Debug, Clone, Default)]
pub struct RoleDefinition {
    pub(super) name: Located,
    pub(super) title: Option<String>,
    pub(super) description: String,
    pub(super) includes: Vec<Located>,
    pub(super) permissions: Vec<Located>,
}

impl RoleDefinition {
    /// A role of that name which permits nothing yet.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The word people read; without it the name with a capital.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// One sentence on who it is for.
    #[must_use]
    pub fn description(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// Permits everything that role permits.
    #[must_use]
    pub fn includes(mut self, role: &str) -> Self {
        self.includes.push(role.into());
        self
    }

    /// Permits this.
    #[must_use]
    pub fn permits(mut self, permission: &str) -> Self {
        self.permissions.push(permission.into());
        self
    }
}

impl PolicyBuilder {
    /// Starts a policy that adds to `base`, which may have additions already.
    pub fn over(base: Policy) -> Self {
        Self {
            base,
            required: Vec::new(),
            domains: Vec::new(),
            permissions: Vec::new(),
            roles: Vec::new(),
        }
    }

    /// Adds a domain, a lower-case word with a title for people.
    #[must_use]
    pub fn domain(mut self, name: &str, title: &str) -> Self {
        self.domains.push(NewDomain {
            name: name.into(),
            title: title.to_owned(),
        });
        self
    }

    /// Adds a permission `<domain>.<action>` to a domain, which its name need not repeat.
    #[must_use]
    pub fn permission(mut self, name: &str, domain: &str, description: &str) -> Self {
        self.permissions.push(NewPermission {
            name: name.into(),
            domain: domain.into(),
            description: description.to_owned(),
        });
        self
    }

    /// Adds a permission under the name of its type, so that the name is written once.
    #[must_use]
    pub fn typed_permission<P: PermissionType>(self, domain: &str, description: &str) -> Self {
        self.permission(P::NAME, domain, description)
    }

    /// Makes [`build`](Self::build) fail unless the permission this type stands for exists in the end.
    #[must_use]
    pub fn requires<P: PermissionType>(mut self) -> Self {
        self.required.push(P::NAME);
        self
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: RoleDefinition) -> Self {
        self.roles.push(role);
        self
    }

    /// Checks that everything fits together and makes the policy.
    ///
    /// # Errors
    /// [`PolicyError`] for a bad or doubled name, an unknown domain, permission or role, roles that
    /// include each other, a wildcard outside `admin`, more of a kind than fit, or a required
    /// permission that nobody added.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let Policy {
            mut catalog,
            mut roles,
        } = self.base;
        for domain in self.domains {
            add_domain(&mut catalog, domain)?;
        }
        for permission in self.permissions {
            add_permission(&mut catalog, permission)?;
        }
        for role in roles.iter_mut().filter(|role| role.wildcard) {
            role.permissions = catalog.all();
        }
        let resolved = resolve(&catalog, &roles, &self.roles)?;
        roles.extend(resolved);
        let policy = Policy { catalog, roles };
        for name in self.required {
            policy.require_permission(name)?;
        }
        Ok(policy)
    }
}

fn add_domain(catalog: &mut Catalog, domain: NewDomain) -> Result<(), PolicyError> {
    let Located { text: name, line } = domain.name;
    let refuse = |problem| PolicyError::new(problem, line);
    if !is_word(&name) || name.len() > MAX_NAME {
        let rule = "a lower-case word of a-z, 0-9, - and _ that begins with a letter";
        return Err(refuse(Problem::BadName {
            kind: Kind::Domain,
            name,
            rule,
        }));
    }
    if catalog.find_domain(&name).is_some() {
        let builtin = DOMAINS.iter().any(|(builtin, _)| *builtin == name);
        return Err(refuse(Problem::Duplicate {
            kind: Kind::Domain,
            name,
            builtin,
        }));
    }
    let full = || {
        refuse(Problem::TooMany {
            kind: Kind::Domain,
            max: MAX_DOMAINS,
        })
    };
    catalog
        .add_domain(name.into(), domain.title.into())
        .ok_or_else(full)
}

fn add_permission(catalog: &mut Catalog, permission: NewPermission) -> Result<(), PolicyError> {
    let Located { text: name, line } = permission.name;
    let refuse = |problem| PolicyError::new(problem, line);
    let is_dotted = name.contains('.') && name.split('.').all(is_word);
    if !is_dotted || name.len() > MAX_NAME {
        let rule = "of the form domain.action in lower case";
        return Err(refuse(Problem::BadName {
            kind: Kind::Permission,
            name,
            rule,
        }));
    }
    if catalog.find(&name).is_some() {
        let builtin = PERMISSIONS.iter().any(|builtin| builtin.name == name);
        return Err(refuse(Problem::Duplicate {
            kind: Kind::Permission,
            name,
            builtin,
        }));
    }
    let Located {
        text: domain,
        line: domain_line,
    } = permission.domain;
    let Some(id) = catalog.find_domain(&domain).map(Domain::id) else {
        let near = nearest(&domain, catalog.domains().iter().map(Domain::name));
        let by = Some((Kind::Permission, name.as_str()));
        return Err(PolicyError::unknown(
            by,
            Kind::Domain,
            &domain,
            near,
            domain_line,
        ));
    };
    let full = || {
        refuse(Problem::TooMany {
            kind: Kind::Permission,
            max: MAX_PERMISSIONS,
        })
    };
    catalog
        .add(name.into(), id, permission.description.into())
        .ok_or_else(full)?;
    Ok(())
}
