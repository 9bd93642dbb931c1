//! One question to the policy, put again and again, for counting instructions.

use std::hint::black_box;

use dango_auth::core::permission::builtin;
use dango_auth::core::policy::Decision;
use dango_auth::core::{Grant, Policy, Scope, WorkspaceAccess, WorkspaceName, role};

use crate::Failure;

/// The ways of asking, by the names they are counted under.
pub(super) const WAYS: [&str; 3] = ["check by id", "check in a workspace", "check by name"];
/// Workspaces somebody has a grant in.
const WORKSPACES: usize = 16;

/// Puts the question that often in one way; false for a way that is none.
pub(super) fn ask(way: &str, count: usize) -> Result<bool, Failure> {
    let policy = Policy::builtin();
    let (name, permission) = ("dashboard.view", builtin::DASHBOARD_VIEW);
    let places = (0..WORKSPACES)
        .map(|number| WorkspaceName::parse(&format!("workspace-{number}")))
        .collect::<Result<Vec<_>, _>>()?;
    let grant = |workspace: &WorkspaceName| Grant {
        workspace: workspace.clone(),
        role: role::EDITOR,
    };
    let grants = WorkspaceAccess::from_stored(false, places.iter().map(grant).collect());
    let everywhere = policy.subject(true, &role::EDITOR, &WorkspaceAccess::Everywhere);
    let granted = policy.subject(true, &role::VIEWER, &grants);
    let place = places.get(WORKSPACES / 2).ok_or("a workspace")?;
    let again = |ask: &dyn Fn() -> Decision| {
        for _ in 0..count {
            let _ = black_box(ask());
        }
    };
    match way {
        "check by id" => again(&|| {
            let (subject, permission) = black_box((&everywhere, permission));
            policy.check(subject, permission, Scope::Global)
        }),
        "check in a workspace" => again(&|| {
            let (subject, permission, place) = black_box((&granted, permission, place));
            policy.check(subject, permission, Scope::Workspace(place))
        }),
        "check by name" => again(&|| {
            let (subject, name) = black_box((&everywhere, name));
            policy.check_name(subject, name, Scope::Global)
        }),
        _ => return Ok(false),
    }
    Ok(true)
}
