//! Settings changed at run time: seen everywhere at once, or refused with their field.

use std::collections::BTreeMap;

use dango_auth::settings::Origin;
use dango_auth::{Auth, Kind, Settings};
use serde_json::{Value, json};

use crate::house::{House, names};
use crate::people::{new_user, ready};

fn values<const N: usize>(list: [(&str, Value); N]) -> BTreeMap<String, Value> {
    list.map(|(name, value)| (name.to_owned(), value)).into()
}

fn idle(auth: &Auth) -> u32 {
    auth.settings().unwrap().session.idle_timeout_minutes
}

/// The origin of a setting, without the instant.
fn origin(settings: &Settings, name: &str) -> String {
    match settings.origin(name).unwrap() {
        Origin::Runtime { by, .. } => format!("set by {by}"),
        Origin::Environment { variable } => variable.clone(),
        other => format!("{other:?}"),
    }
}

fn a_change_is_seen_by_every_process_at_its_next_request(house: &House) {
    let admin = house.admin();
    let variable = "DANGO_AUTH__IDLE_TIMEOUT_MINUTES";
    let other = house.another(&[(variable, "33")]);
    assert_eq!((idle(&house.auth), idle(&other)), (1440, 33));
    let area = house.auth.configuration();
    let wanted = values([
        ("idle_timeout_minutes", json!(720)),
        ("require_2fa", json!(false)),
    ]);
    let ((), events) = house.traced(|| area.put(&admin, &wanted).unwrap());
    assert_eq!(names(&events), ["settings_changed", "settings_changed"]);
    let event = &events[0].event;
    assert_eq!(event.target.as_ref().unwrap().name, "idle_timeout_minutes");
    assert_eq!(
        (&event.details["before"], &event.details["after"]),
        (&json!("1440"), &json!(720))
    );
    for auth in [&house.auth, &other] {
        assert_eq!(idle(auth), 720);
        let settings = auth.settings().unwrap();
        assert_eq!(
            origin(&settings, "idle_timeout_minutes"),
            "set by ann@x.org"
        );
    }
    let shown = area.show(&admin).unwrap();
    assert!(shown.len() > 20);
    assert!(area.unset(&admin, "idle_timeout_minutes").unwrap().changed);
    assert!(!area.unset(&admin, "idle_timeout_minutes").unwrap().changed);
    assert_eq!((idle(&house.auth), idle(&other)), (1440, 33));
    let settings = other.settings().unwrap();
    assert_eq!(origin(&settings, "idle_timeout_minutes"), variable);
}

fn a_refused_command_leaves_no_stale_settings_behind(house: &House) {
    let admin = house.admin();
    let other = house.another(&[]);
    for minutes in [100, 200, 300] {
        // Refused late, in its transaction, which had moved the epoch on.
        let request = new_user("ann@x.org", "viewer", ready());
        other.users().create(&admin, request).unwrap_err();
        let wanted = values([("idle_timeout_minutes", json!(minutes))]);
        house.auth.configuration().put(&admin, &wanted).unwrap();
        assert_eq!((idle(&house.auth), idle(&other)), (minutes, minutes));
    }
}

fn changes_of_people_carry_no_settings_past_a_change_of_them(house: &House) {
    let admin = house.admin();
    let other = house.another(&[]);
    let request = new_user("bob@x.org", "viewer", ready());
    let bob = house.auth.users().create(&admin, request).unwrap();
    let processes = [&house.auth, &other];
    for (minutes, changes, puts) in [(100, 0, 0), (200, 0, 1), (300, 1, 0), (400, 1, 1)] {
        let change = |role: &str| {
            let role = processes[changes].parse_role(role).unwrap();
            let users = processes[changes].users();
            assert!(
                users
                    .change_role(&admin, bob.user.user.id, &role)
                    .unwrap()
                    .changed
            );
        };
        change("editor");
        let wanted = values([("idle_timeout_minutes", json!(minutes))]);
        processes[puts]
            .configuration()
            .put(&admin, &wanted)
            .unwrap();
        change("viewer");
        assert_eq!(processes.map(idle), [minutes, minutes]);
    }
}

