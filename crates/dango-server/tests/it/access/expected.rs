//! What a route's declaration promises, worked out from the policy and nothing else.

use dango_auth::core::Policy;
use dango_auth_actix::Who;
use dango_server::route::Route;

use super::actor::{Actor, Kind};

/// The word a caller should get.
pub(super) fn answer(policy: &Policy, actor: &Actor, route: &Route) -> &'static str {
    let requirement = route.requirement;
    if requirement.who == Who::Everybody {
        return "ok";
    }
    match actor.kind {
        Kind::Anonymous | Kind::Partial | Kind::Inactive => "401",
        Kind::MustChange if !requirement.while_obliged => "change",
        Kind::MustEnrol if !requirement.while_obliged => "enrol",
        Kind::MustChange | Kind::MustEnrol => "ok",
        Kind::KeyOf(_) if requirement.refuses_api_keys() => "session",
        Kind::KeyOf(role) | Kind::Role(role) => held(policy, role, requirement.permission()),
    }
}

fn held(policy: &Policy, role: &str, permission: Option<&str>) -> &'static str {
    let Some(name) = permission else { return "ok" };
    let permission = policy.catalog().find(name).unwrap();
    let held = policy
        .role_named(role)
        .unwrap()
        .permissions()
        .contains(permission);
    if held { "ok" } else { "denied" }
}
