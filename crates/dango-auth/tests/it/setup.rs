//! The first administrator, and the way back in.

use chrono::Duration;
use dango_auth::core::audit::{EventName, Via};
use dango_auth::core::change::Change;
use dango_auth::core::session::Transport;
use dango_auth::core::user::DeletedUser;
use dango_auth::error::Error;
use dango_auth::ports::UserReads as _;
use dango_auth::setup::{FirstPassword, SetupRequest};
use dango_auth::sign_in::SignedIn;
use dango_auth::users::Confirmation;
use dango_auth::{Auth, Kind, Obligation};

use crate::house::{House, at_once, names};
use crate::people::{
    HOME, PASSWORD, complete, email, from, new_user, password, ready, recognise, username,
};

fn request(name: &str, token: Option<&str>, from_loopback: bool) -> SetupRequest {
    SetupRequest {
        username: username(name),
        email: None,
        password: password(PASSWORD),
        token: token.map(str::to_owned),
        from_loopback,
        transport: Transport::Bearer,
        origin: from(HOME),
    }
}

fn complete_setup(auth: &Auth, request: &SetupRequest) -> Result<SignedIn, Error> {
    auth.setup().complete(request)
}

fn closed(house: &House, auth: &Auth) {
    let setup = auth.setup();
    assert!(!setup.is_open().unwrap());
    let chosen = FirstPassword::Chosen(password(PASSWORD));
    let refusals = [
        complete_setup(auth, &request("late", None, true)).map(drop),
        setup
            .bootstrap(&username("late"), None, chosen, Via::Cli)
            .map(drop),
        setup.issue_token().map(drop),
    ];
    for refused in refusals {
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.code()),
            (Kind::Denied, "setup_completed")
        );
    }
    let unknown = house.auth.users().find(&house.system(), "late");
    assert_eq!(unknown.unwrap_err().kind(), Kind::NotFound);
}

fn setup_from_this_machine_makes_the_first_administrator(house: &House) {
    assert!(house.auth.setup().is_open().unwrap());
    let weak = SetupRequest {
        password: password("short"),
        ..request("ann", None, true)
    };
    assert_eq!(
        complete_setup(&house.auth, &weak).unwrap_err().code(),
        "weak_password"
    );
    let (signed_in, events) =
        house.traced(|| complete_setup(&house.auth, &request("ann", None, true)).unwrap());
    assert_eq!(names(&events), ["setup_completed"]);
    assert_eq!(events[0].event.actor.name(), "ann");
    assert_eq!(events[0].event.target.as_ref().unwrap().name, "ann");
    assert_eq!(signed_in.obligation, None);
    assert_eq!(signed_in.session.transport, Transport::Bearer);
    let caller = recognise(&house.auth, &signed_in).unwrap();
    assert_eq!(caller.role_name(), "admin");
    closed(house, &house.auth);
}

fn setup_from_elsewhere_needs_the_newest_token_while_it_lasts(house: &House) {
    let setup = house.auth.setup();
    let wrong = |token: Option<&str>| {
        let refused = complete_setup(&house.auth, &request("ann", token, token.is_some()));
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.code()),
            (Kind::Denied, "setup_token_invalid")
        );
    };
    wrong(None);
    let old = setup.issue_token().unwrap();
    let new = setup.issue_token().unwrap();
    setup.check_token(new.expose()).unwrap();
    assert_eq!(
        setup.check_token(old.expose()).unwrap_err().code(),
        "setup_token_invalid"
    );
    // Whoever gives a token has to give the right one, also on this machine.
    wrong(Some(old.expose()));
    wrong(Some("nonsense"));
    house.pass(Duration::hours(24));
    wrong(Some(new.expose()));
    let fresh = setup.issue_token().unwrap();
    complete_setup(&house.auth, &request("ann", Some(fresh.expose()), false)).unwrap();
    assert_eq!(
        setup.check_token(fresh.expose()).unwrap_err().code(),
        "setup_completed"
    );
    closed(house, &house.auth);
}

fn of_parallel_setups_one_wins(house: &House) {
    let other = house.another(&[]);
    let token = house.auth.setup().issue_token().unwrap();
    let tries = (0..6).map(|at| {
        let auth = if at % 2 == 0 { &house.auth } else { &other };
        let token = (at < 3).then(|| token.expose());
        move || complete_setup(auth, &request(&format!("ann{at}"), token, token.is_none()))
    });
    let answers = at_once(tries.collect());
    let errors: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 5);
    assert!(
        errors.iter().all(|error| error.code() == "setup_completed"),
        "{errors:?}"
    );
    let report = house.auth.status().report(&house.system()).unwrap();
    assert_eq!(report.total(), 1);
    assert_eq!(house.count("setup_completed"), 1);
}

fn setup_stays_closed_also_without_any_user(house: &House) {
    let id = house.admin().user_id().unwrap();
    let store = house.store();
    // No use case removes the last one; somebody with the database in hands may.
    let act = house.system().act(house.now());
    let delete = |tx: &mut dango_auth_store::ChangeTx<'_>| {
        let user = tx.user(id)?.unwrap();
        let event = act.event(EventName::USER_DELETED, user.target());
        tx.record(Change::new(user.version, DeletedUser(user), event))
    };
    store.change(delete).unwrap();
    assert_eq!(
        house.auth.status().report(&house.system()).unwrap().total(),
        0
    );
    closed(house, &house.auth);
    closed(house, &house.another(&[]));
    let recovered = house
        .auth
        .recovery()
        .make_admin(&house.system(), &email("new@x.org"));
    recovered.unwrap();
}

fn adding_people_on_the_machine_closes_setup(house: &House) {
    house.create(new_user("bob", "viewer", ready()));
    closed(house, &house.auth);
}

