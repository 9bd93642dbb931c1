//! Metabase slow, down, restarted, refusing: what waits is kept, and the last state arrives.

use std::time::Duration as RealTime;

use chrono::Duration;
use dango_auth::metabase::Courier;
use dango_auth::users::Confirmation;
use dango_testkit::metabase::{Age, Fault, Metabase};

use super::{Mirrored, by_password};
use crate::house::House;

on_both_databases! {
    a_thousand_changes_survive_an_outage_with_the_final_state,
    an_outage_is_told_once_and_costs_one_call_at_a_time,
    a_session_that_metabase_forgot_is_renewed_once,
    a_wrong_password_is_an_outage_that_does_not_show_it,
    a_slow_server_is_given_up_in_time,
    a_failure_with_one_person_does_not_keep_the_others,
    a_repeated_failure_with_one_person_is_told_once,
    a_conflict_over_the_graph_is_read_again,
    switching_the_mirror_off_drops_what_waits,
    a_courier_to_another_server_takes_nothing,
}

const PEOPLE: usize = 250;

/// What somebody ends up as after the four changes of the outage.
fn ending(number: usize) -> &'static str {
    match number % 5 {
        0 => "superuser",
        1 => "editor",
        2 | 3 => "everyone",
        _ => "deactivated",
    }
}

fn a_thousand_changes_survive_an_outage_with_the_final_state(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("root@x.org", "admin");
    let name = |number: usize| format!("p{number}@x.org");
    let people: Vec<_> = (0..PEOPLE)
        .map(|n| mirrored.add(&name(n), "viewer"))
        .collect();
    mirrored.round();
    mirrored.metabase.calls();
    mirrored.metabase.go_down();
    let (users, system) = (house.auth.users(), house.system());
    for (number, id) in people.iter().enumerate() {
        mirrored.change_role(*id, "developer");
        users.deactivate(&system, *id).unwrap();
        users.reactivate(&system, *id).unwrap();
        match number % 5 {
            0 => mirrored.change_role(*id, "admin"),
            1 => mirrored.change_role(*id, "editor"),
            2 => mirrored.change_role(*id, "operator"),
            3 => mirrored.change_role(*id, "viewer"),
            _ => drop(users.delete(&system, *id, &Confirmation::Given).unwrap()),
        }
        if number % 10 == 0 {
            house.pass(Duration::minutes(1));
            assert_eq!(mirrored.round().delivered, 0);
        }
    }
    assert_eq!(mirrored.waiting(), PEOPLE as u64, "each person once");
    assert_eq!(house.count("metabase_sync_failed"), 1);
    mirrored.metabase.come_back();
    house.pass(Duration::minutes(6));
    assert_eq!(mirrored.round().delivered, PEOPLE);
    for number in 0..PEOPLE {
        assert_eq!(mirrored.is(&name(number)), ending(number), "{number}");
    }
    let report = mirrored.report();
    assert_eq!((report.waiting.people, report.mirror.outage), (0, None));
    let found = mirrored.server.metabase().check(&system).unwrap();
    assert!(found.is_in_line(), "{:?}", found.differences);
}

fn an_outage_is_told_once_and_costs_one_call_at_a_time(house: &House) {
    let mut mirrored = Mirrored::new(house);
    for number in 0..20 {
        mirrored.add(&format!("p{number}@x.org"), "viewer");
    }
    mirrored.metabase.fail("", Fault::Status(503), 1_000);
    for _ in 0..60 {
        mirrored.round();
        house.pass(Duration::seconds(60));
    }
    let tries = mirrored.metabase.calls().len();
    assert!(
        (12..=20).contains(&tries),
        "in an hour, at most every 5 minutes: {tries}"
    );
    assert_eq!(house.count("metabase_sync_failed"), 1);
    let outage = mirrored.report().mirror.outage.unwrap();
    assert_eq!(outage.failures as usize, tries);
    assert!(outage.error.ends_with("answered 503"), "{}", outage.error);
    mirrored.metabase.mend();
    house.pass(Duration::minutes(5));
    assert_eq!(mirrored.round().delivered, 20);
    mirrored.metabase.fail("", Fault::Status(503), 1_000);
    mirrored.add("late@x.org", "viewer");
    for _ in 0..9 {
        mirrored.round();
        house.pass(Duration::minutes(5));
    }
    assert_eq!(house.count("metabase_sync_failed"), 2, "the next outage");
}

