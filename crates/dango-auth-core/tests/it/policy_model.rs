//! The policy against a naive model of contract §2, written without a look at the real one.

use std::collections::{HashMap, HashSet};

use dango_auth_core::{
    Grant, KeyLimit, Policy, RoleDefinition, RoleName, Scope, Subject, WorkspaceAccess,
    WorkspaceLimit, WorkspaceName,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The matrix once more: each role with what it adds to the one before.
const NESTED: [(&str, &str); 5] = [
    (
        "viewer",
        "source.view dbt.view dashboard.view health.view logs.view notebooks.view \
         governance.view scheduler.view",
    ),
    ("operator", "source.sync dbt.run notebooks.execute"),
    (
        "editor",
        "source.manage csv.upload csv.delete dbt.manage dashboard.create query.execute \
         config.view notebooks.manage",
    ),
    ("developer", "scheduler.manage"),
    (
        "manager",
        "audit.view governance.manage dashboard.manage source.view_credentials",
    ),
];
const ADMIN_ONLY: &str =
    "platform.manage config.manage users.view users.manage auth.manage invoice.view report.publish";
const ROLES: [&str; 9] = [
    "viewer",
    "operator",
    "editor",
    "developer",
    "manager",
    "admin",
    "loader",
    "clerk",
    "ghost",
];
const WORKSPACES: [&str; 4] = ["a", "b", "c", "A"];

type Table = HashMap<&'static str, HashSet<&'static str>>;

fn table() -> Table {
    let mut table = Table::new();
    let mut held: HashSet<&str> = HashSet::new();
    for (role, adds) in NESTED {
        held.extend(adds.split(' '));
        table.insert(role, held.clone());
    }
    held.extend(ADMIN_ONLY.split(' '));
    table.insert("admin", held);
    table.insert(
        "loader",
        HashSet::from(["csv.upload", "source.sync", "report.publish"]),
    );
    let mut clerk = table["operator"].clone();
    clerk.extend([
        "invoice.view",
        "csv.upload",
        "source.sync",
        "report.publish",
    ]);
    table.insert("clerk", clerk);
    table.insert("ghost", HashSet::new());
    table
}

fn policy() -> Policy {
    Policy::builder()
        .domain("billing", "Billing")
        .permission("invoice.view", "billing", "See invoices.")
        .permission("report.publish", "dashboard", "Publish reports.")
        .role(
            RoleDefinition::new("clerk")
                .includes("loader")
                .includes("operator")
                .permits("invoice.view"),
        )
        .role(
            RoleDefinition::new("loader")
                .permits("csv.upload")
                .permits("source.sync")
                .permits("report.publish"),
        )
        .build()
        .unwrap()
}

#[derive(Debug, Clone)]
struct User {
    active: bool,
    top: &'static str,
    /// `None` for access everywhere.
    grants: Option<Vec<(&'static str, &'static str)>>,
}

#[derive(Debug, Clone)]
struct Key {
    role: Option<&'static str>,
    workspaces: Option<Vec<(&'static str, Option<&'static str>)>>,
}

/// The answer of the model, as the code of the reason.
fn model(
    table: &Table,
    user: &User,
    keys: &[Key],
    permission: &str,
    place: Option<&str>,
) -> &'static str {
    if !table["admin"].contains(permission) {
        return "unknown_permission";
    }
    if !user.active {
        return "inactive";
    }
    let role = match (place, &user.grants) {
        (None, _) | (_, None) => user.top,
        (Some(place), Some(grants)) => {
            let here: Vec<_> = grants
                .iter()
                .filter(|(workspace, _)| *workspace == place)
                .collect();
            match here[..] {
                [(_, role)] if *role != "admin" => *role,
                _ => return "no_grant",
            }
        }
    };
    if !table[role].contains(permission) {
        return "no_grant";
    }
    if keys
        .iter()
        .all(|key| key_allows(table, key, permission, place))
    {
        "granted"
    } else {
        "outside_key_limit"
    }
}

fn key_allows(table: &Table, key: &Key, permission: &str, place: Option<&str>) -> bool {
    let has = |role: Option<&str>| role.is_none_or(|role| table[role].contains(permission));
    match (&key.workspaces, place) {
        (None, _) => has(key.role),
        (Some(_), None) => has(key.role) && has(Some("viewer")),
        (Some(listed), Some(place)) => {
            let here = listed.iter().filter(|(workspace, _)| *workspace == place);
            here.clone().count() > 0 && here.clone().all(|(_, role)| has(*role))
        }
    }
}

fn role_name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

fn workspace(name: &str) -> WorkspaceName {
    WorkspaceName::parse(name).unwrap()
}

fn subject(policy: &Policy, user: &User, keys: &[Key]) -> Subject {
    let access = match &user.grants {
        None => WorkspaceAccess::Everywhere,
        Some(grants) => {
            let grant = |&(name, role): &(&str, &str)| Grant {
                workspace: workspace(name),
                role: role_name(role),
            };
            WorkspaceAccess::from_stored(false, grants.iter().map(grant).collect())
        }
    };
    let owner = policy.subject(user.active, &role_name(user.top), &access);
    keys.iter()
        .fold(owner, |subject, key| subject.limited(policy, &limit(key)))
}

