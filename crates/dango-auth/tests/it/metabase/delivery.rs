//! One person after the other, as they are now.

use dango_auth::core::id::UserId;
use dango_auth::users::Confirmation;
use dango_testkit::metabase::{API_KEY, Age, Fault, Metabase, SERVICE_EMAIL};

use super::{Mirrored, by_key, by_password, courier, server};
use crate::house::{House, at_once};

on_both_databases! {
    each_role_becomes_what_it_should_be,
    a_life_is_followed_step_by_step,
    somebody_who_is_there_already_is_linked_and_brought_in_line,
    a_deactivated_account_of_the_same_address_is_taken_back_into_use,
    groups_that_are_not_ours_are_left_alone,
    the_service_account_is_never_touched,
    people_without_a_usual_address_have_no_account,
    links_hold_when_the_address_changes_there,
    a_successor_of_the_same_address_takes_the_account_over,
    an_account_of_somebody_else_is_refused_and_told_once,
    an_account_deleted_there_is_made_again,
    a_lost_answer_makes_no_second_account,
    an_old_server_is_served_as_well,
    two_servers_deliver_once,
}

fn delete(mirrored: &Mirrored<'_>, id: UserId) {
    let users = mirrored.house.auth.users();
    let system = mirrored.house.system();
    users.delete(&system, id, &Confirmation::Given).unwrap();
}

fn deactivate(mirrored: &Mirrored<'_>, id: UserId) {
    let users = mirrored.house.auth.users();
    users.deactivate(&mirrored.house.system(), id).unwrap();
}

fn reactivate(mirrored: &Mirrored<'_>, id: UserId) {
    let users = mirrored.house.auth.users();
    users.reactivate(&mirrored.house.system(), id).unwrap();
}

fn each_role_becomes_what_it_should_be(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let roles = [
        "admin",
        "manager",
        "developer",
        "editor",
        "operator",
        "viewer",
    ];
    for name in roles {
        mirrored.add(&format!("{name}@x.org"), name);
    }
    assert_eq!(mirrored.round().delivered, 6);
    let is = roles.map(|name| mirrored.is(&format!("{name}@x.org")));
    let expected = [
        "superuser",
        "editor",
        "editor",
        "editor",
        "everyone",
        "everyone",
    ];
    assert_eq!(is, expected);
    assert_eq!(mirrored.waiting(), 0);
    assert_eq!(mirrored.round().delivered, 0, "nothing is done twice");
}

fn a_life_is_followed_step_by_step(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("root@x.org", "admin");
    let bob = mirrored.add("bob@x.org", "viewer");
    let see = |mirrored: &mut Mirrored<'_>, expected: &str| {
        mirrored.round();
        assert_eq!(mirrored.is("bob@x.org"), expected);
    };
    see(&mut mirrored, "everyone");
    mirrored.change_role(bob, "editor");
    see(&mut mirrored, "editor");
    mirrored.change_role(bob, "admin");
    see(&mut mirrored, "superuser");
    deactivate(&mirrored, bob);
    see(&mut mirrored, "deactivated");
    assert!(!mirrored.metabase.account("bob@x.org").superuser);
    reactivate(&mirrored, bob);
    see(&mut mirrored, "superuser");
    mirrored.change_role(bob, "operator");
    see(&mut mirrored, "everyone");
    delete(&mirrored, bob);
    see(&mut mirrored, "deactivated");
}

fn somebody_who_is_there_already_is_linked_and_brought_in_line(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let id = mirrored.metabase.add("Bob@X.org", true, &[]);
    mirrored.add("bob@x.org", "viewer");
    mirrored.round();
    assert_eq!(mirrored.metabase.accounts().len(), 1, "no second one");
    assert_eq!(mirrored.metabase.account("Bob@X.org").id, id);
    assert_eq!(mirrored.is("Bob@X.org"), "everyone");
}

