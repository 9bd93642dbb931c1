//! Where people may act: grants, the workspaces they name, and the reasons shown.

use dango_auth::core::workspace::WorkspaceAccess;
use dango_auth::users::{AccessRequest, CreateUser, Revision};
use dango_auth::workspaces::WorkspaceRevision;
use dango_auth::{Caller, Kind};

use crate::house::{House, names};
use crate::people::{grants, new_user, ready, recognise, role, workspace};

fn scoped(name: &str, list: &[(&str, &str)]) -> CreateUser {
    CreateUser {
        access: Some(grants(list)),
        ..new_user(name, "viewer", ready())
    }
}

/// Grants as `workspace:role`.
fn held(house: &House, login: &str) -> Vec<String> {
    let access = house.named(login).user.access;
    assert!(!access.is_everywhere(), "{login}");
    let text = |grant: &dango_auth::core::Grant| format!("{}:{}", grant.workspace, grant.role);
    access.grants().iter().map(text).collect()
}

fn seen_by(house: &House, caller: &Caller) -> Vec<String> {
    let page = house.auth.workspaces().list(caller, None, 100).unwrap();
    page.rows
        .iter()
        .map(|workspace| workspace.name.to_string())
        .collect()
}

fn a_grant_registers_its_workspace_in_the_same_transaction(house: &House) {
    let admin = house.admin();
    let (_, events) =
        house.trace(|| house.create(scoped("bob", &[("sales", "editor"), ("ops", "viewer")])));
    assert_eq!(
        events,
        ["workspace_created", "workspace_created", "user_created"]
    );
    assert_eq!(seen_by(house, &admin), ["ops", "sales"]);
    assert_eq!(held(house, "bob"), ["ops:viewer", "sales:editor"]);
    let bob = house.sign_in("bob");
    assert_eq!(seen_by(house, &bob), ["ops", "sales"]);
    let users = house.auth.users();
    let id = bob.user_id().unwrap();
    let more = grants(&[("sales", "viewer"), ("lab", "operator")]);
    let (done, events) = house.traced(|| users.set_access(&admin, id, &more).unwrap());
    assert!(done.changed);
    assert_eq!(
        names(&events),
        ["workspace_created", "workspace_access_changed"]
    );
    assert_eq!(held(house, "bob"), ["lab:operator", "sales:viewer"]);
    let (done, events) = house.trace(|| users.set_access(&admin, id, &more).unwrap());
    assert!(!done.changed && events.is_empty(), "{events:?}");
    // A refused change registers nothing.
    let twice = grants(&[("new", "viewer"), ("new", "editor")]);
    assert_eq!(
        users.set_access(&admin, id, &twice).unwrap_err().kind(),
        Kind::Invalid
    );
    assert_eq!(seen_by(house, &admin), ["lab", "ops", "sales"]);
}

fn where_workspaces_are_not_made_by_grants_an_unknown_one_is_refused(house: &House) {
    let auth = house.another(&[("DANGO_AUTH__WORKSPACES__AUTO_CREATE", "false")]);
    let admin = house.admin();
    auth.workspaces()
        .create(&admin, &workspace("sales"), "")
        .unwrap();
    let request = scoped("bob", &[("sales", "viewer"), ("ops", "viewer")]);
    let (refused, events) = house.trace(|| auth.users().create(&admin, request).unwrap_err());
    let [field] = &refused.fields()[..] else {
        panic!("{refused}")
    };
    assert_eq!(field.field, "workspace_access.grants[1].workspace");
    assert_eq!(field.code, "unknown_workspace");
    assert!(events.is_empty(), "{events:?}");
    auth.users()
        .create(&admin, scoped("bob", &[("sales", "viewer")]))
        .unwrap();
    assert_eq!(seen_by(house, &admin), ["sales"]);
}

fn access_that_breaks_a_rule_names_its_field(house: &House) {
    let admin = house.admin();
    let id = house.person("bob", "viewer").user.id;
    let editor = house.person("eve", "editor").user.id;
    let both = AccessRequest {
        all: true,
        ..grants(&[("sales", "viewer")])
    };
    let cases = [
        (grants(&[]), "workspace_access.grants"),
        (both, "workspace_access.grants"),
        (
            grants(&[("sales", "admin")]),
            "workspace_access.grants[0].role",
        ),
        (
            grants(&[("sales", "chief")]),
            "workspace_access.grants[0].role",
        ),
        (
            grants(&[("All", "viewer")]),
            "workspace_access.grants[0].workspace",
        ),
        (
            grants(&[("a", "viewer"), ("a b", "viewer")]),
            "workspace_access.grants[1].workspace",
        ),
    ];
    let users = house.auth.users();
    for (request, field) in cases {
        let refused = users.set_access(&admin, id, &request).unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "{request:?}");
        assert_eq!(refused.fields()[0].field, field, "{request:?}");
    }
    let refused = users.set_access(&admin, editor, &grants(&[("sales", "viewer")]));
    assert_eq!(
        refused.unwrap_err().fields()[0].field,
        "workspace_access.all"
    );
    users.grant(&admin, id, "sales", "editor", true).unwrap();
    let refused = users.change_role(&admin, id, &role("editor")).unwrap_err();
    assert_eq!(refused.fields()[0].field, "workspace_access.all");
}

