//! What was changed in Metabase itself is found and put right.

use chrono::Duration;
use dango_auth::core::metabase::Standing;
use dango_auth::metabase::{MetabaseError, Reason};
use dango_auth::{Error, Kind};
use dango_testkit::metabase::Fault;

use super::Mirrored;
use crate::house::House;

on_both_databases! {
    drift_is_found_named_and_put_right,
    checking_changes_nothing,
    everybody_is_compared_every_quarter_of_an_hour,
    a_group_that_was_deleted_is_made_again,
    somebody_deleted_while_nobody_followed_is_deactivated,
    syncing_tries_again_whoever_was_put_off,
    without_a_server_there_is_nothing_to_compare,
    only_administrators_may_compare,
}

/// Three people who were delivered, and then changed by hand.
fn drifted(house: &House) -> Mirrored<'_> {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("ann@x.org", "editor");
    mirrored.add("bob@x.org", "viewer");
    mirrored.add("cleo@x.org", "viewer");
    mirrored.add("dan@x.org", "viewer");
    mirrored.round();
    let id = |email: &str| mirrored.metabase.account(email).id;
    let (ann, bob, cleo) = (id("ann@x.org"), id("bob@x.org"), id("cleo@x.org"));
    let group = mirrored.metabase.group("Dango Editors").unwrap();
    mirrored.metabase.leave(group, ann);
    mirrored
        .metabase
        .change(bob, |account| account.superuser = true);
    mirrored.metabase.remove(cleo);
    mirrored.metabase.calls();
    mirrored
}

fn drift_is_found_named_and_put_right(house: &House) {
    let mirrored = drifted(house);
    let found = mirrored.server.metabase().check(&house.system()).unwrap();
    let mut seen: Vec<_> = found
        .differences
        .iter()
        .map(|one| (one.person.name.as_str(), one.reason, one.wanted, one.found))
        .collect();
    seen.sort_by_key(|one| one.0);
    let different = Reason::Different;
    assert_eq!(
        seen,
        [
            (
                "ann@x.org",
                different,
                Standing::Editor,
                Some(Standing::Everyone)
            ),
            (
                "bob@x.org",
                different,
                Standing::Everyone,
                Some(Standing::Superuser)
            ),
            ("cleo@x.org", Reason::Missing, Standing::Everyone, None),
        ]
    );
    let mut steps = 0;
    let done = mirrored
        .server
        .metabase()
        .sync(&house.system(), |_| steps += 1)
        .unwrap();
    assert_eq!((done.done.delivered, steps), (3, 3));
    assert_eq!(done.before.differences.len(), 3);
    assert_eq!(done.after.waiting.people, 0);
    let again = mirrored.server.metabase().check(&house.system()).unwrap();
    assert!(again.is_in_line(), "{again:?}");
}

fn checking_changes_nothing(house: &House) {
    let mirrored = drifted(house);
    mirrored.server.metabase().check(&house.system()).unwrap();
    let calls = mirrored.metabase.calls();
    assert!(
        calls.iter().all(|call| call.starts_with("GET ")),
        "{calls:#?}"
    );
    assert_eq!(mirrored.waiting(), 0);
}

fn everybody_is_compared_every_quarter_of_an_hour(house: &House) {
    let mut mirrored = drifted(house);
    house.pass(Duration::minutes(14));
    assert!(!mirrored.round().compared);
    house.pass(Duration::minutes(1));
    let round = mirrored.round();
    assert!(round.compared);
    assert_eq!(round.delivered, 3);
    assert_eq!(mirrored.report().mirror.drift, 3, "as found");
    house.pass(Duration::minutes(15));
    assert_eq!(mirrored.round().delivered, 0);
    assert_eq!(mirrored.report().mirror.drift, 0);
}

fn a_group_that_was_deleted_is_made_again(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("ann@x.org", "editor");
    mirrored.round();
    let group = mirrored.metabase.group("Dango Editors").unwrap();
    mirrored.metabase.remove_group(group);
    let found = mirrored.server.metabase().check(&house.system()).unwrap();
    assert!(found.group_missing && found.rights_differ && !found.is_in_line());
    house.pass(Duration::minutes(15));
    mirrored.round();
    assert_eq!(mirrored.is("ann@x.org"), "editor");
    assert_eq!(mirrored.waiting(), 0);
}

fn somebody_deleted_while_nobody_followed_is_deactivated(house: &House) {
    let mut mirrored = Mirrored::new(house);
    let bob = mirrored.add("bob@x.org", "viewer");
    mirrored.round();
    house.auth.metabase().follow().unwrap();
    let gone = dango_auth::users::Confirmation::Given;
    house
        .auth
        .users()
        .delete(&house.system(), bob, &gone)
        .unwrap();
    mirrored.server.metabase().follow().unwrap();
    let found = mirrored.server.metabase().check(&house.system()).unwrap();
    assert_eq!(found.differences[0].reason, Reason::Gone);
    mirrored.round();
    assert_eq!(mirrored.is("bob@x.org"), "deactivated");
    assert_eq!(mirrored.waiting(), 0);
}

fn syncing_tries_again_whoever_was_put_off(house: &House) {
    let mut mirrored = Mirrored::new(house);
    mirrored.add("bob@x.org", "viewer");
    mirrored
        .metabase
        .fail("POST /api/user", Fault::Status(500), 1);
    mirrored.round();
    assert_eq!(mirrored.waiting(), 1);
    let done = mirrored.server.metabase().sync(&house.system(), |_| ());
    assert_eq!(done.unwrap().done.delivered, 1);
    mirrored.metabase.fail("", Fault::Status(503), 1);
    let down = mirrored.server.metabase().sync(&house.system(), |_| ());
    let error = down.unwrap_err();
    assert!(matches!(error, MetabaseError::Unavailable(_)), "{error}");
}

fn without_a_server_there_is_nothing_to_compare(house: &House) {
    let none = house.auth.metabase().check(&house.system());
    assert!(matches!(none, Err(MetabaseError::NotConfigured)));
}

fn only_administrators_may_compare(house: &House) {
    let mirrored = Mirrored::new(house);
    let viewer = house.member("bob@x.org", "viewer");
    let area = mirrored.server.metabase();
    let denied = |error: MetabaseError| match error {
        MetabaseError::Auth(error) => error.kind(),
        other => panic!("{other}"),
    };
    assert_eq!(denied(area.check(&viewer).unwrap_err()), Kind::Denied);
    assert_eq!(
        denied(area.sync(&viewer, |_| ()).unwrap_err()),
        Kind::Denied
    );
    let looked = area.standing(&viewer);
    assert!(matches!(looked, Err(Error::Denied { .. })));
}
