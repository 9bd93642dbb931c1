//! Adding, finding, changing and removing people.

use chrono::Duration;
use dango_auth::Kind;
use dango_auth::core::audit::{ActorKind, Via};
use dango_auth::core::id::{UserId, Version};
use dango_auth::core::user::Status;
use dango_auth::ports::{AuditFilter, UserCursor, UserFilter};
use dango_auth::users::{Confirmation, CreatedSecret, FirstCredential, ResetPassword, Revision};

use crate::house::{House, names};
use crate::people::{
    HOME, INVITE, PASSWORD, complete, email, grants, new_user, password, ready, recognise, role,
    username,
};

fn status_of(house: &House, login: &str) -> Status {
    let row = house.named(login);
    row.user.status(row.lock.locked_until, house.now())
}

fn people_are_added_with_an_invite_a_temporary_or_a_chosen_password(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    let (made, events) = house.traced(|| {
        users
            .create(&admin, new_user("guest@x.org", "editor", INVITE))
            .unwrap()
    });
    assert_eq!(names(&events), ["user_created"]);
    let event = &events[0].event;
    assert_eq!(event.actor.kind(), ActorKind::User);
    assert_eq!(event.actor.name(), "ann@x.org");
    assert_eq!(event.origin.via, Via::Api);
    assert_eq!(event.target.as_ref().unwrap().name, "guest@x.org");
    assert_eq!(
        (&event.details["role"], &event.details["method"]),
        (&"editor".into(), &"invite".into())
    );
    let Some(CreatedSecret::Invite(invite)) = made.secret else {
        panic!("an invite is shown");
    };
    let link = format!("http://localhost:8800/invite/{}", invite.token.expose());
    assert_eq!(invite.url, link);
    assert_eq!(invite.expires_at, house.now() + Duration::hours(72));
    assert_eq!(status_of(house, "guest@x.org"), Status::Invited);
    assert_eq!(made.user.user.email, Some(email("guest@x.org")));

    let made = users.create(
        &admin,
        new_user("tmp", "viewer", FirstCredential::TemporaryPassword),
    );
    let Some(CreatedSecret::TemporaryPassword(secret)) = made.unwrap().secret else {
        panic!("a temporary password is shown");
    };
    assert!(complete(house.try_password("tmp", secret.expose(), HOME)).must_change_password);
    let made = users
        .create(&admin, new_user("bob", "viewer", ready()))
        .unwrap();
    assert!(made.secret.is_none());
    assert!(made.user.user.access.is_everywhere());
    assert_eq!(house.signed_in("bob").obligation, None);
}

fn a_weak_password_or_an_unknown_role_adds_nobody(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    for typed in ["short", "password1", "bob@x.org-bob@x.org"] {
        let first = FirstCredential::Password {
            password: password(typed),
            must_change: false,
        };
        let refused = users.create(&admin, new_user("bob@x.org", "viewer", first));
        assert_eq!(refused.unwrap_err().code(), "weak_password", "{typed}");
    }
    let refused = house.auth.parse_role("chief").unwrap_err();
    assert_eq!(
        (refused.kind(), &*refused.fields()[0].field),
        (Kind::Invalid, "role")
    );
    let unknown = users.find(&admin, "bob@x.org").unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);
}

fn a_name_belongs_to_one_person_be_it_username_or_address(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    house.person("bob@x.org", "viewer");
    let mut bea = new_user("bea", "viewer", ready());
    bea.email = Some(email("bea@x.org"));
    house.create(bea);
    let cases = [
        ("BOB@x.org", None),
        ("bea", None),
        ("bea@x.org", None),
        ("fresh", Some("bob@x.org")),
        ("fresh", Some("bea@x.org")),
        ("bea", Some("bob@x.org")),
    ];
    for (name, address) in cases {
        let mut request = new_user(name, "viewer", ready());
        request.email = address.map(email).or(request.email);
        let (refused, events) = house.trace(|| users.create(&admin, request).unwrap_err());
        assert_eq!(
            (refused.kind(), refused.code()),
            (Kind::Conflict, "user_exists"),
            "{name}"
        );
        assert!(events.is_empty(), "{events:?}");
    }
    let bob = house.named("bob@x.org").user;
    let revision = Revision {
        username: Some(username("bea")),
        ..Revision::default()
    };
    let refused = users.revise(&admin, bob.id, &revision, None).unwrap_err();
    assert_eq!(refused.code(), "user_exists");
    assert_eq!(house.named("bob@x.org").user.version, bob.version);
}