fn limit(key: &Key) -> KeyLimit {
    let entry = |&(name, role): &(&str, Option<&str>)| WorkspaceLimit {
        workspace: workspace(name),
        role: role.map(role_name),
    };
    KeyLimit {
        role: key.role.map(role_name),
        workspaces: key
            .workspaces
            .as_ref()
            .map(|listed| listed.iter().map(entry).collect()),
    }
}

fn users() -> impl Strategy<Value = User> {
    let grant = (select(&WORKSPACES[..]), select(&ROLES[..]));
    let grants = option::of(prop::collection::vec(grant, 0..4));
    (prop::bool::weighted(0.9), select(&ROLES[..]), grants).prop_map(|(active, top, grants)| User {
        active,
        top,
        grants,
    })
}

fn keys() -> impl Strategy<Value = Key> {
    let role = || option::of(select(&ROLES[..]));
    let listed = prop::collection::vec((select(&WORKSPACES[..]), role()), 0..4);
    (role(), option::of(listed)).prop_map(|(role, workspaces)| Key { role, workspaces })
}

/// Calls `f` with every permission, one that does not exist, and every place.
fn everywhere(table: &Table, mut f: impl FnMut(&str, Option<&str>)) {
    let places = std::iter::once(None).chain(WORKSPACES.iter().map(|name| Some(*name)));
    for place in places.chain([Some("elsewhere")]) {
        for permission in table["admin"].iter().chain(&["users.mange"]) {
            f(permission, place);
        }
    }
}

#[test]
fn the_model_knows_as_many_permissions_as_the_policy() {
    assert_eq!(
        table()["admin"].len(),
        policy().catalog().permissions().len()
    );
}

proptest! {
    #[test]
    fn checks_agree_with_the_model(user in users(), keys in prop::collection::vec(keys(), 0..3)) {
        let (table, policy) = (table(), policy());
        let subject = subject(&policy, &user, &keys);
        everywhere(&table, |permission, place| {
            let place_name = place.map(workspace);
            let scope = Scope::from(place_name.as_ref());
            let decision = policy.check_name(&subject, permission, scope);
            let expected = model(&table, &user, &keys, permission, place);
            assert_eq!(decision.reason().code(), expected, "{permission} in {place:?}");
            assert_eq!(decision.is_allowed(), expected == "granted");
            assert_eq!(policy.explain(&subject, permission, scope).decision, decision);
            if let Some(id) = policy.catalog().find(permission) {
                assert_eq!(policy.check(&subject, id, scope), decision);
            }
            let listed = policy.permissions_of(&subject, scope).contains(&permission);
            assert_eq!(listed, decision.is_allowed());
        });
    }

    #[test]
    fn a_key_never_exceeds_its_owner_nor_its_limit(user in users(), key in keys()) {
        let (table, policy) = (table(), policy());
        let owner = subject(&policy, &user, &[]);
        let key_subject = subject(&policy, &user, std::slice::from_ref(&key));
        everywhere(&table, |permission, place| {
            let place_name = place.map(workspace);
            let scope = Scope::from(place_name.as_ref());
            if policy.check_name(&key_subject, permission, scope).is_allowed() {
                assert!(policy.check_name(&owner, permission, scope).is_allowed());
                assert!(key_allows(&table, &key, permission, place));
            }
        });
    }

    #[test]
    fn what_is_hidden_allows_nothing(user in users(), key in option::of(keys())) {
        let policy = policy();
        let subject = subject(&policy, &user, key.as_slice());
        for name in WORKSPACES.map(workspace) {
            let scope = Scope::Workspace(&name);
            if !policy.sees(&subject, &name) {
                prop_assert!(policy.permissions_of(&subject, scope).is_empty());
            }
        }
    }

    #[test]
    fn the_list_of_visible_workspaces_holds_exactly_what_is_seen(
        user in users(),
        keys in prop::collection::vec(keys(), 0..3),
    ) {
        let policy = policy();
        let subject = subject(&policy, &user, &keys);
        let visible = policy.visible_workspaces(&subject);
        for name in WORKSPACES.map(workspace).into_iter().chain([workspace("elsewhere")]) {
            let listed = visible.as_ref().is_none_or(|names| names.contains(&name));
            prop_assert_eq!(listed, policy.sees(&subject, &name), "{}", name);
        }
        prop_assert!(visible.is_none_or(|names| names.is_sorted()));
    }

    #[test]
    fn the_effective_role_says_exactly_what_is_allowed(user in users(), key in option::of(keys())) {
        let policy = policy();
        let subject = subject(&policy, &user, key.as_slice());
        let names = WORKSPACES.map(workspace);
        for scope in names.iter().map(Scope::Workspace).chain([Scope::Global]) {
            let allowed = policy.permissions_in(&subject, scope);
            if let Some(role) = policy.effective_role(&subject, scope) {
                prop_assert_eq!(*role.permissions(), allowed);
            }
        }
    }

    #[test]
    fn a_larger_role_allows_no_less(smaller in 0..6_usize, larger in 0..6_usize, key in option::of(keys())) {
        prop_assume!(smaller <= larger);
        let policy = policy();
        let with = |index: usize| {
            let user = User { active: true, top: ROLES[index], grants: None };
            subject(&policy, &user, key.as_slice())
        };
        let (small, large) = (with(smaller), with(larger));
        let names = WORKSPACES.map(workspace);
        for scope in names.iter().map(Scope::Workspace).chain([Scope::Global]) {
            let less = policy.permissions_in(&small, scope);
            prop_assert!(less.is_subset(&policy.permissions_in(&large, scope)));
        }
    }
}