fn a_session_that_metabase_forgot_is_renewed_once(house: &House) {
    let mut mirrored = Mirrored::with(house, Metabase::start(Age::New), by_password);
    mirrored.metabase.forget_sessions();
    mirrored.add("bob@x.org", "viewer");
    assert_eq!(mirrored.round().delivered, 1);
    let calls = mirrored.metabase.calls();
    let sign_ins = calls
        .iter()
        .filter(|call| call.starts_with("POST /api/session"));
    assert_eq!(sign_ins.count(), 1, "{calls:#?}");
    mirrored.metabase.go_down();
    mirrored.metabase.come_back();
    mirrored.add("cleo@x.org", "viewer");
    assert_eq!(mirrored.round().delivered, 1, "a restart keeps the session");
}

fn a_wrong_password_is_an_outage_that_does_not_show_it(house: &House) {
    fn mistaken(metabase: &Metabase) -> Vec<(&'static str, String)> {
        let mut variables = by_password(metabase);
        "not the password".clone_into(&mut variables[3].1);
        variables
    }
    let mirrored = Mirrored::with(house, Metabase::start(Age::New), mistaken);
    let outage = mirrored.report().mirror.outage.unwrap();
    assert!(outage.error.contains("does not let metabase.email sign in"));
    assert!(!format!("{outage:?}").contains("not the password"));
}

fn a_slow_server_is_given_up_in_time(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob@x.org", "viewer");
    let slow = Fault::Slow(RealTime::from_secs(3));
    mirrored.metabase.fail("GET /api/user/current", slow, 1);
    let patience = RealTime::from_millis(200);
    let courier = Courier::with_patience(&mirrored.server, patience).unwrap();
    mirrored.courier = courier.unwrap();
    assert_eq!(mirrored.round().delivered, 0);
    let outage = mirrored.report().mirror.outage.unwrap();
    assert!(outage.error.contains("timeout"), "{}", outage.error);
    house.pass(Duration::minutes(1));
    assert_eq!(mirrored.round().delivered, 1);
}

fn a_failure_with_one_person_does_not_keep_the_others(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob@x.org", "viewer");
    mirrored.add("cleo@x.org", "viewer");
    mirrored
        .metabase
        .fail("POST /api/user", Fault::Status(500), 1);
    let round = mirrored.round();
    assert_eq!((round.delivered, round.failed), (1, 1));
    assert_eq!(mirrored.report().waiting.failing, 1);
    assert_eq!(mirrored.round().delivered, 0, "it is put off");
    house.pass(Duration::seconds(30));
    assert_eq!(mirrored.round().delivered, 1);
    assert_eq!(
        house.count("metabase_sync_failed"),
        0,
        "it passed by itself"
    );
}

fn a_repeated_failure_with_one_person_is_told_once(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let bob = mirrored.add("bob@x.org", "viewer");
    mirrored
        .metabase
        .fail("POST /api/user", Fault::Status(500), 100);
    for _ in 0..8 {
        mirrored.round();
        house.pass(Duration::hours(1));
    }
    let events = house.events();
    let told: Vec<_> = events
        .iter()
        .filter(|stored| stored.event.name.as_str() == "metabase_sync_failed")
        .collect();
    assert_eq!(told.len(), 1);
    let event = &told[0].event;
    assert_eq!(event.target.as_ref().unwrap().id, Some(bob.to_string()));
    assert_eq!(event.details["attempts"], 5);
    assert_eq!(event.details["error"], "POST /api/user answered 500");
}

fn a_conflict_over_the_graph_is_read_again(house: &House) {
    let metabase = Metabase::start(Age::New);
    metabase.fail("PUT /api/permissions/graph", Fault::Status(409), 2);
    let mirrored = Mirrored::with(house, metabase, by_password);
    let graph = mirrored.metabase.graph();
    assert_eq!(graph["groups"]["1"]["2"]["create-queries"], "no");
    assert_eq!(
        graph["groups"]["1"]["2"]["download"]["schemas"], "full",
        "kept"
    );
    assert_eq!(graph["revision"], 2, "one change got through");
}

fn switching_the_mirror_off_drops_what_waits(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let bob = mirrored.add("bob@x.org", "viewer");
    mirrored.round();
    mirrored.change_role(bob, "editor");
    house.auth.metabase().follow().unwrap();
    let standing = house.auth.metabase().standing(&house.system()).unwrap();
    assert!(standing.is_none());
    mirrored.change_role(bob, "admin");
    assert_eq!(mirrored.round().delivered, 0);
    mirrored.server.metabase().follow().unwrap();
    mirrored.round();
    assert_eq!(
        mirrored.is("bob@x.org"),
        "superuser",
        "everybody is picked up"
    );
    assert_eq!(mirrored.metabase.accounts().len(), 1, "links were kept");
}

fn a_courier_to_another_server_takes_nothing(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob@x.org", "viewer");
    let other = Mirrored::new(house);
    assert_eq!(mirrored.round().delivered, 0);
    assert!(mirrored.metabase.accounts().is_empty());
    assert_eq!(other.metabase.accounts().len(), 1);
}
