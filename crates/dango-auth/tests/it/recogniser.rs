//! What a thread remembers of those it recognised: never more than is true, never more than it has room for.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::session::Transport;
use dango_auth::sessions::Presented;
use dango_auth::sign_in::SignedIn;
use dango_auth::{Auth, Caller, Error, Kind, Obligation, Recogniser, Watch};
use serde_json::json;

use crate::house::House;
use crate::people::{HOME, from, key_name, role};

on_both_databases![
    whoever_was_recognised_is_known_without_the_database,
    a_change_by_another_process_is_known_at_the_next_request,
    a_changed_setting_is_known_at_the_next_request,
    sign_in_switched_off_and_on_is_known_at_the_next_request,
    a_session_that_idled_too_long_is_refused_from_memory,
    a_key_that_lapsed_is_refused_from_memory,
    an_old_password_obliges_from_its_day_on,
    no_more_is_remembered_than_there_is_room_for,
];

/// A worker of a server.
pub struct Worker {
    auth: Auth,
    watch: Watch,
    recogniser: Recogniser,
    /// How often the database had to be asked.
    asked: usize,
}

impl Worker {
    pub fn new(auth: &Auth) -> Self {
        Self::remembering(auth, 100)
    }

    fn remembering(auth: &Auth, most: usize) -> Self {
        Self {
            auth: auth.clone(),
            watch: auth.watch(),
            recogniser: Recogniser::remembering(auth, most),
            asked: 0,
        }
    }

    fn ask(&mut self, presented: Presented<'_>) -> Result<Caller, Error> {
        let (epoch, origin) = (self.watch.epoch()?, Arc::new(from(HOME)));
        if let Some(known) = self.recogniser.recall(epoch, presented, &origin) {
            return known;
        }
        self.asked += 1;
        let found = self.auth.look_up(presented, &origin)?;
        self.recogniser.keep(found, origin)
    }

    pub fn session(&mut self, signed_in: &SignedIn) -> Result<Caller, Error> {
        self.ask(Presented::Session {
            token: signed_in.token.expose(),
            transport: signed_in.session.transport,
        })
    }
}

#[track_caller]
fn refused(answer: Result<Caller, Error>) {
    assert_eq!(answer.unwrap_err().kind(), Kind::Unauthenticated);
}

fn key_of(
    house: &House,
    owner: &SignedIn,
    expiry: Expiry,
) -> (Caller, dango_auth::api_keys::CreatedKey) {
    let caller = crate::people::recognise(&house.auth, owner).unwrap();
    let request = CreateKey {
        name: key_name("nightly"),
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry,
    };
    let key = house.auth.api_keys().create_own(&caller, &request).unwrap();
    (caller, key)
}

fn whoever_was_recognised_is_known_without_the_database(house: &House) {
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let (_, key) = key_of(house, &signed_in, Expiry::Never);
    let mut worker = Worker::new(&house.auth);
    for _ in 0..5 {
        assert_eq!(worker.session(&signed_in).unwrap().name(), "bob");
        let caller = worker.ask(Presented::ApiKey(key.token.expose())).unwrap();
        assert!(caller.via_api_key());
        refused(worker.ask(Presented::Nothing));
        refused(worker.ask(Presented::ApiKey("no key")));
    }
    assert_eq!(worker.asked, 2);
    // A token that comes another way than it was given out for is another credential.
    let transport = match signed_in.session.transport {
        Transport::Cookie => Transport::Bearer,
        Transport::Bearer => Transport::Cookie,
    };
    let token = signed_in.token.expose();
    refused(worker.ask(Presented::Session { token, transport }));
}

fn a_change_by_another_process_is_known_at_the_next_request(house: &House) {
    let (admin, other) = (house.admin(), house.another(&[]));
    let id = house.person("bob", "editor").user.id;
    let first = house.signed_in("bob");
    let (owner, key) = key_of(house, &first, Expiry::Never);
    let mut worker = Worker::new(&house.auth);
    let may_edit = |worker: &mut Worker| {
        let caller = worker.session(&first).unwrap();
        let decision = house.auth.decide(&caller, "query.execute", None).unwrap();
        decision.is_allowed()
    };
    assert!(may_edit(&mut worker));
    other
        .users()
        .change_role(&admin, id, &role("viewer"))
        .unwrap();
    assert!(!may_edit(&mut worker), "a role that was taken away");
    let presented = Presented::ApiKey(key.token.expose());
    assert!(worker.ask(presented).is_ok());
    other.api_keys().revoke_own(&owner, key.row.key.id).unwrap();
    refused(worker.ask(presented));
    assert!(worker.session(&first).is_ok());
    assert_eq!(other.users().revoke_sessions(&admin, id).unwrap(), 1);
    refused(worker.session(&first));
    let second = house.signed_in("bob");
    assert!(worker.session(&second).is_ok());
    assert!(other.users().deactivate(&admin, id).unwrap().changed);
    refused(worker.session(&second));
}

