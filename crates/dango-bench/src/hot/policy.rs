//! One question to the policy, put again and again, for counting instructions.

use std::hint::black_box;

use dango_auth::core::permission::builtin;
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
    match way {
        "check by id" => {
            for _ in 0..count {
                let _ = black_box(policy.check(
                    black_box(&everywhere),
                    black_box(permission),
                    Scope::Global,
                ));
            }
        }
        "check in a workspace" => {
            for _ in 0..count {
                let scope = Scope::Workspace(black_box(place));
                let _ = black_box(policy.check(black_box(&granted), black_box(permission), scope));
            }
        }
        "check by name" => {
            for _ in 0..count {
                let _ = black_box(policy.check_name(
                    black_box(&everywhere),
                    black_box(name),
                    Scope::Global,
                ));
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}