fn of_two_who_add_the_same_person_at_once_one_does(house: &House) {
    let other = house.another(&[]);
    for round in 0..5 {
        let name = format!("bob{round}");
        let add = |auth: &dango_auth::Auth| {
            let request = new_user(&name, "viewer", ready());
            auth.users().create(&house.system(), request).map(drop)
        };
        let add = &add;
        let auths = [&house.auth, &other, &house.auth, &other];
        let answers = crate::house::at_once(auths.map(|auth| move || add(auth)).into());
        let errors: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(errors.len(), 3);
        assert!(errors.iter().all(|error| error.code() == "user_exists"));
    }
    assert_eq!(house.count("user_created"), 5);
}

fn adding_somebody_whose_invite_lapsed_renews_it(house: &House) {
    let admin = house.system();
    let users = house.auth.users();
    let first = house.create(new_user("guest@x.org", "viewer", INVITE));
    let again =
        |as_role: &str, first| users.create(&admin, new_user("guest@x.org", as_role, first));
    assert_eq!(again("viewer", INVITE).unwrap_err().code(), "user_exists");
    house.pass(Duration::hours(72));
    assert_eq!(status_of(house, "guest@x.org"), Status::InviteExpired);
    assert_eq!(again("viewer", ready()).unwrap_err().code(), "user_exists");
    let (renewed, events) = house.trace(|| again("editor", INVITE).unwrap());
    assert_eq!(events, ["role_changed", "invite_resent"]);
    assert_eq!(renewed.user.user.id, first.user.user.id);
    assert_eq!(renewed.user.user.role, role("editor"));
    assert_eq!(status_of(house, "guest@x.org"), Status::Invited);
    let (Some(CreatedSecret::Invite(old)), Some(CreatedSecret::Invite(new))) =
        (first.secret, renewed.secret)
    else {
        panic!("both are invites");
    };
    assert!(house.auth.invites().look_up(old.token.expose()).is_err());
    house.auth.invites().look_up(new.token.expose()).unwrap();
}

fn several_things_change_together_or_not_at_all(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    let bob = house.person("bob@x.org", "viewer").user;
    let everything = Revision {
        username: Some(username("rob@x.org")),
        email: None,
        role: Some(role("editor")),
        access: None,
        active: Some(false),
    };
    let stale = users.revise(&admin, bob.id, &everything, Some(bob.version.next()));
    let stale = stale.unwrap_err();
    assert_eq!((stale.kind(), stale.code()), (Kind::Stale, "stale_version"));
    let (done, events) = house.trace(|| {
        users
            .revise(&admin, bob.id, &everything, Some(bob.version))
            .unwrap()
    });
    assert_eq!(events, ["user_renamed", "role_changed", "user_deactivated"]);
    let user = done.value.user;
    assert_eq!(user.username, username("rob@x.org"));
    // Somebody added by address keeps both names the same.
    assert_eq!(user.email, Some(email("rob@x.org")));
    assert_eq!(user.role, role("editor"));
    assert!(!user.is_active());
    let again = users
        .revise(&admin, bob.id, &everything, Some(user.version))
        .unwrap();
    assert!(!again.changed);
    assert_eq!(again.value.user.version, user.version);
    // The second part is refused, so the first is not done either.
    let impossible = Revision {
        username: Some(username("bert")),
        access: Some(grants(&[("sales", "editor")])),
        ..Revision::default()
    };
    let refused = users.revise(&admin, bob.id, &impossible, None).unwrap_err();
    assert_eq!(refused.fields()[0].field, "workspace_access.all");
    assert_eq!(house.row(bob.id).user.username, username("rob@x.org"));
}

