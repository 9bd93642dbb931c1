//! One usable administrator always stays (contract §3.1).

use chrono::Duration;
use dango_auth::core::id::UserId;
use dango_auth::error::Error;
use dango_auth::users::{Confirmation, FirstCredential, Revision};
use dango_auth::{Caller, Kind};

use crate::house::{House, at_once, rounds};
use crate::people::{INVITE, grants, new_user, ready, role};

/// Every way to take an administrator away, by name.
fn ways(house: &House, caller: &Caller, id: UserId) -> Vec<(&'static str, Result<(), Error>)> {
    let users = house.auth.users();
    let revise = |revision: Revision| users.revise(caller, id, &revision, None).map(drop);
    let scoped = Revision {
        role: Some(role("viewer")),
        access: Some(grants(&[("sales", "editor")])),
        ..Revision::default()
    };
    let demoted = Revision {
        role: Some(role("manager")),
        ..Revision::default()
    };
    let off = Revision {
        active: Some(false),
        ..Revision::default()
    };
    vec![
        (
            "role",
            users.change_role(caller, id, &role("viewer")).map(drop),
        ),
        (
            "grant --only",
            users.grant(caller, id, "sales", "viewer", true).map(drop),
        ),
        ("revise role", revise(demoted)),
        ("revise access", revise(scoped)),
        ("revise active", revise(off)),
        ("deactivate", users.deactivate(caller, id).map(drop)),
        (
            "delete",
            users.delete(caller, id, &Confirmation::Given).map(drop),
        ),
    ]
}

fn refused(house: &House, caller: &Caller, id: UserId) {
    let (ways, events) = house.trace(|| ways(house, caller, id));
    for (way, answer) in ways {
        let error = answer.expect_err(way);
        assert_eq!(
            (error.kind(), error.code()),
            (Kind::Conflict, "last_admin"),
            "{way}"
        );
    }
    assert!(events.is_empty(), "{events:?}");
    assert!(house.row(id).user.is_usable_admin(house.now()));
}

fn the_last_one_cannot_be_taken_away_in_any_way(house: &House) {
    let admin = house.admin();
    let id = admin.user_id().unwrap();
    refused(house, &house.system(), id);
    // Nor by themselves, where the rule about oneself does not come first.
    let users = house.auth.users();
    let own = users.change_role(&admin, id, &role("viewer")).unwrap_err();
    assert_eq!(own.code(), "last_admin");
}

fn whoever_cannot_act_does_not_count(house: &House) {
    let admin = house.admin();
    let id = admin.user_id().unwrap();
    house.create(new_user("invited@x.org", "admin", INVITE));
    let idle = house.person("idle", "admin").user.id;
    let users = house.auth.users();
    users.deactivate(&admin, idle).unwrap();
    house.create(new_user(
        "late",
        "admin",
        FirstCredential::TemporaryPassword,
    ));
    house.pass(Duration::hours(dango_auth::users::TEMPORARY_PASSWORD_HOURS));
    refused(house, &house.system(), id);
    let admin = house.sign_in("ann@x.org");
    // They themselves may go freely.
    users.change_role(&admin, idle, &role("viewer")).unwrap();
    for name in ["invited@x.org", "late"] {
        let gone = house.named(name).user.id;
        users.delete(&admin, gone, &Confirmation::Given).unwrap();
    }
}

fn with_another_one_each_way_is_open(house: &House) {
    let admin = house.admin();
    for way in 0..7 {
        let name = format!("second{way}");
        let id = house.create(new_user(&name, "admin", ready())).user.user.id;
        // The ways before this one would change the person, so each gets somebody fresh.
        let users = house.auth.users();
        let answer = match way {
            0 => users.change_role(&admin, id, &role("viewer")).map(drop),
            1 => users.grant(&admin, id, "sales", "viewer", true).map(drop),
            2 => users.deactivate(&admin, id).map(drop),
            _ => users.delete(&admin, id, &Confirmation::Given).map(drop),
        };
        answer.unwrap();
    }
    refused(house, &house.system(), admin.user_id().unwrap());
}

fn two_who_demote_each_other_leave_one(house: &House) {
    let other = house.another(&[]);
    let pair = ["ada", "bet"].map(|name| house.person(name, "admin").user.id);
    let act = |auth: &dango_auth::Auth, way: usize, id: UserId| {
        let (caller, users) = (house.system(), auth.users());
        match way % 2 {
            0 => users.change_role(&caller, id, &role("viewer")).map(drop),
            _ => users.deactivate(&caller, id).map(drop),
        }
    };
    for round in 0..rounds(50, 5_000) {
        let answers = at_once(vec![
            Box::new(|| act(&house.auth, round, pair[0])) as Box<dyn FnOnce() -> _ + Send>,
            Box::new(|| act(&other, round / 2, pair[1])),
        ]);
        let left = pair.map(|id| house.row(id).user.is_usable_admin(house.now()));
        assert_eq!(
            left.iter().filter(|usable| **usable).count(),
            1,
            "{round}: {left:?}"
        );
        let errors: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(
            errors.iter().map(Error::code).collect::<Vec<_>>(),
            ["last_admin"]
        );
        for id in pair {
            let back = Revision {
                role: Some(role("admin")),
                active: Some(true),
                ..Revision::default()
            };
            house
                .auth
                .users()
                .revise(&house.system(), id, &back, None)
                .unwrap();
        }
    }
}

on_both_databases!(
    the_last_one_cannot_be_taken_away_in_any_way,
    whoever_cannot_act_does_not_count,
    with_another_one_each_way_is_open,
    two_who_demote_each_other_leave_one,
);
