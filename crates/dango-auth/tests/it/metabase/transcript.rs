//! Which calls each operation makes, in which order, as a snapshot.

use std::fmt::Write as _;

use dango_auth::users::Confirmation;
use dango_testkit::metabase::{Age, Metabase};

use super::{by_key, by_password, courier, server};
use crate::house::House;
use crate::people::role;

/// A life from the first start to the deletion, with the calls of each step.
fn life(age: Age, sign_in: fn(&Metabase) -> Vec<(&'static str, String)>) -> String {
    let house = House::on_sqlite();
    let metabase = Metabase::start(age);
    let auth = server(&house, &sign_in(&metabase));
    let mut courier = courier(&auth);
    let (users, system) = (house.auth.users(), house.system());
    let mut text = String::new();
    let mut step = |what: &str| {
        courier.round().unwrap();
        let calls = metabase.calls().join("\n  ");
        write!(text, "{what}\n  {calls}\n").unwrap();
    };
    step("first start");
    let bob = house.person("bob@x.org", "viewer").user.id;
    step("a viewer is added");
    let change = |as_role: &str| drop(users.change_role(&system, bob, &role(as_role)).unwrap());
    change("editor");
    step("viewer becomes editor");
    change("admin");
    step("editor becomes admin");
    house.person("root@x.org", "admin");
    step("an admin is added");
    users.deactivate(&system, bob).unwrap();
    step("an admin is deactivated");
    users.reactivate(&system, bob).unwrap();
    step("an admin is reactivated");
    change("editor");
    step("admin becomes editor");
    change("viewer");
    step("editor becomes viewer");
    users.delete(&system, bob, &Confirmation::Given).unwrap();
    step("a viewer is deleted");
    house.person("bob@x.org", "editor");
    step("a successor of the same address is added");
    metabase.add("known@x.org", true, &[]);
    house.person("known@x.org", "viewer");
    step("a viewer is added whom Metabase has as administrator");
    text
}

#[test]
fn the_calls_of_each_operation_by_key() {
    insta::assert_snapshot!(life(Age::New, by_key));
}

#[test]
fn the_calls_of_each_operation_by_password_on_an_old_server() {
    insta::assert_snapshot!(life(Age::Old, by_password));
}
