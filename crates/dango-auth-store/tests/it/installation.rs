//! Setup, the switch, settings and kept answers.

use dango_auth_core::audit::{EventName, Target};
use dango_auth_store::ports::{
    IdempotencyReads as _, IdempotencyWrites as _, InstallationChanges as _,
    InstallationReads as _, KeptAnswer, StoredSetting,
};
use dango_auth_store::{Clash, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    setup_closes_once_for_ever_and_takes_its_token_along,
    parallel_setups_leave_one,
    the_switch_comes_back_and_leaves_a_trace,
    settings_are_set_replaced_and_removed,
    a_change_tells_between_which_epochs_no_setting_changes,
    an_answer_is_kept_for_its_caller_until_it_lapses,
    a_kept_answer_is_sealed,
}

fn setup_closes_once_for_ever_and_takes_its_token_along(base: &Base) {
    let store = base.open();
    let fresh_one = store.read(|tx| tx.installation()).unwrap();
    assert!(fresh_one.setup_completed_at.is_none() && fresh_one.setup_token.is_none());
    assert!(!fresh_one.auth_disabled);
    let hash = token();
    store
        .change(|tx| tx.put_setup_token(&hash, minutes(30)))
        .unwrap();
    let waiting = store.read(|tx| tx.installation()).unwrap();
    assert_eq!(waiting.setup_token, Some((hash, minutes(30))));
    store.change(|tx| tx.complete_setup(minutes(1))).unwrap();
    let done = store.read(|tx| tx.installation()).unwrap();
    assert_eq!(done.setup_completed_at, Some(minutes(1)));
    assert_eq!(done.setup_token, None);
    let refused = store
        .change(|tx| tx.complete_setup(minutes(2)))
        .unwrap_err();
    assert_eq!(
        refused,
        StoreError::Conflict {
            what: Clash::SetupDone
        }
    );
}

fn parallel_setups_leave_one(base: &Base) {
    let store = base.open();
    let won = std::thread::scope(|scope| {
        let setups: Vec<_> = (0..8)
            .map(|number| {
                let store = &store;
                scope.spawn(move || {
                    let name = format!("admin{number}");
                    store.change(|tx| {
                        tx.complete_setup(noon())?;
                        tx.record(created(&name, "admin"))
                    })
                })
            })
            .collect();
        setups
            .into_iter()
            .flat_map(|setup| setup.join().unwrap())
            .count()
    });
    assert_eq!(won, 1);
    assert_eq!(base.values("SELECT username AS value FROM users").len(), 1);
}

fn the_switch_comes_back_and_leaves_a_trace(base: &Base) {
    let store = base.open();
    let event = || act().event(EventName::AUTH_DISABLED, Target::system("auth"));
    store
        .change(|tx| tx.set_auth_disabled(true, event()))
        .unwrap();
    assert!(store.read(|tx| tx.installation()).unwrap().auth_disabled);
    assert_eq!(
        base.values("SELECT event AS value FROM audit_events"),
        ["auth_disabled"]
    );
}

fn settings_are_set_replaced_and_removed(base: &Base) {
    let store = base.open();
    let event = || act().event(EventName::SETTINGS_CHANGED, Target::system("require_2fa"));
    let setting = |name: &str, value: &str, minute| StoredSetting {
        name: name.to_owned(),
        value: value.to_owned(),
        updated_by: "ann".to_owned(),
        updated_at: minutes(minute),
    };
    let put = |setting: &StoredSetting| {
        store.change(|tx| tx.put_setting(setting, event())).unwrap();
    };
    put(&setting("require_2fa", "true", 1));
    put(&setting("idle_timeout_minutes", "720", 2));
    put(&setting("require_2fa", "false", 3));
    let expected = [
        setting("idle_timeout_minutes", "720", 2),
        setting("require_2fa", "false", 3),
    ];
    assert_eq!(store.read(|tx| tx.stored_settings()).unwrap(), expected);
    store
        .change(|tx| tx.remove_setting("require_2fa", event()))
        .unwrap();
    assert_eq!(
        store.read(|tx| tx.stored_settings()).unwrap(),
        expected[..1]
    );
}

fn a_change_tells_between_which_epochs_no_setting_changes(base: &Base) {
    let store = base.open();
    let event = || act().event(EventName::SETTINGS_CHANGED, Target::system("require_2fa"));
    let before = store.epoch().unwrap();
    let told = store.change(|tx| {
        let told = tx.settings_stay();
        assert_eq!((tx.epoch()?, told), (before, Some((before, before + 1))));
        Ok::<_, StoreError>(told)
    });
    assert_eq!(told.unwrap().map(|(_, after)| after), store.epoch().ok());
    let setting = StoredSetting {
        name: "require_2fa".to_owned(),
        value: "true".to_owned(),
        updated_by: "ann".to_owned(),
        updated_at: minutes(1),
    };
    let put = store.change(|tx| {
        tx.put_setting(&setting, event())?;
        Ok::<_, StoreError>(tx.settings_stay())
    });
    assert_eq!(put.unwrap(), None);
    let removed = store.change(|tx| {
        tx.remove_setting("require_2fa", event())?;
        Ok::<_, StoreError>(tx.settings_stay())
    });
    assert_eq!(removed.unwrap(), None);
}

fn answer() -> KeptAnswer {
    KeptAnswer {
        fingerprint: [9; 32],
        answer: b"201 canary".to_vec(),
    }
}

fn an_answer_is_kept_for_its_caller_until_it_lapses(base: &Base) {
    let store = base.open();
    store
        .write(|tx| tx.keep_answer("ann", "k1", &answer(), minutes(10)))
        .unwrap();
    store
        .write(|tx| tx.keep_answer("ann", "k1", &answer(), minutes(20)))
        .unwrap();
    let kept = |caller, key, minute| {
        store
            .write(|tx| tx.kept_answer(caller, key, minutes(minute)))
            .unwrap()
    };
    let found = kept("ann", "k1", 19).unwrap();
    assert_eq!(
        (found.fingerprint, found.answer),
        ([9; 32], b"201 canary".to_vec())
    );
    assert!(kept("ann", "k1", 20).is_none());
    assert!(kept("bob", "k1", 0).is_none());
    assert!(kept("ann", "k2", 0).is_none());
    let sweep = |minute| {
        store
            .write(|tx| tx.sweep_answers(minutes(minute), 10))
            .unwrap()
    };
    assert_eq!((sweep(19), sweep(20), sweep(20)), (0, 1, 0));
}

fn a_kept_answer_is_sealed(base: &Base) {
    let store = base.open();
    store
        .write(|tx| tx.keep_answer("ann", "k1", &answer(), minutes(10)))
        .unwrap();
    base.sql("UPDATE kept_answers SET caller = 'bob'");
    let error = store
        .write(|tx| tx.kept_answer("bob", "k1", noon()))
        .unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Corrupt {
                table: "kept_answers",
                ..
            }
        ),
        "{error:?}"
    );
}