fn of_two_changes_of_one_version_at_once_one_is_stale(house: &House) {
    let bob = house.person("bob", "viewer").user;
    let change = |to: &str| {
        let revision = Revision {
            role: Some(role(to)),
            ..Revision::default()
        };
        let users = house.auth.users();
        users.revise(&house.system(), bob.id, &revision, Some(bob.version))
    };
    let change = &change;
    let roles = ["editor", "operator"];
    let answers = crate::house::at_once(roles.map(|role| move || change(role)).into());
    let stale = answers.iter().filter_map(|answer| answer.as_ref().err());
    let stale: Vec<_> = stale.map(dango_auth::Error::kind).collect();
    assert_eq!(stale, [Kind::Stale]);
}

fn nobody_deactivates_or_deletes_themselves_by_session_or_key(house: &House) {
    use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
    let admin = house.admin();
    house.person("second", "admin");
    let id = admin.user_id().unwrap();
    let request = CreateKey {
        name: crate::people::key_name("ci"),
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    };
    let key = house.auth.api_keys().create_own(&admin, &request).unwrap();
    let by_key = crate::people::by_key(&house.auth, key.token.expose()).unwrap();
    let users = house.auth.users();
    let off = Revision {
        active: Some(false),
        ..Revision::default()
    };
    for caller in [&admin, &by_key] {
        let refusals = [
            users.deactivate(caller, id).map(drop).unwrap_err(),
            users
                .delete(caller, id, &Confirmation::Given)
                .map(drop)
                .unwrap_err(),
            users.revise(caller, id, &off, None).map(drop).unwrap_err(),
        ];
        for refused in refusals {
            assert_eq!(
                (refused.kind(), refused.code()),
                (Kind::SelfAction, "self_action")
            );
        }
    }
    assert!(house.row(id).user.is_active());
}

fn a_deleted_person_is_gone_and_their_history_stays(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    let bob = house.member("bob@x.org", "admin");
    let id = bob.user_id().unwrap();
    users
        .create(&bob, new_user("made-by-bob", "viewer", ready()))
        .unwrap();
    for _ in 0..5 {
        house
            .try_password("bob@x.org", "wrong-password", HOME)
            .unwrap_err();
    }
    let typed = |text: &str| Confirmation::Typed(text.to_owned());
    let refused = users.delete(&admin, id, &typed("ann@x.org")).unwrap_err();
    assert_eq!(refused.fields()[0].field, "confirm_email");
    let (gone, events) = house.traced(|| users.delete(&admin, id, &typed(" BOB@x.org ")).unwrap());
    assert_eq!(gone.id, id);
    assert_eq!(names(&events), ["user_deleted"]);
    assert_eq!(events[0].event.target.as_ref().unwrap().name, "bob@x.org");
    assert_eq!(users.get(&admin, id).unwrap_err().kind(), Kind::NotFound);
    let again = users.delete(&admin, id, &Confirmation::Given).unwrap_err();
    assert_eq!(again.kind(), Kind::NotFound);
    assert_eq!(
        house.auth.sessions().end_others(&bob).unwrap_err().kind(),
        Kind::Unauthenticated
    );
    let by_bob = AuditFilter {
        actor: Some("bob@x.org".to_owned()),
        ..AuditFilter::default()
    };
    let history = house.auth.audit().query(&admin, &by_bob, 100).unwrap();
    assert!(names(&history.rows).contains(&"user_created".to_owned()));
    // The name is free again, and nothing of the former holder comes with it.
    house.person("bob@x.org", "viewer");
    let fresh = house.signed_in("bob@x.org");
    assert_ne!(fresh.session.user, id);
}

