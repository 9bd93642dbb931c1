//! Invitations: one link, one use.

use chrono::Duration;
use dango_auth::Kind;
use dango_auth::core::password::Password;
use dango_auth::core::session::Transport;
use dango_auth::core::user::Status;
use dango_auth::error::Error;
use dango_auth::sign_in::SignedIn;
use dango_auth::users::{CreatedSecret, ResetPassword};

use crate::house::{House, at_once, names};
use crate::people::{HOME, INVITE, PASSWORD, complete, from, new_user, password, recognise};

const GUEST: &str = "guest@x.org";

fn invite(house: &House) -> String {
    match house.create(new_user(GUEST, "viewer", INVITE)).secret {
        Some(CreatedSecret::Invite(invite)) => invite.token.expose().to_owned(),
        _ => panic!("an invite is shown"),
    }
}

fn accept(house: &House, token: &str, typed: &Password) -> Result<SignedIn, Error> {
    let area = house.auth.invites();
    area.accept(token, typed, Transport::Cookie, &from(HOME))
}

fn dead(house: &House, token: &str) {
    let answers = [
        house.auth.invites().look_up(token).map(drop).unwrap_err(),
        accept(house, token, &password(PASSWORD))
            .map(drop)
            .unwrap_err(),
    ];
    for error in answers {
        assert_eq!(
            (error.kind(), error.code()),
            (Kind::Invalid, "invite_invalid")
        );
        assert_eq!(error.to_string(), "the invite is invalid or has expired");
    }
}

fn looking_at_a_link_has_no_effect(house: &House) {
    let token = invite(house);
    let ((), events) = house.trace(|| {
        for _ in 0..3 {
            let view = house.auth.invites().look_up(&token).unwrap();
            assert_eq!((&*view.email, &*view.username), (GUEST, GUEST));
            assert_eq!(view.expires_at, house.now() + Duration::hours(72));
        }
    });
    assert!(events.is_empty(), "{events:?}");
    dead(house, "nonsense");
    let mut other = token.clone();
    other.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    dead(house, &other);
    accept(house, &token, &password(PASSWORD)).unwrap();
}

fn accepting_sets_the_password_signs_in_and_uses_the_link_up(house: &House) {
    let token = invite(house);
    let weak = accept(house, &token, &password("guest")).unwrap_err();
    assert_eq!(weak.code(), "weak_password");
    let (signed_in, events) = house.traced(|| accept(house, &token, &password(PASSWORD)).unwrap());
    assert_eq!(names(&events), ["invite_accepted"]);
    assert_eq!(events[0].event.actor.name(), GUEST);
    assert_eq!(events[0].event.origin.ip, Some(HOME.parse().unwrap()));
    let caller = recognise(&house.auth, &signed_in).unwrap();
    assert_eq!(caller.name(), GUEST);
    let row = house.named(GUEST);
    assert_eq!(row.user.status(None, house.now()), Status::Active);
    assert_eq!(row.user.last_login, Some(house.now()));
    dead(house, &token);
    house.signed_in(GUEST);
    let again = house
        .auth
        .invites()
        .resend(&house.system(), row.user.id, None);
    assert_eq!(again.unwrap_err().code(), "password_already_set");
}

fn of_two_holders_of_a_link_one_gets_in(house: &House) {
    let token = invite(house);
    let (first, second) = (
        password("the-first-good-one"),
        password("the-second-good-one"),
    );
    let take = |typed: &Password| accept(house, &token, typed);
    let take = &take;
    let answers = at_once([&first, &second].map(|typed| move || take(typed)).into());
    let won: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    let lost = answers.into_iter().find_map(Result::err).unwrap();
    assert_eq!(lost.code(), "invite_invalid");
    let (right, wrong) = if won[0] {
        (first, second)
    } else {
        (second, first)
    };
    complete(house.try_password(GUEST, right.expose(), HOME));
    assert!(house.try_password(GUEST, wrong.expose(), HOME).is_err());
    assert_eq!(house.count("invite_accepted"), 1);
}

fn a_link_lapses_to_the_microsecond(house: &House) {
    let token = invite(house);
    house.pass(Duration::hours(72) - Duration::microseconds(1));
    house.auth.invites().look_up(&token).unwrap();
    house.pass(Duration::microseconds(1));
    dead(house, &token);
}

fn a_new_link_ends_the_one_before(house: &House) {
    house.admin();
    let token = invite(house);
    let id = house.named(GUEST).user.id;
    house.pass(Duration::hours(100));
    let admin = house.sign_in("ann@x.org");
    let base = Some("https://data.example/");
    let ((done, issued), events) =
        house.trace(|| house.auth.invites().resend(&admin, id, base).unwrap());
    assert!(done.changed);
    assert_eq!(events, ["invite_resent"]);
    let link = format!("https://data.example/invite/{}", issued.token.expose());
    assert_eq!(issued.url, link);
    dead(house, &token);
    accept(house, issued.token.expose(), &password(PASSWORD)).unwrap();
}

fn links_are_made_from_the_configured_address(house: &House) {
    let auth = house.another(&[
        ("DANGO_PUBLIC_URL", "https://data.example/auth"),
        ("DANGO_AUTH__INVITE_HOURS", "1"),
    ]);
    let request = new_user(GUEST, "viewer", INVITE);
    let made = auth.users().create(&house.system(), request).unwrap();
    let Some(CreatedSecret::Invite(invite)) = made.secret else {
        panic!("an invite is shown");
    };
    let link = format!("https://data.example/auth/invite/{}", invite.token.expose());
    assert_eq!(invite.url, link);
    assert_eq!(invite.expires_at, house.now() + Duration::hours(1));
}

fn a_reset_or_deactivation_ends_the_link(house: &House) {
    let admin = house.admin();
    let token = invite(house);
    let id = house.named(GUEST).user.id;
    let users = house.auth.users();
    users.deactivate(&admin, id).unwrap();
    dead(house, &token);
    let refused = house.auth.invites().resend(&admin, id, None).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.code()),
        (Kind::Invalid, "user_inactive")
    );
    users.reactivate(&admin, id).unwrap();
    house.auth.invites().look_up(&token).unwrap();
    let done = users
        .reset_password(&admin, id, ResetPassword::Generate, false)
        .unwrap();
    dead(house, &token);
    let temporary = done.temporary.unwrap();
    complete(house.try_password(GUEST, temporary.expose(), HOME));
}

on_both_databases!(
    looking_at_a_link_has_no_effect,
    accepting_sets_the_password_signs_in_and_uses_the_link_up,
    of_two_holders_of_a_link_one_gets_in,
    a_link_lapses_to_the_microsecond,
    a_new_link_ends_the_one_before,
    links_are_made_from_the_configured_address,
    a_reset_or_deactivation_ends_the_link,
);
