//! The chain: every field counts, and no two rows read alike.

use chrono::{TimeZone as _, Utc};
use proptest::prelude::*;

use super::blind::Blind;
use super::chain::{ChainKey, GENESIS, same};
use super::{Act, Actor, Event, EventName, Origin, Target, Via};
use crate::id::UserId;
use crate::name::WorkspaceName;
use crate::seal::{KeyRing, MasterKey, Purpose};

fn key(byte: u8) -> ChainKey {
    ChainKey::new(KeyRing::new(MasterKey::from_bytes([byte; 32])).subkey(Purpose::Audit))
}

/// Both forms of a row.
fn forms() -> [Option<Blind>; 2] {
    [None, Some(Blind::from_random([3; 16]))]
}

fn event() -> Event {
    let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
    let act = Act {
        actor: Actor::system("cli"),
        origin: Origin::local(Via::Cli),
        at,
    };
    act.event(
        EventName::ROLE_CHANGED,
        Target::user(UserId::from_random([1; 16]), "ann"),
    )
    .detail("old_role", "viewer")
}

#[test]
fn changing_any_field_changes_the_link() {
    for form in forms() {
        let link = key(1).link(&GENESIS, 1, &event(), form.as_ref());
        let edits: Vec<fn(&mut Event)> = vec![
            |e| e.name = EventName::USER_DELETED,
            |e| e.actor = Actor::system("api"),
            |e| e.actor = Actor::anonymous("cli"),
            |e| e.target = None,
            |e| e.target.as_mut().unwrap().name.push('x'),
            |e| e.target.as_mut().unwrap().id = None,
            |e| e.workspace = Some(WorkspaceName::parse("ops").unwrap()),
            |e| e.outcome = super::Outcome::Failure,
            |e| e.origin.via = Via::Api,
            |e| e.origin.ip = Some([127, 0, 0, 1].into()),
            |e| e.origin.user_agent = Some(String::new()),
            |e| e.origin.request_id = Some("r".to_owned()),
            |e| e.at += chrono::Duration::microseconds(1),
            |e| drop(e.details.insert("old_role".to_owned(), "editor".into())),
        ];
        for (index, edit) in edits.iter().enumerate() {
            let mut edited = event();
            edit(&mut edited);
            assert_ne!(
                key(1).link(&GENESIS, 1, &edited, form.as_ref()),
                link,
                "edit {index} went unnoticed"
            );
        }
    }
}

#[test]
fn number_predecessor_and_key_count_too() {
    for form in forms() {
        let link = key(1).link(&GENESIS, 1, &event(), form.as_ref());
        assert_ne!(key(1).link(&GENESIS, 2, &event(), form.as_ref()), link);
        assert_ne!(key(1).link(&[1; 32], 1, &event(), form.as_ref()), link);
        assert_ne!(key(2).link(&GENESIS, 1, &event(), form.as_ref()), link);
        assert_eq!(key(1).link(&GENESIS, 1, &event(), form.as_ref()), link);
    }
}

#[test]
fn text_cannot_move_from_one_field_to_the_next() {
    for form in forms() {
        let mut left = event();
        left.actor = Actor::system("ab");
        left.target.as_mut().unwrap().name = "c".to_owned();
        let mut right = event();
        right.actor = Actor::system("a");
        right.target.as_mut().unwrap().name = "bc".to_owned();
        assert_ne!(
            key(1).link(&GENESIS, 1, &left, form.as_ref()),
            key(1).link(&GENESIS, 1, &right, form.as_ref())
        );
    }
}

#[test]
fn links_are_the_same_only_to_the_last_bit() {
    let one = key(1).link(&GENESIS, 1, &event(), None);
    assert!(same(&one, &one.clone()));
    for bit in 0..one.len() * 8 {
        let mut other = one;
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!same(&one, &other), "{bit}");
    }
}

#[test]
fn the_forms_and_the_salts_differ() {
    let link = |form: Option<&Blind>| key(1).link(&GENESIS, 1, &event(), form);
    let [one, two] = [[3; 16], [4; 16]].map(Blind::from_random);
    assert_ne!(link(None), link(Some(&one)));
    assert_ne!(link(Some(&one)), link(Some(&two)));
}

proptest! {
    /// The coded row tells any two rows apart: whatever texts stand in neighbouring fields, another
    /// distribution of the same letters is another row.
    #[test]
    fn no_two_rows_are_coded_alike(
        one in (".{0,6}", ".{0,6}", ".{0,6}"), other in (".{0,6}", ".{0,6}", ".{0,6}"), id in 1_i64..,
    ) {
        let row = |(actor, target, detail): &(String, String, String)| {
            let mut event = event().detail("note", detail.as_str());
            event.actor = Actor::system(actor.as_str());
            event.target.as_mut().unwrap().name.clone_from(target);
            event
        };
        let link = |row| key(1).link(&GENESIS, id, &row, None);
        let (left, right) = (link(row(&one)), link(row(&other)));
        prop_assert_eq!(left == right, one == other);
    }

    #[test]
    fn details_read_back(note in ".{0,20}", number in any::<i64>()) {
        let event = event().detail("note", note).detail("number", number);
        let read: serde_json::Value = serde_json::from_str(&super::chain::details_text(&event)).unwrap();
        prop_assert_eq!(read, serde_json::Value::Object(event.details.clone().into_iter().collect()));
    }
}