fn a_reset_password_is_temporary_or_chosen_and_ends_all_sessions(house: &House) {
    let admin = house.admin();
    let users = house.auth.users();
    let before = {
        house.person("bob", "viewer");
        house.signed_in("bob")
    };
    let id = before.session.user;
    let (done, events) = house.traced(|| {
        users
            .reset_password(&admin, id, ResetPassword::Generate, false)
            .unwrap()
    });
    assert_eq!(names(&events), ["password_reset"]);
    assert_eq!(events[0].event.details["must_change"], true);
    assert!(recognise(&house.auth, &before).is_err());
    assert!(house.try_password("bob", PASSWORD, HOME).is_err());
    let temporary = done.temporary.unwrap();
    assert!(complete(house.try_password("bob", temporary.expose(), HOME)).must_change_password);

    let given = |typed: &str, must_change| ResetPassword::Given {
        password: password(typed),
        must_change,
    };
    let weak = users.reset_password(&admin, id, given("bob", false), false);
    assert_eq!(weak.unwrap_err().code(), "weak_password");
    let done = users
        .reset_password(&admin, id, given(PASSWORD, false), false)
        .unwrap();
    assert!(done.temporary.is_none());
    assert_eq!(house.signed_in("bob").obligation, None);
    let nobody = UserId::from_random([9; 16]);
    let unknown = users.reset_password(&admin, nobody, ResetPassword::Generate, false);
    assert_eq!(unknown.unwrap_err().kind(), Kind::NotFound);
}

fn people_are_found_page_by_page(house: &House) {
    let admin = house.admin();
    for name in ["bob", "bea", "carl", "dora"] {
        house.person(name, if name == "carl" { "editor" } else { "viewer" });
        house.pass(Duration::seconds(1));
    }
    let users = house.auth.users();
    let find = |filter: UserFilter| {
        let (mut after, mut found) = (UserCursor::Username(None), Vec::new());
        loop {
            let page = users.list(&admin, &filter, &after, 2).unwrap();
            let last = page
                .rows
                .last()
                .map(|row| (row.user.username.clone(), row.user.id));
            found.extend(page.rows.iter().map(|row| row.user.username.to_string()));
            if !page.more {
                return found;
            }
            after = UserCursor::Username(last);
        }
    };
    let filter = UserFilter {
        now: house.now(),
        ..UserFilter::default()
    };
    assert_eq!(
        find(filter.clone()),
        ["ann@x.org", "bea", "bob", "carl", "dora"]
    );
    let search = UserFilter {
        search: Some("B".to_owned()),
        ..filter.clone()
    };
    assert_eq!(find(search), ["bea", "bob"]);
    let editors = UserFilter {
        role: Some(role("editor")),
        ..filter
    };
    assert_eq!(find(editors), ["carl"]);
    let viewer = house.sign_in("bob");
    let (denied, events) = house.traced(|| users.find(&viewer, "bea").unwrap_err());
    assert_eq!(
        (denied.kind(), denied.code()),
        (Kind::Denied, "permission_denied")
    );
    assert_eq!(denied.to_string(), "Permission denied: users.view");
    assert_eq!(names(&events), ["permission_denied"]);
    assert_eq!(events[0].event.details["permission"], "users.view");
    assert_eq!(Version::NEW.get(), house.named("bob").user.version.get());
}

on_both_databases!(
    people_are_added_with_an_invite_a_temporary_or_a_chosen_password,
    a_weak_password_or_an_unknown_role_adds_nobody,
    a_name_belongs_to_one_person_be_it_username_or_address,
    of_two_who_add_the_same_person_at_once_one_does,
    adding_somebody_whose_invite_lapsed_renews_it,
    several_things_change_together_or_not_at_all,
    of_two_changes_of_one_version_at_once_one_is_stale,
    nobody_deactivates_or_deletes_themselves_by_session_or_key,
    a_deleted_person_is_gone_and_their_history_stays,
    a_reset_password_is_temporary_or_chosen_and_ends_all_sessions,
    people_are_found_page_by_page,
);
