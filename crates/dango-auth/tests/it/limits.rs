//! How many requests an address may make.

use chrono::Duration;
use dango_auth::core::Source;
use dango_auth::core::audit::Outcome;

use crate::house::{House, at_once, names};

fn source(address: &str) -> Source {
    Source::of(address.parse().unwrap())
}

fn sign_ins_are_counted_over_all_processes_and_noted_once(house: &House) {
    let other = house.another(&[]);
    let here = source("198.51.100.7");
    let tries = (0..16).map(|at| {
        let auth = if at % 2 == 0 { &house.auth } else { &other };
        move || auth.limits().login(here).unwrap().unwrap()
    });
    let decisions = at_once(tries.collect());
    assert_eq!(
        decisions
            .iter()
            .filter(|decision| decision.admitted)
            .count(),
        10
    );
    let events = house.events();
    assert_eq!(names(&events), ["rate_limit_hit"]);
    let event = &events[0].event;
    assert_eq!(event.origin.ip, Some("198.51.100.7".parse().unwrap()));
    assert_eq!(event.outcome, Outcome::Denied);
    let refused = house.auth.limits().login(here).unwrap().unwrap();
    assert_eq!(
        (
            refused.limit,
            refused.remaining,
            refused.retry_after_seconds
        ),
        (10, 0, 60)
    );
    assert!(
        other
            .limits()
            .login(source("198.51.100.8"))
            .unwrap()
            .unwrap()
            .admitted
    );
    house.pass(Duration::seconds(60));
    assert!(house.auth.limits().login(here).unwrap().unwrap().admitted);
}

fn other_requests_are_counted_in_each_process(house: &House) {
    let here = source("2001:db8::1");
    let neighbour = source("2001:db8::ffff");
    let limits = house.auth.limits();
    let admitted = (0..300).filter(|_| limits.general(here).unwrap().unwrap().admitted);
    assert_eq!(admitted.count(), 200);
    // One network is one source.
    assert!(!limits.general(neighbour).unwrap().unwrap().admitted);
    assert!(
        limits
            .general(source("2001:db8:0:1::1"))
            .unwrap()
            .unwrap()
            .admitted
    );
    house.pass(Duration::seconds(60));
    assert!(limits.general(here).unwrap().unwrap().admitted);
}

fn limits_can_be_switched_off(house: &House) {
    let auth = house.another(&[("DANGO_AUTH__RATE_LIMIT__ENABLED", "false")]);
    let here = source("198.51.100.7");
    for _ in 0..300 {
        assert!(auth.limits().login(here).unwrap().is_none());
        assert!(auth.limits().general(here).unwrap().is_none());
    }
}

on_both_databases!(
    sign_ins_are_counted_over_all_processes_and_noted_once,
    other_requests_are_counted_in_each_process,
    limits_can_be_switched_off,
);