fn a_deactivated_account_of_the_same_address_is_taken_back_into_use(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let id = mirrored.metabase.add("bob@x.org", false, &[]);
    mirrored
        .metabase
        .change(id, |account| account.active = false);
    mirrored.add("bob@x.org", "editor");
    mirrored.round();
    assert_eq!(mirrored.is("bob@x.org"), "editor");
}

fn groups_that_are_not_ours_are_left_alone(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let sales = mirrored.metabase.add_group("Sales");
    mirrored.metabase.add("bob@x.org", false, &[sales]);
    let bob = mirrored.add("bob@x.org", "editor");
    mirrored.round();
    mirrored.change_role(bob, "viewer");
    mirrored.round();
    assert!(
        mirrored
            .metabase
            .account("bob@x.org")
            .groups
            .contains(&sales)
    );
    assert_eq!(mirrored.is("bob@x.org"), "everyone");
}

fn the_service_account_is_never_touched(house: &House) {
    let mut mirrored = Mirrored::with(house, Metabase::start(Age::New), by_password);
    let service = mirrored.add(SERVICE_EMAIL, "viewer");
    mirrored.round();
    mirrored.change_role(service, "operator");
    mirrored.round();
    deactivate(&mirrored, service);
    mirrored.round();
    let calls = mirrored.metabase.calls();
    let touched = [
        "PUT /api/user/1",
        "DELETE /api/user/1 ",
        "POST /api/permissions/membership",
    ];
    let is_touching = |call: &&String| touched.iter().any(|start| call.starts_with(start));
    assert_eq!(calls.iter().find(is_touching), None, "{calls:#?}");
    assert_eq!(mirrored.waiting(), 0);
    let found = mirrored.server.metabase().check(&house.system()).unwrap();
    assert_eq!(found.service_account.as_deref(), Some(SERVICE_EMAIL));
}

fn people_without_a_usual_address_have_no_account(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob", "editor");
    mirrored.add("root@localhost", "viewer");
    let round = mirrored.round();
    assert_eq!((round.delivered, round.without_address), (2, 2));
    assert!(mirrored.metabase.accounts().is_empty());
    let mut found = mirrored.server.metabase().check(&house.system()).unwrap();
    found.without_address.sort();
    assert_eq!(found.without_address, ["bob", "root@localhost"]);
    assert!(found.is_in_line());
}

fn links_hold_when_the_address_changes_there(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let bob = mirrored.add("bob@x.org", "editor");
    mirrored.round();
    let id = mirrored.metabase.account("bob@x.org").id;
    let renamed = |account: &mut dango_testkit::metabase::Account| {
        "robert@x.org".clone_into(&mut account.email);
    };
    mirrored.metabase.change(id, renamed);
    mirrored.change_role(bob, "viewer");
    mirrored.round();
    assert_eq!(mirrored.metabase.accounts().len(), 1);
    assert_eq!(mirrored.is("robert@x.org"), "everyone");
}

fn a_successor_of_the_same_address_takes_the_account_over(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let first = mirrored.add("bob@x.org", "admin");
    mirrored.add("root@x.org", "admin");
    mirrored.round();
    delete(&mirrored, first);
    // Queued behind the one who is gone, and delivered with them in one round.
    mirrored.add("bob@x.org", "viewer");
    assert_eq!(mirrored.round().delivered, 2);
    assert_eq!(mirrored.is("bob@x.org"), "everyone");
    assert_eq!(mirrored.metabase.accounts().len(), 2);
    let found = mirrored.server.metabase().check(&house.system()).unwrap();
    assert!(found.is_in_line(), "{found:?}");
}