fn a_bootstrapped_administrator_has_a_chosen_or_a_temporary_password(house: &House) {
    let setup = house.auth.setup();
    let name = username("ann@x.org");
    let (made, events) = house.traced(|| {
        setup
            .bootstrap(&name, None, FirstPassword::Generated, Via::Cli)
            .unwrap()
    });
    assert_eq!(names(&events), ["setup_completed"]);
    assert_eq!(events[0].event.actor.name(), "tester");
    assert_eq!(made.user.user.email, Some(email("ann@x.org")));
    let generated = made.generated.unwrap();
    let signed_in = complete(house.try_password("ann@x.org", generated.expose(), HOME));
    assert_eq!(signed_in.obligation, Some(Obligation::ChangePassword));
    closed(house, &house.auth);
}

fn recovering_gives_a_person_everything_back_at_once(house: &House) {
    let admin = house.admin();
    house.person("second", "admin");
    let before = house.signed_in("second");
    let id = before.session.user;
    let users = house.auth.users();
    users
        .change_role(&admin, id, &dango_auth::core::role::VIEWER)
        .unwrap();
    users.deactivate(&admin, id).unwrap();
    for _ in 0..5 {
        house
            .try_password("second", "wrong-password", HOME)
            .unwrap_err();
    }
    let recovery = house.auth.recovery();
    let local = house.system();
    assert_eq!(
        recovery.restore(&local, "nobody").unwrap_err().kind(),
        Kind::NotFound
    );
    let (back, events) = house.traced(|| recovery.restore(&local, " SECOND ").unwrap());
    assert_eq!(names(&events), ["password_reset"]);
    assert_eq!(events[0].event.details["recovery"], true);
    assert_eq!(events[0].event.details["old_role"], "viewer");
    assert!(back.user.user.is_usable_admin(house.now()));
    assert!(recognise(&house.auth, &before).is_err());
    let signed_in = complete(house.try_password("second", back.password.expose(), HOME));
    assert_eq!(signed_in.obligation, Some(Obligation::ChangePassword));
}

fn a_recovery_administrator_is_a_new_one(house: &House) {
    house.admin();
    let recovery = house.auth.recovery();
    let local = house.system();
    let taken = recovery
        .make_admin(&local, &email("ann@x.org"))
        .unwrap_err();
    assert_eq!(taken.code(), "user_exists");
    let (made, events) = house.trace(|| {
        recovery
            .make_admin(&local, &email("recovery@localhost"))
            .unwrap()
    });
    assert_eq!(events, ["recovery_admin_created"]);
    complete(house.try_password("recovery@localhost", made.password.expose(), HOME));
}

fn nobody_recovers_over_the_network(house: &House) {
    let admin = house.admin();
    let auth = &house.auth;
    auth.configuration().switch(&house.system(), false).unwrap();
    let nobody = dango_auth::sessions::Presented::Nothing;
    let anybody = auth
        .sessions()
        .authenticate(nobody, from("127.0.0.1"))
        .unwrap();
    assert!(anybody.is_system());
    for caller in [&admin, &anybody] {
        let refusals = [
            auth.recovery()
                .restore(caller, "ann@x.org")
                .map(drop)
                .unwrap_err(),
            auth.recovery()
                .make_admin(caller, &email("eve@x.org"))
                .map(drop)
                .unwrap_err(),
            auth.configuration()
                .switch(caller, false)
                .map(drop)
                .unwrap_err(),
        ];
        for refused in refusals {
            assert_eq!(
                (refused.kind(), refused.code()),
                (Kind::Denied, "local_only")
            );
        }
    }
}

fn switched_off_means_everybody_is_the_system_until_it_is_on_again(house: &House) {
    let admin = house.admin();
    let signed_in = house.signed_in("ann@x.org");
    let other = house.another(&[]);
    let local = house.system();
    let switch = |on| {
        house
            .auth
            .configuration()
            .switch(&local, on)
            .unwrap()
            .changed
    };
    let ((), events) = house.trace(|| {
        assert!(switch(false));
        assert!(!switch(false));
    });
    assert_eq!(events, ["auth_disabled"]);
    assert!(other.is_switched_off().unwrap());
    let caller = recognise(&other, &signed_in).unwrap();
    assert!(caller.is_system());
    let users = other.users();
    let (_, events) = house.traced(|| {
        users
            .create(&caller, new_user("bob", "viewer", ready()))
            .unwrap()
    });
    assert_eq!(events[0].event.actor.name(), "auth disabled");
    let report = other.status().report(&local).unwrap();
    assert!(!report.enabled);
    assert!(
        report
            .warnings
            .iter()
            .any(|text| text.contains("switched off"))
    );
    let ((), events) = house.trace(|| assert!(switch(true)));
    assert_eq!(events, ["auth_enabled"]);
    assert_eq!(
        recognise(&other, &signed_in).unwrap().user_id(),
        admin.user_id()
    );
    let confirm = Confirmation::Given;
    let bob = house.named("bob").user.id;
    users.delete(&admin, bob, &confirm).unwrap();
}

on_both_databases!(
    setup_from_this_machine_makes_the_first_administrator,
    setup_from_elsewhere_needs_the_newest_token_while_it_lasts,
    of_parallel_setups_one_wins,
    setup_stays_closed_also_without_any_user,
    adding_people_on_the_machine_closes_setup,
    a_bootstrapped_administrator_has_a_chosen_or_a_temporary_password,
    recovering_gives_a_person_everything_back_at_once,
    a_recovery_administrator_is_a_new_one,
    nobody_recovers_over_the_network,
    switched_off_means_everybody_is_the_system_until_it_is_on_again,
);
