//! Explanations as people read them.

use dango_auth_core::{
    Grant, KeyLimit, Policy, RoleName, Scope, Subject, WorkspaceAccess, WorkspaceName, role,
};

fn sales() -> WorkspaceName {
    WorkspaceName::parse("sales").unwrap()
}

fn scoped_editor(policy: &Policy) -> Subject {
    let grant = Grant {
        workspace: sales(),
        role: role::EDITOR,
    };
    policy.subject(
        true,
        &role::VIEWER,
        &WorkspaceAccess::from_stored(false, vec![grant]),
    )
}

fn explain(policy: &Policy, who: &Subject, permission: &str, scope: Scope<'_>) -> String {
    policy.explain(who, permission, scope).to_string()
}

#[test]
fn each_reason_reads_as_a_sentence() {
    let policy = Policy::builtin();
    let ann = policy.subject(true, &role::EDITOR, &WorkspaceAccess::Everywhere);
    let ben = scoped_editor(&policy);
    let gone = policy.subject(false, &role::ADMIN, &WorkspaceAccess::Everywhere);
    let key = ann
        .clone()
        .limited(&policy, &KeyLimit::new(Some(role::VIEWER), None));
    let (sales, ads) = (sales(), WorkspaceName::parse("ads").unwrap());
    let sentences = [
        explain(&policy, &ann, "dbt.run", Scope::Global),
        explain(&policy, &ann, "dbt.run", Scope::Workspace(&sales)),
        explain(&policy, &ann, "scheduler.manage", Scope::Global),
        explain(&policy, &ben, "dbt.run", Scope::Workspace(&sales)),
        explain(&policy, &ben, "audit.view", Scope::Workspace(&sales)),
        explain(&policy, &ben, "dbt.view", Scope::Workspace(&ads)),
        explain(&policy, &gone, "dbt.view", Scope::Global),
        explain(&policy, &key, "dbt.run", Scope::Global),
        explain(&policy, &ann, "dbt.rum", Scope::Global),
        explain(&policy, &ann, "\u{1b}[31m", Scope::Global),
    ];
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn an_explanation_names_the_roles_that_would_do_smallest_first() {
    let policy = Policy::builder()
        .role(dango_auth_core::RoleDefinition::new("runner").permits("dbt.run"))
        .build()
        .unwrap();
    let who = policy.subject(true, &role::VIEWER, &WorkspaceAccess::Everywhere);
    let why = policy.explain(&who, "dbt.run", Scope::Global);
    assert!(!why.is_allowed());
    let names: Vec<_> = why.granting_roles.iter().map(RoleName::as_str).collect();
    assert_eq!(
        names,
        [
            "runner",
            "operator",
            "editor",
            "developer",
            "manager",
            "admin"
        ]
    );
    assert_eq!(why.effective_role, Some(role::VIEWER));
    assert_eq!(why.suggestion, None);
}

#[test]
fn a_mistyped_permission_is_suggested() {
    let policy = Policy::builtin();
    let who = policy.subject(true, &role::ADMIN, &WorkspaceAccess::Everywhere);
    let why = policy.explain(&who, "query.exectue", Scope::Global);
    assert_eq!(why.suggestion.as_deref(), Some("query.execute"));
    assert!(why.granting_roles.is_empty());
}

#[test]
fn a_role_the_policy_does_not_know_is_named_in_the_place_where_it_is_held() {
    let policy = Policy::builtin();
    let gone = RoleName::parse("publisher").unwrap();
    let ann = policy.subject(true, &gone, &WorkspaceAccess::Everywhere);
    let why = policy.explain(&ann, "dbt.view", Scope::Workspace(&sales()));
    assert_eq!(why.unknown_role.as_ref(), Some(&gone));
    assert!(why.to_string().starts_with(
        "denied: dbt.view in workspace sales, because the policy does not know the role publisher; roles that"
    ));
    let grant = Grant {
        workspace: sales(),
        role: gone.clone(),
    };
    let access = WorkspaceAccess::from_stored(false, vec![grant]);
    let ben = policy.subject(true, &role::VIEWER, &access);
    assert_eq!(ben.unknown_role(Scope::Workspace(&sales())), Some(&gone));
    assert_eq!(ben.unknown_role(Scope::Global), None);
}