fn an_account_of_somebody_else_is_refused_and_told_once(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob@x.org", "viewer");
    mirrored.round();
    let id = mirrored.metabase.account("bob@x.org").id;
    let taken = |account: &mut dango_testkit::metabase::Account| {
        "eve@x.org".clone_into(&mut account.email);
    };
    mirrored.metabase.change(id, taken);
    mirrored.add("eve@x.org", "admin");
    for _ in 0..4 {
        mirrored.round();
        house.pass(chrono::Duration::hours(1));
    }
    assert_eq!(mirrored.is("eve@x.org"), "everyone", "Bob's, and as Bob's");
    assert_eq!(house.count("metabase_sync_failed"), 1);
    let waiting = mirrored.report().people.remove(0);
    assert_eq!((waiting.name.as_str(), waiting.attempts), ("eve@x.org", 4));
    let error = waiting.last_error.unwrap();
    assert!(error.contains("somebody else here (bob@x.org)"), "{error}");
}

fn an_account_deleted_there_is_made_again(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let bob = mirrored.add("bob@x.org", "viewer");
    mirrored.round();
    let id = mirrored.metabase.account("bob@x.org").id;
    mirrored.metabase.remove(id);
    mirrored.change_role(bob, "editor");
    mirrored.round();
    assert_ne!(mirrored.metabase.account("bob@x.org").id, id);
    assert_eq!(mirrored.is("bob@x.org"), "editor");
}

fn a_lost_answer_makes_no_second_account(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob@x.org", "editor");
    let fault = Fault::DoneButLost;
    mirrored.metabase.fail("POST /api/user", fault, 1);
    mirrored
        .metabase
        .fail("POST /api/permissions/membership", fault, 1);
    for _ in 0..3 {
        mirrored.round();
        house.pass(chrono::Duration::minutes(1));
    }
    assert_eq!(mirrored.metabase.accounts().len(), 1);
    assert_eq!(mirrored.is("bob@x.org"), "editor");
    assert_eq!(mirrored.waiting(), 0);
}

fn an_old_server_is_served_as_well(house: &House) {
    let mut mirrored = Mirrored::with(house, Metabase::start(Age::Old), by_password);
    mirrored.add("root@x.org", "admin");
    let bob = mirrored.add("bob@x.org", "editor");
    mirrored.round();
    assert_eq!(mirrored.is("bob@x.org"), "editor");
    deactivate(&mirrored, bob);
    mirrored.round();
    assert_eq!(mirrored.is("bob@x.org"), "deactivated");
    reactivate(&mirrored, bob);
    mirrored.round();
    assert_eq!(mirrored.is("bob@x.org"), "editor");
    let group = mirrored.metabase.group("Dango Editors").unwrap();
    let graph = mirrored.metabase.graph();
    let native = |group: i64| graph["groups"][group.to_string()]["2"]["data"]["native"].clone();
    assert_eq!((native(1), native(group)), ("none".into(), "write".into()));
}

fn two_servers_deliver_once(house: &House) {
    let metabase = Metabase::start(Age::New);
    let servers = [(); 2].map(|()| server(house, &by_key(&metabase)));
    for number in 0..30 {
        house.person(&format!("p{number}@x.org"), "editor");
    }
    let couriers = servers.each_ref().map(courier);
    let rounds = at_once(
        couriers
            .into_iter()
            .map(|mut courier| move || courier.round().unwrap())
            .collect(),
    );
    assert_eq!(
        rounds.iter().map(|round| round.delivered).sum::<usize>(),
        30
    );
    assert_eq!(rounds.iter().filter(|round| round.compared).count(), 1);
    let calls = metabase.calls();
    let count = |start: &str| calls.iter().filter(|call| call.starts_with(start)).count();
    assert_eq!(count("POST /api/user "), 30);
    assert_eq!(count("POST /api/permissions/membership "), 30);
    let groups = calls
        .iter()
        .filter(|call| call.starts_with("POST /api/permissions/group "));
    assert_eq!(groups.filter(|call| call.ends_with("-> 200")).count(), 1);
    assert_eq!(metabase.accounts().len(), 30);
    for auth in &servers {
        let shown = format!("{:?}", auth.settings().unwrap());
        assert!(!shown.contains(API_KEY), "a secret is never shown");
    }
}