fn granting_and_revoking_one_workspace_leaves_the_others(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    let id = house.person("bob", "editor").user.id;
    let refused = users
        .grant(&admin, id, "sales", "editor", false)
        .unwrap_err();
    assert_eq!(
        (refused.kind(), refused.code()),
        (Kind::Conflict, "has_access_everywhere")
    );
    let (_, events) = house.trace(|| users.grant(&admin, id, "sales", "editor", true).unwrap());
    assert_eq!(
        events,
        [
            "workspace_created",
            "role_changed",
            "workspace_access_changed"
        ]
    );
    assert_eq!(house.named("bob").user.role, role("viewer"));
    users.grant(&admin, id, "ops", "operator", false).unwrap();
    users.grant(&admin, id, "sales", "viewer", false).unwrap();
    assert_eq!(held(house, "bob"), ["ops:operator", "sales:viewer"]);
    let again = users.grant(&admin, id, "sales", "viewer", false).unwrap();
    assert!(!again.changed);
    users.grant(&admin, id, "lab", "viewer", true).unwrap();
    assert_eq!(held(house, "bob"), ["lab:viewer"]);
    let unknown = users.revoke_grant(&admin, id, "sales").unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);
    let (_, events) = house.trace(|| users.revoke_grant(&admin, id, "lab").unwrap());
    assert_eq!(events, ["workspace_access_changed"]);
    // The last grant gone means no access, and nothing but that.
    assert!(held(house, "bob").is_empty());
    let bob = house.sign_in("bob");
    assert!(seen_by(house, &bob).is_empty());
    assert!(
        house
            .auth
            .decide(&bob, "dashboard.view", None)
            .unwrap()
            .is_allowed()
    );
    assert!(
        !house
            .auth
            .decide(&bob, "dashboard.view", Some("lab"))
            .unwrap()
            .is_allowed()
    );
    let everywhere = AccessRequest::everywhere();
    users.set_access(&admin, id, &everywhere).unwrap();
    assert_eq!(house.named("bob").user.access, WorkspaceAccess::Everywhere);
}

fn a_renamed_workspace_takes_its_grants_along(house: &House) {
    let admin = house.admin();
    house.create(scoped("bob", &[("sales", "editor")]));
    let bob = house.signed_in("bob");
    let area = house.auth.workspaces();
    let sales = area.find(&admin, "sales").unwrap();
    area.create(&admin, &workspace("ops"), "operations")
        .unwrap();
    let rename = |to: &str| WorkspaceRevision {
        name: Some(workspace(to)),
        description: None,
    };
    let taken = area
        .revise(&admin, sales.id, &rename("ops"), None)
        .unwrap_err();
    assert_eq!(
        (taken.kind(), taken.code()),
        (Kind::Conflict, "workspace_exists")
    );
    let stale = area.revise(
        &admin,
        sales.id,
        &rename("trade"),
        Some(sales.version.next()),
    );
    assert_eq!(stale.unwrap_err().kind(), Kind::Stale);
    let (_, events) = house.trace(|| {
        area.revise(&admin, sales.id, &rename("trade"), Some(sales.version))
            .unwrap()
    });
    assert_eq!(events, ["workspace_changed"]);
    assert_eq!(held(house, "bob"), ["trade:editor"]);
    let bob = recognise(&house.auth, &bob).unwrap();
    let may = |name: &str| {
        let decision = house.auth.decide(&bob, "dbt.manage", Some(name));
        decision.unwrap().is_allowed()
    };
    assert!(may("trade") && !may("sales"));
    assert_eq!(area.find(&bob, "trade").unwrap().id, sales.id);
}