fn bad_values_name_their_fields_and_nothing_is_set(house: &House) {
    let admin = house.admin();
    let area = house.auth.configuration();
    let cases = [
        ("idle_timeout_minutes", json!(0), "invalid_value"),
        ("idle_timeout_minutes", json!("soon"), "invalid_value"),
        ("lockout.max_attempts", json!(101), "invalid_value"),
        ("lockout", json!(5), "unknown_setting"),
        ("require_mfa", json!(true), "unknown_setting"),
        ("database_url", json!("sqlite:x"), "not_changeable"),
        ("enabled", json!(false), "not_changeable"),
    ];
    for (name, value, code) in cases {
        let wanted = values([(name, value.clone()), ("session_max_days", json!(3))]);
        let (refused, events) = house.trace(|| area.put(&admin, &wanted).unwrap_err());
        assert_eq!(refused.kind(), Kind::Invalid, "{name} {value}");
        let [field] = &refused.fields()[..] else {
            panic!("{refused}")
        };
        assert_eq!((&*field.field, &*field.code), (name, code), "{refused}");
        assert!(events.is_empty(), "{events:?}");
    }
    let refused = area.unset(&admin, "require_mfa").unwrap_err();
    assert_eq!(refused.fields()[0].code, "unknown_setting");
    let settings = house.auth.settings().unwrap();
    assert_eq!(settings.session.session_max_days, 365);
}

fn another_spelling_means_the_same_setting(house: &House) {
    let admin = house.admin();
    let area = house.auth.configuration();
    let twice = values([
        ("password_max_age_days", json!(30)),
        ("password.max_age_days", json!(60)),
    ]);
    let refused = area.put(&admin, &twice).unwrap_err();
    assert_eq!(refused.fields()[0].code, "duplicate_setting");
    let days = || house.auth.settings().unwrap().password.max_age_days;
    area.put(&admin, &values([("password_max_age_days", json!(30))]))
        .unwrap();
    assert_eq!(days(), 30);
    area.put(&admin, &values([("password.max_age_days", json!(60))]))
        .unwrap();
    assert_eq!(days(), 60);
    assert!(area.unset(&admin, "password_max_age_days").unwrap().changed);
    assert_eq!(days(), 0);
}

fn a_stored_value_that_fits_no_more_closes_the_doors_until_it_is_unset(house: &House) {
    use dango_auth::core::audit::{EventName, Target};
    use dango_auth::ports::{InstallationChanges as _, StoredSetting};
    let admin = house.admin();
    let setting = StoredSetting {
        name: "of_another_version".to_owned(),
        value: "7".to_owned(),
        updated_by: "ann@x.org".to_owned(),
        updated_at: house.now(),
    };
    let act = house.system().act(house.now());
    let event = || act.event(EventName::SETTINGS_CHANGED, Target::system("test"));
    let stored = house.store().change(|tx| tx.put_setting(&setting, event()));
    stored.unwrap();
    let area = house.auth.configuration();
    for refused in [
        house.auth.settings().map(drop).unwrap_err(),
        area.unset(&admin, "of_another_version")
            .map(drop)
            .unwrap_err(),
        house
            .try_password("ann@x.org", crate::people::PASSWORD, "203.0.113.5")
            .map(drop)
            .unwrap_err(),
    ] {
        assert_eq!(refused.kind(), Kind::Unavailable, "{refused}");
        assert!(
            refused.to_string().contains("of_another_version"),
            "{refused}"
        );
    }
    assert!(
        area.unset(&house.system(), "of_another_version")
            .unwrap()
            .changed
    );
    house.signed_in("ann@x.org");
}

fn settings_are_for_whoever_manages_sign_in(house: &House) {
    house.admin();
    let manager = house.member("bob", "manager");
    let area = house.auth.configuration();
    let refused = area.show(&manager).map(drop).unwrap_err();
    assert_eq!(refused.to_string(), "Permission denied: auth.manage");
    let wanted = values([("require_2fa", json!(true))]);
    let (refused, events) = house.trace(|| area.put(&manager, &wanted).unwrap_err());
    assert_eq!(refused.kind(), Kind::Denied);
    assert_eq!(events, ["permission_denied"]);
    assert_eq!(
        area.unset(&manager, "require_2fa").unwrap_err().kind(),
        Kind::Denied
    );
}

on_both_databases!(
    a_change_is_seen_by_every_process_at_its_next_request,
    a_refused_command_leaves_no_stale_settings_behind,
    changes_of_people_carry_no_settings_past_a_change_of_them,
    bad_values_name_their_fields_and_nothing_is_set,
    another_spelling_means_the_same_setting,
    a_stored_value_that_fits_no_more_closes_the_doors_until_it_is_unset,
    settings_are_for_whoever_manages_sign_in,
);
