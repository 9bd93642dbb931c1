use serde_json::{Value, json};

use super::*;

const ALL: [Standing; 4] = [
    Standing::Superuser,
    Standing::Editor,
    Standing::Everyone,
    Standing::Deactivated,
];

fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

fn accounts() -> Vec<Account> {
    let flag = [false, true];
    let mut all = Vec::new();
    for active in flag {
        for superuser in flag {
            for editor in flag {
                all.push(Account {
                    active,
                    superuser,
                    editor,
                });
            }
        }
    }
    all
}

/// What Metabase makes of a step: reactivating gives no administration back.
fn after(mut account: Account, step: Step) -> Account {
    match step {
        Step::Reactivate => {
            account.active = true;
            account.superuser = false;
        }
        Step::Demote => account.superuser = false,
        Step::LeaveGroup => account.editor = false,
        Step::JoinGroup => account.editor = true,
        Step::Promote => account.superuser = true,
        Step::Deactivate => account.active = false,
    }
    account
}

#[test]
fn each_role_has_its_standing() {
    let standing = |name: &str| Standing::of(&role(name), true);
    assert_eq!(standing("admin"), Standing::Superuser);
    for name in ["manager", "developer", "editor"] {
        assert_eq!(standing(name), Standing::Editor, "{name}");
    }
    for name in ["operator", "viewer", "superadmin"] {
        assert_eq!(standing(name), Standing::Everyone, "{name}");
    }
    assert_eq!(Standing::of(&role("admin"), false), Standing::Deactivated);
}

#[test]
fn every_account_gets_where_it_should_be_in_two_rounds_and_stays() {
    for start in accounts() {
        for wanted in ALL {
            let mut account = start;
            for _ in 0..2 {
                for step in steps(account, wanted) {
                    account = after(account, step);
                }
            }
            assert_eq!(account.standing(), wanted, "{start:?}");
            assert_eq!(steps(account, wanted), [], "{start:?} to {wanted:?}");
        }
    }
}

#[test]
fn the_administration_is_taken_before_anything_else_happens() {
    for account in accounts().into_iter().filter(|account| account.active) {
        for wanted in ALL {
            let steps = steps(account, wanted);
            let demotion = steps.iter().position(|step| *step == Step::Demote);
            assert!(demotion.is_none_or(|place| place == 0), "{steps:?}");
            let deactivation = steps.iter().position(|step| *step == Step::Deactivate);
            assert!(deactivation.is_none_or(|place| place + 1 == steps.len()));
        }
    }
}

#[test]
fn who_is_inactive_is_only_ever_reactivated_first() {
    for account in accounts().into_iter().filter(|account| !account.active) {
        assert_eq!(steps(account, Standing::Superuser), [Step::Reactivate]);
        assert_eq!(steps(account, Standing::Deactivated), []);
    }
}

#[test]
fn an_address_needs_a_dot_in_its_domain() {
    let name = |text: &str| Username::parse(text).unwrap();
    let email = EmailAddress::parse("ann@x.org").unwrap();
    let found = |text: &str| address(&name(text), None).map(|address| address.to_string());
    assert_eq!(address(&name("ann"), Some(&email)), Some(email.clone()));
    assert_eq!(found("bob@x.org").as_deref(), Some("bob@x.org"));
    assert_eq!(found("bob"), None);
    assert_eq!(found("admin@localhost"), None);
    assert!(same_address("Ann@X.org", "ann@x.ORG") && !same_address("a@x.org", "b@x.org"));
}

fn new_graph(everybody: &str, editors: &str) -> Value {
    json!({"revision": 7, "groups": {
        "1": {"2": {"view-data": "unrestricted", "create-queries": everybody, "download": {"schemas": "full"}}},
        "2": {"2": {"view-data": "unrestricted", "create-queries": "query-builder-and-native"}},
        "9": {"2": {"view-data": "unrestricted", "create-queries": editors}},
    }})
}

#[test]
fn the_patch_names_two_groups_one_database_and_the_revision() {
    let graph = new_graph("query-builder", "no");
    assert_eq!(Shape::of(&graph), Shape::ViewData);
    let patch = rights_patch(&graph, 9, 2).unwrap();
    assert_eq!(
        patch,
        json!({"revision": 7, "groups": {
            "1": {"2": {"view-data": "unrestricted", "create-queries": "no"}},
            "9": {"2": {"view-data": "unrestricted", "create-queries": "query-builder-and-native"}},
        }})
    );
}

#[test]
fn rights_that_are_as_they_should_be_need_no_patch() {
    let mut graph = new_graph("no", "query-builder-and-native");
    assert_eq!(rights_patch(&graph, 9, 2), None);
    let everybody = graph.pointer_mut("/groups/1/2").unwrap();
    everybody.as_object_mut().unwrap().remove("create-queries");
    assert_eq!(rights_patch(&graph, 9, 2), None, "left out is not given");
    assert!(rights_patch(&graph, 9, 3).is_some(), "another database");
    assert!(rights_patch(&graph, 8, 2).is_some(), "another group");
}

#[test]
fn an_old_graph_is_answered_in_its_own_shape() {
    let graph = json!({"revision": 3, "groups": {
        "1": {"2": {"data": {"schemas": "all", "native": "write"}}},
        "2": {"2": {"data": {"schemas": "all", "native": "write"}}},
    }});
    assert_eq!(Shape::of(&graph), Shape::Data);
    let patch = rights_patch(&graph, 4, 2).unwrap();
    assert_eq!(
        patch["groups"],
        json!({
            "1": {"2": {"data": {"schemas": "all", "native": "none"}}},
            "4": {"2": {"data": {"schemas": "all", "native": "write"}}},
        })
    );
    assert_eq!(
        Shape::of(&json!({"revision": 0, "groups": {}})),
        Shape::ViewData
    );
}