fn a_deleted_workspace_takes_its_grants_with_it(house: &House) {
    let admin = house.admin();
    house.create(scoped("bob", &[("sales", "editor")]));
    house.create(scoped("eve", &[("sales", "viewer"), ("ops", "viewer")]));
    let area = house.auth.workspaces();
    let sales = area.find(&admin, "sales").unwrap();
    let members = area.members(&admin, sales.id, None, 10).unwrap();
    let named: Vec<_> = members
        .rows
        .iter()
        .map(|(_, name, _)| name.as_str())
        .collect();
    assert_eq!(named, ["bob", "eve"]);
    let (removed, events) = house.traced(|| area.delete(&admin, sales.id).unwrap());
    assert_eq!(removed, 2);
    assert_eq!(names(&events), ["workspace_deleted"]);
    assert_eq!(events[0].event.workspace, Some(workspace("sales")));
    assert!(held(house, "bob").is_empty());
    assert_eq!(held(house, "eve"), ["ops:viewer"]);
    assert_eq!(
        area.delete(&admin, sales.id).unwrap_err().kind(),
        Kind::NotFound
    );
    // A new workspace of the name gives nobody anything.
    area.create(&admin, &workspace("sales"), "").unwrap();
    let bob = house.sign_in("bob");
    assert!(
        !house
            .auth
            .decide(&bob, "dbt.view", Some("sales"))
            .unwrap()
            .is_allowed()
    );
}

fn a_workspace_one_may_not_see_looks_like_none(house: &House) {
    let admin = house.admin();
    house.create(scoped("bob", &[("sales", "editor")]));
    let area = house.auth.workspaces();
    let hidden = area.create(&admin, &workspace("secret"), "").unwrap();
    let bob = house.sign_in("bob");
    let refusals = [
        area.get(&bob, hidden.id).unwrap_err(),
        area.find(&bob, "secret").unwrap_err(),
        area.find(&bob, "nothing").unwrap_err(),
        area.find(&bob, "no name").unwrap_err(),
    ];
    for error in refusals {
        assert_eq!((error.kind(), error.code()), (Kind::NotFound, "not_found"));
    }
    let refused = area.create(&bob, &workspace("mine"), "").unwrap_err();
    assert_eq!(refused.kind(), Kind::Denied);
    assert_eq!(
        area.delete(&bob, hidden.id).unwrap_err().kind(),
        Kind::Denied
    );
    let exists = area.create(&admin, &workspace("secret"), "").unwrap_err();
    assert_eq!(exists.code(), "workspace_exists");
}

fn an_explanation_says_what_the_check_decides(house: &House) {
    let admin = house.admin();
    house.create(scoped("bob", &[("sales", "editor")]));
    house.person("eve", "operator");
    let users = house.auth.users();
    let places = [None, Some("sales"), Some("ops")];
    for login in ["bob", "eve"] {
        let caller = house.sign_in(login);
        for info in caller.rights().policy().catalog().permissions() {
            for place in places {
                let name = info.name();
                let decided = house.auth.decide(&caller, name, place).unwrap();
                let explained = users.explain(&admin, login, name, place).unwrap();
                assert_eq!(
                    explained.explanation.decision.is_allowed(),
                    decided.is_allowed(),
                    "{login} {name} {place:?}"
                );
            }
        }
    }
    let refusals = [
        (users.explain(&admin, "bob", "dbt.fly", None), "permission"),
        (
            users.explain(&admin, "bob", "dbt.view", Some("a b")),
            "workspace",
        ),
    ];
    for (refused, field) in refusals {
        assert_eq!(refused.unwrap_err().fields()[0].field, field);
    }
    let unknown = users
        .explain(&admin, "nobody", "dbt.view", None)
        .unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);
    let eve = house.named("eve").user.id;
    users.deactivate(&admin, eve).unwrap();
    let explained = users.explain(&admin, "eve", "dbt.view", None).unwrap();
    assert!(!explained.explanation.decision.is_allowed());
    assert_eq!(
        house
            .auth
            .decide(&admin, "dbt.fly", None)
            .unwrap_err()
            .fields()[0]
            .field,
        "permission"
    );
}

fn access_stays_as_it_is_when_a_revision_says_nothing_about_it(house: &House) {
    let admin = house.admin();
    let id = house
        .create(scoped("bob", &[("sales", "editor")]))
        .user
        .user
        .id;
    let revision = Revision {
        username: Some(crate::people::username("robert")),
        ..Revision::default()
    };
    house
        .auth
        .users()
        .revise(&admin, id, &revision, None)
        .unwrap();
    assert_eq!(held(house, "robert"), ["sales:editor"]);
}

on_both_databases!(
    a_grant_registers_its_workspace_in_the_same_transaction,
    where_workspaces_are_not_made_by_grants_an_unknown_one_is_refused,
    access_that_breaks_a_rule_names_its_field,
    granting_and_revoking_one_workspace_leaves_the_others,
    a_renamed_workspace_takes_its_grants_along,
    a_deleted_workspace_takes_its_grants_with_it,
    a_workspace_one_may_not_see_looks_like_none,
    an_explanation_says_what_the_check_decides,
    access_stays_as_it_is_when_a_revision_says_nothing_about_it,
);
