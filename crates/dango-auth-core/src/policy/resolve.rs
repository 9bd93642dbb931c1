//! Turning role definitions into roles: names checked, includes followed, circles refused.

use std::collections::{HashMap, HashSet};

use super::builder::{Located, RoleDefinition};
use super::error::{Kind, PolicyError, Problem};
use crate::name::RoleName;
use crate::nearest;
use crate::permission::{Catalog, PermissionSet};
use crate::role::{self, Role, RoleId};

/// Most roles a policy can hold.
const MAX_ROLES: usize = 256;

/// The word that stands for every permission.
const WILDCARD: &str = "*";

/// Makes the roles that are added to those already there, in the order of their definition.
pub(super) fn resolve(
    catalog: &Catalog,
    base: &[Role],
    added: &[RoleDefinition],
) -> Result<Vec<Role>, PolicyError> {
    let names = check_names(base, added)?;
    let mut resolver = Resolver {
        catalog,
        base,
        added,
        done: HashMap::new(),
        path: Vec::new(),
    };
    let mut roles = Vec::with_capacity(added.len());
    for (index, (definition, name)) in added.iter().zip(names).enumerate() {
        let wildcard = asks_for_all(definition);
        let permissions = resolver.permissions_of(definition)?;
        let too_many = PolicyError::new(
            Problem::TooMany {
                kind: Kind::Role,
                max: MAX_ROLES,
            },
            definition.name.line,
        );
        let id = u16::try_from(base.len() + index).map_err(|_| too_many.clone())?;
        if usize::from(id) >= MAX_ROLES {
            return Err(too_many);
        }
        let title = definition
            .title
            .clone()
            .unwrap_or_else(|| capitalised(name.as_str()));
        roles.push(Role {
            id: RoleId(id),
            name,
            title: title.into(),
            description: definition.description.clone().into(),
            permissions,
            wildcard,
            builtin: false,
        });
    }
    Ok(roles)
}

fn check_names(base: &[Role], added: &[RoleDefinition]) -> Result<Vec<RoleName>, PolicyError> {
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(added.len());
    for RoleDefinition {
        name: Located { text, line },
        ..
    } in added
    {
        let refuse = |problem| PolicyError::new(problem, *line);
        let Ok(name) = RoleName::parse(text) else {
            let rule = "a lower-case word of 1-32 characters a-z, 0-9, - and _";
            return Err(refuse(Problem::BadName {
                kind: Kind::Role,
                name: text.clone(),
                rule,
            }));
        };
        let builtin = base.iter().any(|role| role.name == name);
        if builtin || !seen.insert(text) {
            let name = text.clone();
            return Err(refuse(Problem::Duplicate {
                kind: Kind::Role,
                name,
                builtin,
            }));
        }
        names.push(name);
    }
    Ok(names)
}

fn asks_for_all(definition: &RoleDefinition) -> bool {
    definition
        .permissions
        .iter()
        .any(|permission| permission.text == WILDCARD)
}

struct Resolver<'a> {
    catalog: &'a Catalog,
    base: &'a [Role],
    added: &'a [RoleDefinition],
    done: HashMap<&'a str, PermissionSet>,
    path: Vec<&'a str>,
}

impl<'a> Resolver<'a> {
    fn permissions_of(&mut self, role: &'a RoleDefinition) -> Result<PermissionSet, PolicyError> {
        let name = role.name.text.as_str();
        if let Some(permissions) = self.done.get(name) {
            return Ok(*permissions);
        }
        if let Some(start) = self.path.iter().position(|other| *other == name) {
            let circle = self.path.iter().skip(start).chain([&name]);
            let names = circle.map(|name| (*name).to_owned()).collect();
            return Err(PolicyError::new(Problem::Cycle(names), role.name.line));
        }
        self.path.push(name);
        let mut permissions = self.own_permissions(role)?;
        for include in &role.includes {
            permissions = permissions.union(&self.included(role, include)?);
        }
        self.path.pop();
        self.done.insert(name, permissions);
        Ok(permissions)
    }

    fn own_permissions(&self, role: &RoleDefinition) -> Result<PermissionSet, PolicyError> {
        let mut permissions = PermissionSet::EMPTY;
        for Located { text, line } in &role.permissions {
            if text == WILDCARD {
                permissions = self.wildcard(role, *line)?;
                continue;
            }
            let Some(permission) = self.catalog.find(text) else {
                let near = self.catalog.nearest(text);
                let by = Some((Kind::Role, role.name.text.as_str()));
                return Err(PolicyError::unknown(
                    by,
                    Kind::Permission,
                    text,
                    near,
                    *line,
                ));
            };
            permissions.insert(permission);
        }
        Ok(permissions)
    }

    fn included(
        &mut self,
        by: &'a RoleDefinition,
        include: &'a Located,
    ) -> Result<PermissionSet, PolicyError> {
        let Located { text, line } = include;
        if let Some(role) = self.base.iter().find(|role| role.name == *text.as_str()) {
            return if role.wildcard {
                self.wildcard(by, *line)
            } else {
                Ok(role.permissions)
            };
        }
        if let Some(role) = self.added.iter().find(|role| role.name.text == *text) {
            return if asks_for_all(role) {
                self.wildcard(by, *line)
            } else {
                self.permissions_of(role)
            };
        }
        let known = self.base.iter().map(|role| role.name.as_str());
        let near = nearest(
            text,
            known.chain(self.added.iter().map(|role| &*role.name.text)),
        );
        let by = Some((Kind::Role, by.name.text.as_str()));
        Err(PolicyError::unknown(by, Kind::Role, text, near, *line))
    }

    /// INVARIANT: `admin` alone holds everything, so counting admins counts everybody who does.
    fn wildcard(
        &self,
        role: &RoleDefinition,
        line: Option<usize>,
    ) -> Result<PermissionSet, PolicyError> {
        if role.name.text == role::ADMIN.as_str() {
            return Ok(self.catalog.all());
        }
        let role = role.name.text.clone();
        Err(PolicyError::new(Problem::Wildcard { role }, line))
    }
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first
        .into_iter()
        .chain(chars)
        .collect::<String>()
        .replace(['_', '-'], " ")
}
