//! The rules of contract §2 by example.

use dango_auth_core::permission::builtin;
use dango_auth_core::{
    Grant, KeyLimit, Permission, Policy, Reason, RoleName, RoleSource, Scope, Subject,
    WorkspaceAccess, WorkspaceName, role,
};

fn workspace(name: &str) -> WorkspaceName {
    WorkspaceName::parse(name).unwrap()
}

fn scoped(grants: &[(&str, RoleName)]) -> WorkspaceAccess {
    let grants = grants.iter().map(|(name, role)| Grant {
        workspace: workspace(name),
        role: role.clone(),
    });
    WorkspaceAccess::from_stored(false, grants.collect())
}

fn everywhere(policy: &Policy, role: &RoleName) -> Subject {
    policy.subject(true, role, &WorkspaceAccess::Everywhere)
}

fn reason(policy: &Policy, who: &Subject, what: Permission, scope: Scope<'_>) -> &'static str {
    policy.check(who, what, scope).reason().code()
}

#[test]
fn each_role_may_exactly_what_the_contract_lists() {
    let policy = Policy::builtin();
    let table = [
        (role::VIEWER, 8),
        (role::OPERATOR, 11),
        (role::EDITOR, 19),
        (role::DEVELOPER, 20),
        (role::MANAGER, 24),
        (role::ADMIN, 29),
    ];
    for (role, count) in table {
        let who = everywhere(&policy, &role);
        assert_eq!(
            policy.permissions_of(&who, Scope::Global).len(),
            count,
            "{role}"
        );
    }
    let manager = everywhere(&policy, &role::MANAGER);
    let admin_only = [
        "platform.manage",
        "config.manage",
        "users.view",
        "users.manage",
        "auth.manage",
    ];
    for name in admin_only {
        assert!(
            !policy
                .check_name(&manager, name, Scope::Global)
                .is_allowed(),
            "{name}"
        );
    }
}

#[test]
fn access_everywhere_carries_the_top_level_role_into_every_workspace() {
    let policy = Policy::builtin();
    let who = everywhere(&policy, &role::OPERATOR);
    let sales = workspace("sales");
    let decision = policy.check(&who, builtin::DBT_RUN, Scope::Workspace(&sales));
    let operator = policy.role_named("operator").unwrap().id();
    let expected = Reason::GrantedBy {
        role: operator,
        scope: RoleSource::TopLevel,
    };
    assert_eq!(decision.reason(), expected);
    assert!(policy.sees(&who, &sales));
}

#[test]
fn a_grant_decides_in_its_workspace_and_nowhere_else() {
    let policy = Policy::builtin();
    let access = scoped(&[("sales", role::EDITOR), ("ads", role::OPERATOR)]);
    let who = policy.subject(true, &role::VIEWER, &access);
    let (sales, ads, hr) = (workspace("sales"), workspace("ads"), workspace("hr"));

    let editor = policy.role_named("editor").unwrap().id();
    let decision = policy.check(&who, builtin::SOURCE_MANAGE, Scope::Workspace(&sales));
    let expected = Reason::GrantedBy {
        role: editor,
        scope: RoleSource::Workspace,
    };
    assert_eq!(decision.reason(), expected);

    let at = |what, scope| reason(&policy, &who, what, scope);
    assert_eq!(
        at(builtin::SOURCE_MANAGE, Scope::Workspace(&ads)),
        "no_grant"
    );
    assert_eq!(at(builtin::SOURCE_SYNC, Scope::Workspace(&ads)), "granted");
    assert_eq!(at(builtin::SOURCE_VIEW, Scope::Workspace(&hr)), "no_grant");
    assert_eq!(at(builtin::SOURCE_VIEW, Scope::Global), "granted");
    assert_eq!(at(builtin::SOURCE_SYNC, Scope::Global), "no_grant");
    assert!(policy.sees(&who, &sales) && !policy.sees(&who, &hr));
    assert!(
        !policy.sees(&who, &workspace("Sales")),
        "names are case-sensitive"
    );
    let effective = |scope| {
        policy
            .effective_role(&who, scope)
            .map(|role| role.name().to_string())
    };
    assert_eq!(
        effective(Scope::Workspace(&sales)).as_deref(),
        Some("editor")
    );
    assert_eq!(effective(Scope::Workspace(&hr)), None);
    assert_eq!(effective(Scope::Global).as_deref(), Some("viewer"));
}

#[test]
fn the_top_level_role_is_no_floor_under_a_grant() {
    let policy = Policy::builder()
        .role(dango_auth_core::RoleDefinition::new("uploader").permits("csv.upload"))
        .build()
        .unwrap();
    let uploader = RoleName::parse("uploader").unwrap();
    let who = policy.subject(true, &role::VIEWER, &scoped(&[("sales", uploader)]));
    let sales = workspace("sales");
    assert_eq!(
        policy.permissions_of(&who, Scope::Workspace(&sales)),
        ["csv.upload"]
    );
}

#[test]
fn nobody_inactive_may_anything() {
    let policy = Policy::builtin();
    let who = policy.subject(false, &role::ADMIN, &WorkspaceAccess::Everywhere);
    for info in policy.catalog().permissions() {
        assert_eq!(
            reason(&policy, &who, info.permission(), Scope::Global),
            "inactive"
        );
    }
    assert!(!policy.sees(&who, &workspace("sales")));
    assert!(policy.permissions_of(&who, Scope::Global).is_empty());
    assert!(policy.effective_role(&who, Scope::Global).is_none());
}

#[test]
fn an_unknown_role_may_nothing() {
    let policy = Policy::builtin();
    let ghost = RoleName::parse("ghost").unwrap();
    let who = everywhere(&policy, &ghost);
    assert_eq!(
        reason(&policy, &who, builtin::SOURCE_VIEW, Scope::Global),
        "no_grant"
    );
    let granted = policy.subject(true, &role::VIEWER, &scoped(&[("sales", ghost)]));
    let sales = workspace("sales");
    let scope = Scope::Workspace(&sales);
    assert_eq!(
        reason(&policy, &granted, builtin::SOURCE_VIEW, scope),
        "no_grant"
    );
}

#[test]
fn a_stored_grant_of_admin_opens_nothing() {
    let policy = Policy::builtin();
    let who = policy.subject(true, &role::VIEWER, &scoped(&[("sales", role::ADMIN)]));
    let sales = workspace("sales");
    let scope = Scope::Workspace(&sales);
    assert_eq!(
        reason(&policy, &who, builtin::SOURCE_VIEW, scope),
        "no_grant"
    );
    assert!(!policy.sees(&who, &sales));
}

#[test]
fn an_unknown_permission_is_denied_even_to_admin() {
    let policy = Policy::builtin();
    let admin = everywhere(&policy, &role::ADMIN);
    let decision = policy.check_name(&admin, "users.mange", Scope::Global);
    assert_eq!(decision.reason(), Reason::UnknownPermission);
    assert!(!policy.check_name(&admin, "*", Scope::Global).is_allowed());
    assert!(!policy.check_name(&admin, "", Scope::Global).is_allowed());
}

#[test]
fn a_permission_of_another_policy_is_unknown() {
    let larger = Policy::builder()
        .permission("report.publish", "dashboard", "")
        .build()
        .unwrap();
    let added = larger.catalog().find("report.publish").unwrap();
    let policy = Policy::builtin();
    let admin = everywhere(&policy, &role::ADMIN);
    assert_eq!(
        reason(&policy, &admin, added, Scope::Global),
        "unknown_permission"
    );
}

#[test]
fn admin_holds_whatever_an_embedder_adds_and_nobody_else_does() {
    let policy = Policy::builder()
        .domain("billing", "Billing")
        .permission("invoice.view", "billing", "See invoices.")
        .build()
        .unwrap();
    let allowed = |role| {
        let who = everywhere(&policy, &role);
        policy
            .check_name(&who, "invoice.view", Scope::Global)
            .is_allowed()
    };
    assert!(allowed(role::ADMIN));
    assert!(!allowed(role::MANAGER));
    assert_eq!(policy.role_named("admin").unwrap().permissions().len(), 30);
}

#[test]
fn an_admins_key_limited_to_editor_is_an_editor() {
    let policy = Policy::builtin();
    let key = everywhere(&policy, &role::ADMIN)
        .limited(&policy, &KeyLimit::new(Some(role::EDITOR), None));
    assert_eq!(
        reason(&policy, &key, builtin::QUERY_EXECUTE, Scope::Global),
        "granted"
    );
    assert_eq!(
        reason(&policy, &key, builtin::USERS_MANAGE, Scope::Global),
        "outside_key_limit"
    );
    assert_eq!(
        policy.effective_role(&key, Scope::Global).unwrap().name(),
        &role::EDITOR
    );
}

#[test]
fn a_viewers_key_that_claims_admin_is_a_viewer() {
    let policy = Policy::builtin();
    let key = everywhere(&policy, &role::VIEWER)
        .limited(&policy, &KeyLimit::new(Some(role::ADMIN), None));
    assert_eq!(
        reason(&policy, &key, builtin::USERS_MANAGE, Scope::Global),
        "no_grant"
    );
    assert_eq!(
        policy.effective_role(&key, Scope::Global).unwrap().name(),
        &role::VIEWER
    );
}

#[test]
fn a_key_for_one_workspace_is_blind_to_others_and_a_viewer_outside_of_any() {
    let policy = Policy::builtin();
    let (sales, hr) = (workspace("sales"), workspace("hr"));
    let limit = KeyLimit::new(None, Some(vec![sales.clone()]));
    let key = everywhere(&policy, &role::ADMIN).limited(&policy, &limit);
    let at = |what, scope| reason(&policy, &key, what, scope);
    assert_eq!(
        at(builtin::CONFIG_MANAGE, Scope::Workspace(&sales)),
        "granted"
    );
    assert_eq!(
        at(builtin::SOURCE_VIEW, Scope::Workspace(&hr)),
        "outside_key_limit"
    );
    assert!(policy.sees(&key, &sales) && !policy.sees(&key, &hr));
    assert_eq!(at(builtin::SOURCE_VIEW, Scope::Global), "granted");
    assert_eq!(
        at(builtin::USERS_MANAGE, Scope::Global),
        "outside_key_limit"
    );
}

#[test]
fn a_key_with_access_of_its_own_has_a_role_per_workspace() {
    let policy = Policy::builtin();
    let access = scoped(&[("sales", role::EDITOR), ("ads", role::VIEWER)]);
    let limit = KeyLimit::from_access(role::VIEWER, &access);
    let key = everywhere(&policy, &role::DEVELOPER).limited(&policy, &limit);
    let (sales, ads) = (workspace("sales"), workspace("ads"));
    let role_in = |name| {
        policy
            .effective_role(&key, Scope::Workspace(name))
            .unwrap()
            .name()
    };
    assert_eq!(role_in(&sales), &role::EDITOR);
    assert_eq!(role_in(&ads), &role::VIEWER);
    assert!(!KeyLimit::from_access(role::VIEWER, &access).is_unlimited());
    let unlimited = KeyLimit::default();
    assert!(unlimited.is_unlimited());
}

#[test]
fn who_acts_through_a_key_is_told_from_its_owner() {
    let policy = Policy::builtin();
    let owner = everywhere(&policy, &role::ADMIN);
    assert!(!owner.is_limited());
    assert!(owner.limited(&policy, &KeyLimit::default()).is_limited());
}

#[test]
fn decisions_are_equal_when_their_reasons_are() {
    let policy = Policy::builtin();
    let [viewer, admin] = [role::VIEWER, role::ADMIN].map(|role| everywhere(&policy, &role));
    let asked = |who| policy.check(who, builtin::USERS_MANAGE, Scope::Global);
    assert_eq!(asked(&viewer), asked(&viewer));
    assert_ne!(asked(&viewer), asked(&admin));
}

#[test]
fn a_key_limited_to_an_unknown_role_may_nothing() {
    let policy = Policy::builtin();
    let ghost = RoleName::parse("ghost").unwrap();
    let key = everywhere(&policy, &role::ADMIN).limited(&policy, &KeyLimit::new(Some(ghost), None));
    assert!(policy.permissions_of(&key, Scope::Global).is_empty());
}

#[test]
fn no_role_name_stands_for_what_two_unlike_roles_share() {
    let policy = Policy::builder()
        .role(
            dango_auth_core::RoleDefinition::new("loader")
                .permits("csv.upload")
                .permits("source.sync"),
        )
        .build()
        .unwrap();
    let loader = RoleName::parse("loader").unwrap();
    let key =
        everywhere(&policy, &role::OPERATOR).limited(&policy, &KeyLimit::new(Some(loader), None));
    assert_eq!(policy.permissions_of(&key, Scope::Global), ["source.sync"]);
    assert!(policy.effective_role(&key, Scope::Global).is_none());
}

#[test]
fn required_names_are_found_or_suggested() {
    let policy = Policy::builtin();
    assert_eq!(
        policy.require_permission("users.manage"),
        Ok(builtin::USERS_MANAGE)
    );
    let error = policy.require_permission("user.manage").unwrap_err();
    assert_eq!(error.code(), "unknown_permission");
    assert_eq!(error.suggestion(), Some("users.manage"));
    let error = policy.require_role("editr").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no role \"editr\", did you mean \"editor\"?"
    );
    assert_eq!(policy.require_role("owner").unwrap_err().suggestion(), None);
}
