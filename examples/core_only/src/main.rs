//! The policy alone: a file, three checks, an explanation. No store, no network, no async.
#![allow(clippy::print_stdout, reason = "a program for people to run")]

use dango_auth_core::{Policy, PolicyError, RoleName, Scope, WorkspaceAccess, role};

fn main() -> Result<(), PolicyError> {
    let policy = Policy::from_toml(include_str!("../policy.toml"))?;
    let everywhere = WorkspaceAccess::Everywhere;
    let may = |role: &RoleName, permission| {
        let subject = policy.subject(true, role, &everywhere);
        policy.explain(&subject, permission, Scope::Global)
    };
    let publisher = policy.require_role("publisher")?.name();
    for (role, permission) in [
        (publisher, "report.publish"),
        (publisher, "users.manage"),
        (&role::EDITOR, "report.publish"),
    ] {
        let allowed = may(role, permission).is_allowed();
        println!(
            "{role:9} {permission:14} {}",
            if allowed { "yes" } else { "no" }
        );
    }
    println!("{}", may(&role::EDITOR, "report.publish"));
    Ok(())
}
