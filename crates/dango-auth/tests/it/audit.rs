//! The log: what can be asked of it, and by whom.

use chrono::Duration;
use dango_auth::audit::AnchorWhen;
use dango_auth::core::audit::{EventName, Outcome, Via};
use dango_auth::ports::{AuditFilter, ChainReport};
use dango_auth::{Caller, Kind};

use crate::house::{House, names};
use crate::people::{HOME, PASSWORD, WRONG, new_user, ready};

fn ask(house: &House, caller: &Caller, filter: &AuditFilter) -> Vec<String> {
    let page = house.auth.audit().query(caller, filter, 1_000).unwrap();
    names(&page.rows)
}

/// A small history: an administrator, somebody who fails to sign in and then does, somebody deactivated.
fn history(house: &House) -> Caller {
    let admin = house.admin();
    house.pass(Duration::hours(1));
    let request = new_user("bob", "viewer", ready());
    let bob = house.auth.users().create(&admin, request).unwrap();
    house
        .try_password("bob", WRONG, "198.51.100.9")
        .unwrap_err();
    house.pass(Duration::hours(1));
    house.try_password("bob", PASSWORD, HOME).unwrap();
    house
        .auth
        .users()
        .deactivate(&admin, bob.user.user.id)
        .unwrap();
    admin
}

