//! Stored words, names to show, and what is kept of a user agent.

use super::{Act, Actor, ActorKind, EventName, Origin, Outcome, Target, TargetKind, Via};
use crate::id::{ApiKeyId, UserId};

fn user() -> UserId {
    UserId::from_random([7; 16])
}

#[test]
fn stored_words_stay_what_they_are_and_read_back() {
    let doors = [Via::Web, Via::Api, Via::Cli, Via::Remote, Via::System];
    let words = ["web", "api", "cli", "remote", "system"];
    assert_eq!(doors.map(Via::as_str), words);
    assert_eq!(words.map(Via::parse), doors.map(Some));
    assert_eq!(doors.map(|via| via.to_string()), words);

    let kinds = [
        ActorKind::User,
        ActorKind::ApiKey,
        ActorKind::System,
        ActorKind::Anonymous,
    ];
    let words = ["user", "api_key", "system", "anonymous"];
    assert_eq!(kinds.map(ActorKind::as_str), words);
    assert_eq!(words.map(ActorKind::parse), kinds.map(Some));

    let kinds = [
        TargetKind::User,
        TargetKind::ApiKey,
        TargetKind::Session,
        TargetKind::Workspace,
        TargetKind::System,
        TargetKind::Other,
    ];
    let words = ["user", "api_key", "session", "workspace", "system", "other"];
    assert_eq!(kinds.map(TargetKind::as_str), words);
    assert_eq!(words.map(TargetKind::parse), kinds.map(Some));

    let outcomes = [Outcome::Success, Outcome::Failure, Outcome::Denied];
    let words = ["success", "failure", "denied"];
    assert_eq!(outcomes.map(Outcome::as_str), words);
    assert_eq!(words.map(Outcome::parse), outcomes.map(Some));

    for unknown in ["", "User", "nobody"] {
        assert_eq!(Via::parse(unknown), None);
        assert_eq!(ActorKind::parse(unknown), None);
        assert_eq!(TargetKind::parse(unknown), None);
        assert_eq!(Outcome::parse(unknown), None);
    }
}

#[test]
fn an_event_is_shown_by_its_name() {
    let name = EventName::LOGIN_FAILED;
    assert_eq!(format!("{name} {name:?}"), "login_failed login_failed");
}

#[test]
fn a_user_agent_is_cut_cleaned_and_none_when_nothing_is_left() {
    let kept = |text: &str| Origin::local(Via::Web).with_user_agent(text).user_agent;
    assert_eq!(kept("curl/8.5 (x)").as_deref(), Some("curl/8.5 (x)"));
    assert_eq!(kept("a\u{1b}[31mb\r\nc").as_deref(), Some("a[31mbc"));
    assert_eq!(kept("é").as_deref(), Some("é"));
    assert_eq!(kept(""), None);
    assert_eq!(kept("\u{7}\n"), None);
    for (letter, length) in [("x", 256), ("x", 257), ("é", 300)] {
        let long = letter.repeat(length);
        assert_eq!(kept(&long), Some(letter.repeat(256)), "{length}");
    }
}

#[test]
fn a_person_stays_that_person_through_an_api_key_and_out_of_the_store_only_as_themselves() {
    let (key, other) = (ApiKeyId::from_random([8; 16]), UserId::from_random([9; 16]));
    let people = [
        Actor::user(user(), "ann"),
        Actor::api_key(key, user(), "ann"),
        Actor::from_stored(ActorKind::User, Some(user().to_string()), "ann".to_owned()),
    ];
    for person in people {
        assert!(person.is_person(user()) && !person.is_person(other));
        assert_eq!(person.name(), "ann");
    }
    let nobody = [
        Actor::system("tester"),
        Actor::anonymous("ann"),
        Actor::from_stored(ActorKind::ApiKey, Some(user().to_string()), "a".to_owned()),
        Actor::from_stored(ActorKind::User, Some("no id".to_owned()), "a".to_owned()),
    ];
    for actor in nobody {
        assert!(!actor.is_person(user()), "{actor:?}");
    }
    assert_eq!(
        Actor::user(user(), "ann").id(),
        Some(&*user().to_string()),
        "the person's"
    );
    assert_eq!(
        Actor::api_key(key, user(), "ann").id(),
        Some(&*key.to_string()),
        "the key's"
    );
    assert_eq!(Actor::system("tester").id(), None);
}

#[test]
fn an_event_takes_over_who_where_and_when() {
    let act = Act {
        actor: Actor::system("tester"),
        origin: Origin::local(Via::Cli),
        at: chrono::DateTime::UNIX_EPOCH,
    };
    let target = Target::user(user(), "bob");
    let event = act.event(EventName::USER_CREATED, target.clone());
    assert_eq!(
        (event.actor, event.origin, event.at),
        (act.actor, act.origin, act.at)
    );
    assert_eq!(event.outcome, Outcome::Success);
    assert_eq!(event.target, Some(target));
}
