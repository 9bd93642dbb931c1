//! Workspaces: names, renaming, and what goes with them.

use dango_auth_core::id::{Version, WorkspaceId};
use dango_auth_core::user::User;
use dango_auth_store::ports::{
    UserReads as _, Workspace, WorkspaceChanges as _, WorkspaceReads as _,
};
use dango_auth_store::{Clash, Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    every_field_of_a_workspace_comes_back,
    a_name_belongs_to_one_workspace,
    grants_follow_a_renamed_workspace,
    deleting_takes_the_grants_along_and_leaves_no_access,
    lists_are_paged_by_name_and_cut_to_what_is_asked,
    members_are_listed_with_their_roles,
    a_workspace_changed_meanwhile_is_stale,
}

fn member(store: &Store, name: &str, grants: &[(&str, &str)]) -> User {
    let mut new = new_user(name, "viewer");
    new.access = scoped(grants);
    add(store, || User::created(new.clone(), password(), &act()))
}

fn every_field_of_a_workspace_comes_back(base: &Base) {
    let store = base.open();
    let workspace = add_workspace(&store, "Sales");
    assert_eq!(
        store.read(|tx| tx.workspace(workspace.id)).unwrap(),
        Some(workspace.clone())
    );
    let name = workspace_name("Sales");
    assert_eq!(
        store.read(|tx| tx.workspace_by_name(&name)).unwrap(),
        Some(workspace)
    );
    let other_case = workspace_name("sales");
    assert_eq!(
        store.read(|tx| tx.workspace_by_name(&other_case)).unwrap(),
        None
    );
}

fn a_name_belongs_to_one_workspace(base: &Base) {
    let store = base.open();
    let sales = add_workspace(&store, "sales");
    let mut ops = add_workspace(&store, "ops");
    let taken = StoreError::Conflict {
        what: Clash::Workspace,
    };
    let twin = Workspace {
        id: WorkspaceId::from_random(fresh()),
        ..sales
    };
    let insert = store.change(|tx| tx.insert_workspace(&twin, workspace_event(&twin)));
    assert_eq!(insert.unwrap_err(), taken);
    let base_version = ops.version;
    ops.name = workspace_name("sales");
    let rename = store.change(|tx| tx.update_workspace(&ops, base_version, workspace_event(&ops)));
    assert_eq!(rename.unwrap_err(), taken);
}

fn grants_follow_a_renamed_workspace(base: &Base) {
    let store = base.open();
    let mut workspace = add_workspace(&store, "sales");
    let user = member(&store, "ann", &[("sales", "editor")]);
    workspace.name = workspace_name("market");
    workspace.version = workspace.version.next();
    store
        .change(|tx| tx.update_workspace(&workspace, Version::NEW, workspace_event(&workspace)))
        .unwrap();
    let user = store.read(|tx| tx.user(user.id)).unwrap().unwrap();
    assert_eq!(user.access, scoped(&[("market", "editor")]));
}

fn deleting_takes_the_grants_along_and_leaves_no_access(base: &Base) {
    let store = base.open();
    let workspace = add_workspace(&store, "sales");
    add_workspace(&store, "ops");
    let one = member(&store, "ann", &[("sales", "editor")]);
    let two = member(&store, "bob", &[("sales", "viewer"), ("ops", "operator")]);
    let delete =
        || store.change(|tx| tx.delete_workspace(workspace.id, workspace_event(&workspace)));
    assert_eq!(delete().unwrap(), 2);
    assert!(matches!(
        delete().unwrap_err(),
        StoreError::NotFound {
            what: "workspace",
            ..
        }
    ));
    let access = |user: &User| store.read(|tx| tx.user(user.id)).unwrap().unwrap().access;
    assert_eq!(access(&one), scoped(&[]));
    assert_eq!(access(&two), scoped(&[("ops", "operator")]));
    let details = base.values("SELECT details AS value FROM audit_events ORDER BY id DESC LIMIT 1");
    assert!(details[0].contains("\"grants_removed\":2"), "{details:?}");
}

fn lists_are_paged_by_name_and_cut_to_what_is_asked(base: &Base) {
    let store = base.open();
    for name in ["b", "B", "a", "_", "z9"] {
        add_workspace(&store, name);
    }
    let only = [
        workspace_name("b"),
        workspace_name("z9"),
        workspace_name("nowhere"),
    ];
    let walk = |only: Option<&[_]>| {
        let (mut after, mut names) = (None, Vec::new());
        loop {
            let page = store
                .read(|tx| tx.workspaces(only, after.as_ref(), 2))
                .unwrap();
            names.extend(page.rows.iter().map(|workspace| workspace.name.to_string()));
            if !page.more {
                return names;
            }
            after = page.rows.last().map(|workspace| workspace.name.clone());
        }
    };
    assert_eq!(walk(None), ["B", "_", "a", "b", "z9"]);
    assert_eq!(walk(Some(&only)), ["b", "z9"]);
    assert_eq!(walk(Some(&[])), Vec::<String>::new());
}

fn members_are_listed_with_their_roles(base: &Base) {
    let store = base.open();
    let sales = add_workspace(&store, "sales");
    for (name, as_role) in [("cid", "viewer"), ("ann", "editor"), ("bob", "operator")] {
        member(&store, name, &[("sales", as_role)]);
    }
    let page = store
        .read(|tx| tx.workspace_members(sales.id, None, 2))
        .unwrap();
    let shown: Vec<_> = page
        .rows
        .iter()
        .map(|(_, name, role)| (name.as_str(), role.as_str()))
        .collect();
    assert_eq!(shown, [("ann", "editor"), ("bob", "operator")]);
    assert!(page.more);
    let after = username("bob");
    let page = store
        .read(|tx| tx.workspace_members(sales.id, Some(&after), 2))
        .unwrap();
    assert_eq!(page.rows[0].1.as_str(), "cid");
    assert!(!page.more);
}

fn a_workspace_changed_meanwhile_is_stale(base: &Base) {
    let store = base.open();
    let mut workspace = add_workspace(&store, "sales");
    workspace.version = workspace.version.next();
    let update = |workspace: &Workspace| {
        store.change(|tx| tx.update_workspace(workspace, Version::NEW, workspace_event(workspace)))
    };
    update(&workspace).unwrap();
    assert!(update(&workspace).unwrap_err().is_stale());
    workspace.id = WorkspaceId::from_random(fresh());
    workspace.name = workspace_name("other");
    assert!(matches!(
        update(&workspace).unwrap_err(),
        StoreError::NotFound { .. }
    ));
}
