//! Workspace access by example.

use super::*;

fn parse(all: bool, grants: &[(&str, &str)], top: &RoleName) -> Result<WorkspaceAccess, String> {
    let request = |&(workspace, role)| GrantRequest { workspace, role };
    let grants: Vec<_> = grants.iter().map(request).collect();
    WorkspaceAccess::parse(all, &grants, top, &Policy::builtin())
        .map_err(|error| format!("{} {}: {error}", error.field(), error.code()))
}

fn grant(workspace: &str, role: &RoleName) -> Grant {
    Grant {
        workspace: WorkspaceName::parse(workspace).unwrap(),
        role: role.clone(),
    }
}

#[test]
fn access_everywhere_goes_with_any_role_and_no_grants() {
    for role in [role::ADMIN, role::EDITOR, role::VIEWER] {
        assert_eq!(parse(true, &[], &role), Ok(WorkspaceAccess::Everywhere));
    }
    assert_eq!(
        parse(true, &[("sales", "editor")], &role::VIEWER).unwrap_err(),
        "workspace_access.grants grants_beside_all: \
         access to all workspaces cannot be combined with grants"
    );
}

#[test]
fn single_workspaces_need_a_viewer_and_a_grant() {
    let access = parse(
        false,
        &[("sales", "manager"), (" Ads ", "viewer")],
        &role::VIEWER,
    );
    let expected = [grant("Ads", &role::VIEWER), grant("sales", &role::MANAGER)];
    assert_eq!(access.unwrap().grants(), expected);
    assert_eq!(
        parse(false, &[], &role::VIEWER).unwrap_err(),
        "workspace_access.grants grants_required: \
         access to single workspaces needs at least one grant"
    );
    for top in [role::EDITOR, role::ADMIN, role::OPERATOR] {
        assert_eq!(
            parse(false, &[("sales", "viewer")], &top).unwrap_err(),
            "workspace_access.all viewer_required: \
             access to single workspaces needs the top-level role viewer"
        );
    }
}

#[test]
fn refusals_name_the_grant_and_its_member() {
    let refusal = |second: (&str, &str)| {
        parse(false, &[("sales", "editor"), second], &role::VIEWER).unwrap_err()
    };
    assert_eq!(
        refusal(("ads", "admin")),
        "workspace_access.grants[1].role admin_grant: admin cannot be granted in a workspace"
    );
    assert_eq!(
        refusal(("ads", "edtior")),
        "workspace_access.grants[1].role unknown_role: \
         there is no such role, did you mean editor?"
    );
    assert_eq!(
        refusal(("ads", "")),
        "workspace_access.grants[1].role unknown_role: there is no such role"
    );
    assert_eq!(
        refusal((" sales ", "editor")),
        "workspace_access.grants[1].workspace duplicate_workspace: \
         workspace sales is granted twice"
    );
    assert_eq!(
        refusal(("Global", "editor")),
        "workspace_access.grants[1].workspace reserved_name: workspace is a reserved word"
    );
    assert_eq!(
        refusal((" ", "editor")),
        "workspace_access.grants[1].workspace empty: workspace is empty"
    );
}

#[test]
fn the_field_follows_the_spelling_of_the_front_end() {
    let error = AccessError::new(AccessField::GrantRole(3), Problem::AdminGrant);
    assert_eq!(
        error.field_under("workspaceAccess"),
        "workspaceAccess.grants[3].role"
    );
    assert_eq!(error.at(), AccessField::GrantRole(3));
}

#[test]
fn names_that_differ_in_case_are_different_workspaces() {
    let access = parse(
        false,
        &[("sales", "viewer"), ("Sales", "editor")],
        &role::VIEWER,
    );
    assert_eq!(access.unwrap().grants().len(), 2);
}

#[test]
fn the_order_of_grants_does_not_matter() {
    let ab = vec![grant("a", &role::VIEWER), grant("b", &role::EDITOR)];
    let ba = ab.iter().rev().cloned().collect();
    assert_eq!(
        WorkspaceAccess::from_stored(false, ab),
        WorkspaceAccess::from_stored(false, ba)
    );
}

#[test]
fn a_stored_list_may_be_empty_and_means_no_access() {
    assert_eq!(
        WorkspaceAccess::from_stored(false, Vec::new()),
        WorkspaceAccess::nowhere()
    );
    assert!(WorkspaceAccess::from_stored(true, Vec::new()).is_everywhere());
}

#[test]
fn a_workspace_stored_twice_is_not_granted_at_all() {
    let stored = vec![
        grant("b", &role::MANAGER),
        grant("a", &role::VIEWER),
        grant("b", &role::VIEWER),
    ];
    let access = WorkspaceAccess::from_stored(false, stored);
    assert_eq!(access.grants(), [grant("a", &role::VIEWER)]);
}