fn a_changed_setting_is_known_at_the_next_request(house: &House) {
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let mut worker = Worker::new(&house.auth);
    assert_eq!(worker.session(&signed_in).unwrap().obligation(), None);
    let values = BTreeMap::from([("require_2fa".to_owned(), json!(true))]);
    let other = house.another(&[]);
    other.configuration().put(&house.system(), &values).unwrap();
    let obliged = worker.session(&signed_in).unwrap().obligation();
    assert_eq!(obliged, Some(Obligation::SetUpSecondFactor));
}

fn sign_in_switched_off_and_on_is_known_at_the_next_request(house: &House) {
    house.person("bob", "viewer");
    let mut worker = Worker::new(&house.auth);
    let other = house.another(&[]);
    for _ in 0..3 {
        refused(worker.ask(Presented::Nothing));
        other
            .configuration()
            .switch(&house.system(), false)
            .unwrap();
        assert!(worker.ask(Presented::Nothing).unwrap().is_system());
        assert!(worker.ask(Presented::Nothing).unwrap().is_system());
        other.configuration().switch(&house.system(), true).unwrap();
    }
    refused(worker.ask(Presented::Nothing));
}

fn a_session_that_idled_too_long_is_refused_from_memory(house: &House) {
    let auth = house.another(&[("DANGO_AUTH__IDLE_TIMEOUT_MINUTES", "5")]);
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let mut worker = Worker::new(&auth);
    assert!(worker.session(&signed_in).is_ok());
    // In use: noted uses carry it over the limit.
    for _ in 0..20 {
        house.pass(Duration::seconds(50));
        assert!(worker.session(&signed_in).is_ok());
        auth.sessions().flush().unwrap();
    }
    house.pass(Duration::minutes(5));
    refused(worker.session(&signed_in));
    house.pass(Duration::minutes(-5));
    refused(worker.session(&signed_in));
}

fn a_key_that_lapsed_is_refused_from_memory(house: &House) {
    house.person("bob", "viewer");
    let signed_in = house.signed_in("bob");
    let (_, key) = key_of(house, &signed_in, Expiry::Days(1));
    let mut worker = Worker::new(&house.auth);
    let presented = Presented::ApiKey(key.token.expose());
    house.pass(Duration::days(1) - Duration::microseconds(1));
    assert!(worker.ask(presented).is_ok());
    house.pass(Duration::microseconds(1));
    refused(worker.ask(presented));
}

fn an_old_password_obliges_from_its_day_on(house: &House) {
    let auth = house.another(&[("DANGO_AUTH__PASSWORD__MAX_AGE_DAYS", "1")]);
    house.person("bob", "viewer");
    let made = house.now();
    house.pass(Duration::hours(12));
    let signed_in = house.signed_in("bob");
    let mut worker = Worker::new(&auth);
    house.clock.set(made + Duration::days(1));
    assert_eq!(worker.session(&signed_in).unwrap().obligation(), None);
    house.pass(Duration::microseconds(1));
    let obliged = worker.session(&signed_in).unwrap().obligation();
    assert_eq!(obliged, Some(Obligation::ChangePassword));
}

fn no_more_is_remembered_than_there_is_room_for(house: &House) {
    house.person("bob", "viewer");
    let sessions: Vec<_> = (0..12).map(|_| house.signed_in("bob")).collect();
    let mut worker = Worker::remembering(&house.auth, 4);
    for signed_in in &sessions {
        assert!(worker.session(signed_in).is_ok());
        assert!(worker.session(&sessions[0]).is_ok());
        assert!(worker.recogniser.len() <= 4);
    }
    // The one in use was never forgotten.
    assert_eq!(worker.asked, sessions.len());
}