fn events_are_filtered_by_name_actor_person_address_time_and_outcome(house: &House) {
    let start = house.now();
    let admin = history(house);
    let all = AuditFilter::default();
    let everything = [
        "user_deactivated",
        "login_success",
        "login_failed",
        "user_created",
        "login_success",
        "setup_completed",
    ];
    assert_eq!(ask(house, &admin, &all), everything);
    let cases = [
        (
            AuditFilter {
                names: vec![EventName::LOGIN_FAILED, EventName::USER_CREATED],
                ..all.clone()
            },
            &["login_failed", "user_created"][..],
        ),
        (
            AuditFilter {
                actor: Some("ann@x.org".to_owned()),
                ..all.clone()
            },
            &["user_deactivated", "user_created", "login_success"],
        ),
        (
            AuditFilter {
                user: Some("bob".to_owned()),
                ..all.clone()
            },
            &[
                "user_deactivated",
                "login_success",
                "login_failed",
                "user_created",
            ],
        ),
        (
            AuditFilter {
                ip: Some("198.51.100.9".parse().unwrap()),
                ..all.clone()
            },
            &["login_failed"],
        ),
        (
            AuditFilter {
                since: Some(start + Duration::hours(1)),
                until: Some(start + Duration::hours(2)),
                ..all.clone()
            },
            &["login_failed", "user_created"],
        ),
        (
            AuditFilter {
                outcome: Some(Outcome::Failure),
                ..all
            },
            &["login_failed"],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(ask(house, &admin, &filter), expected, "{filter:?}");
    }
}

fn the_cursor_walks_the_whole_log_once(house: &House) {
    let admin = history(house);
    let mut filter = AuditFilter::default();
    let mut ids = Vec::new();
    loop {
        let page = house.auth.audit().query(&admin, &filter, 2).unwrap();
        assert!(page.rows.len() <= 2);
        ids.extend(page.rows.iter().map(|event| event.id));
        filter.before = ids.last().copied();
        if !page.more {
            break;
        }
    }
    assert_eq!(ids, [6, 5, 4, 3, 2, 1]);
    let one = house
        .auth
        .audit()
        .query(&admin, &AuditFilter::default(), 0)
        .unwrap();
    assert_eq!((one.rows.len(), one.more), (1, true));
}

fn event_types_are_asked_for_by_name(house: &House) {
    let audit = house.auth.audit();
    for text in ["login_failed", "login_failure"] {
        assert_eq!(audit.parse_type(text).unwrap(), EventName::LOGIN_FAILED);
    }
    // Never occurred, but one of ours.
    assert_eq!(
        audit.parse_type("auth_disabled").unwrap(),
        EventName::AUTH_DISABLED
    );
    for text in ["sync_triggered", "", "Nonsense!", "login_failed;"] {
        let refused = audit.parse_type(text).unwrap_err();
        assert_eq!(
            (refused.kind(), &*refused.fields()[0].field),
            (Kind::Invalid, "type"),
            "{text}"
        );
    }
}

fn the_log_is_for_managers_and_administrators(house: &House) {
    history(house);
    let manager = house.member("mia", "manager");
    assert!(!ask(house, &manager, &AuditFilter::default()).is_empty());
    let viewer = house.member("vic", "viewer");
    let audit = house.auth.audit();
    let refusals = [
        audit
            .query(&viewer, &AuditFilter::default(), 1)
            .map(drop)
            .unwrap_err(),
        audit.verify(&viewer).map(drop).unwrap_err(),
        audit.head(&viewer).map(drop).unwrap_err(),
        audit.note_export(&viewer, "csv", 1).unwrap_err(),
    ];
    for refused in refusals {
        assert_eq!(refused.kind(), Kind::Denied);
    }
    assert_eq!(house.count("permission_denied"), 4);
    let (report, events) = house.trace(|| audit.verify(&manager).unwrap());
    assert!(matches!(report, ChainReport::Intact { rows } if rows > 6));
    assert!(events.is_empty(), "{events:?}");
    let ((), events) = house.traced(|| audit.note_export(&manager, "csv", 7).unwrap());
    assert_eq!(names(&events), ["audit_exported"]);
    let event = &events[0].event;
    assert_eq!(
        (&event.details["format"], &event.details["rows"]),
        (&"csv".into(), &7.into())
    );
}

fn an_event_says_who_did_what_to_whom_from_where(house: &House) {
    let admin = history(house);
    let events = house.events();
    let (created, deactivated) = (&events[2].event, &events[5].event);
    assert_eq!(
        events.iter().map(|event| event.id).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
    for event in [created, deactivated] {
        assert_eq!(
            event.actor.id(),
            Some(&*admin.user_id().unwrap().to_string())
        );
        assert_eq!(event.origin.via, Via::Api);
        assert_eq!(event.origin.ip, Some(HOME.parse().unwrap()));
        assert_eq!(event.origin.user_agent.as_deref(), Some("tests"));
        assert_eq!(event.origin.request_id.as_deref(), Some("r-1"));
        assert_eq!(event.outcome, Outcome::Success);
        assert_eq!(event.target.as_ref().unwrap().name, "bob");
    }
    assert_eq!(deactivated.at, house.now());
    let by_command = &events[0].event;
    assert_eq!(
        (by_command.origin.via, by_command.actor.name()),
        (Via::Cli, "tester")
    );
    assert_eq!(by_command.origin.ip, None);
}

/// Another process that anchors the log after something new; answers whether it found what was anchored.
fn is_intact_to_another(house: &House, admin: &Caller, name: &str) -> bool {
    let another = house.another(&[]);
    let request = new_user(name, "viewer", ready());
    house.auth.users().create(admin, request).unwrap();
    assert!(another.audit().anchor(AnchorWhen::Now).unwrap());
    another.counts().chain_intact
}

fn a_log_without_its_anchored_event_shows_in_the_counters(house: &House) {
    let admin = history(house);
    assert!(house.auth.audit().anchor(AnchorWhen::Now).unwrap());
    assert!(is_intact_to_another(house, &admin, "x1"));
    let file = house.anchors_file();
    let good = std::fs::read_to_string(&file).unwrap();
    let last: serde_json::Value = serde_json::from_str(good.lines().last().unwrap()).unwrap();
    let (id, mac) = (&last["id"], &last["mac"]);
    for (name, id, mac) in [
        ("x2", id.as_i64().unwrap(), "0".repeat(64)),
        ("x3", 1_000, mac.as_str().unwrap().to_owned()),
    ] {
        let line = serde_json::json!({"id": id, "mac": mac, "at": last["at"]});
        std::fs::write(&file, format!("{good}{line}\n")).unwrap();
        assert!(!is_intact_to_another(house, &admin, name), "{line}");
    }
    std::fs::write(&file, good).unwrap();
    assert!(is_intact_to_another(house, &admin, "x4"));
}

on_both_databases!(
    a_log_without_its_anchored_event_shows_in_the_counters,
    events_are_filtered_by_name_actor_person_address_time_and_outcome,
    the_cursor_walks_the_whole_log_once,
    event_types_are_asked_for_by_name,
    the_log_is_for_managers_and_administrators,
    an_event_says_who_did_what_to_whom_from_where,
);
