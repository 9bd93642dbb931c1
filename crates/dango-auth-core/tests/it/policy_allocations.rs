//! A decision allocates nothing, whoever is asked about and however the permission is named.

use allocation_counter::measure;
use dango_auth_core::permission::builtin;
use dango_auth_core::{Grant, KeyLimit, Policy, Scope, WorkspaceAccess, WorkspaceName, role};

#[test]
fn a_decision_allocates_nothing() {
    let policy = Policy::builtin();
    let names: Vec<WorkspaceName> = (0..40)
        .map(|number| WorkspaceName::parse(&format!("workspace-{number}")).unwrap())
        .collect();
    let grants = names.iter().map(|workspace| Grant {
        workspace: workspace.clone(),
        role: role::EDITOR,
    });
    let access = WorkspaceAccess::from_stored(false, grants.collect());
    let granted = policy.subject(true, &role::VIEWER, &access);
    let limit = KeyLimit::new(Some(role::OPERATOR), Some(names.clone()));
    let people = [
        policy.subject(true, &role::ADMIN, &WorkspaceAccess::Everywhere),
        granted.clone(),
        granted.limited(&policy, &limit),
    ];
    let mut allowed = 0;
    let counted = measure(|| {
        for person in &people {
            for workspace in &names {
                for scope in [Scope::Global, Scope::Workspace(workspace)] {
                    let by_id = policy.check(person, builtin::QUERY_EXECUTE, scope);
                    let by_name = policy.check_name(person, "source.view", scope);
                    let unknown = policy.check_name(person, "no.such", scope);
                    allowed += usize::from(by_id.is_allowed()) + usize::from(by_name.is_allowed());
                    assert!(!unknown.is_allowed());
                }
            }
        }
    });
    assert_eq!(counted.count_total, 0);
    assert!(allowed > 100, "{allowed}");
    // The counter counts.
    assert_ne!(measure(|| drop(names.clone())).count_total, 0);
}
