//! A clock that jumps: nothing panics, nothing that ended comes back, and people still get in (contract §3.4).

use std::io::Write as _;

use chrono::{DateTime, Duration, Utc};
use dango_auth::api_keys::{CreateKey, CreatedKey, Expiry, LimitRequest};
use dango_auth::core::Source;
use dango_auth::core::session::Transport;
use dango_auth::sign_in::SignedIn;
use dango_auth::users::CreatedSecret;
use dango_auth::{Auth, Kind};

use crate::enrolled::{enrol, give, give_recovery, half};
use crate::house::{House, rounds};
use crate::people::{
    HOME, INVITE, PASSWORD, WRONG, by_key, from, key_name, new_user, password, recognise,
};

/// Jumps in seconds, one after the other: small and large, back and forward, over years and back again.
const JUMPS: [i64; 14] = [
    1,
    -2,
    61,
    -61,
    3_600,
    -7_200,
    86_400,
    -2 * 86_400,
    366 * 86_400,
    -366 * 86_400,
    40 * 366 * 86_400,
    -60 * 366 * 86_400,
    900 * 366 * 86_400,
    -880 * 366 * 86_400,
];

/// Credentials that ended, each in its own way.
struct Dead {
    sessions: Vec<(&'static str, SignedIn)>,
    invites: Vec<(&'static str, String)>,
    keys: Vec<(&'static str, CreatedKey)>,
}

impl Dead {
    fn make(house: &House) -> Self {
        let keys = vec![("revoked", revoked_key(house))];
        Self {
            invites: invites(house),
            sessions: sessions(house),
            keys,
        }
    }

    /// Those that are alive again.
    fn revived(&self, auth: &Auth) -> Vec<&'static str> {
        let sessions = self.sessions.iter();
        let sessions = sessions.filter(|(_, session)| recognise(auth, session).is_ok());
        let invites = self.invites.iter();
        let invites = invites.filter(|(_, token)| auth.invites().look_up(token).is_ok());
        let keys = self.keys.iter();
        let keys = keys.filter(|(_, key)| by_key(auth, key.token.expose()).is_ok());
        let names = sessions.map(|(how, _)| *how);
        let names = names.chain(invites.map(|(how, _)| *how));
        names.chain(keys.map(|(how, _)| *how)).collect()
    }

    fn len(&self) -> usize {
        self.sessions.len() + self.invites.len() + self.keys.len()
    }
}

fn sessions(house: &House) -> Vec<(&'static str, SignedIn)> {
    let start = house.now();
    for name in ["bob", "eve", "sam"] {
        house.person(name, "viewer");
    }
    let (idle, swept, out, off) = (
        house.signed_in("bob"),
        house.signed_in("bob"),
        house.signed_in("eve"),
        house.signed_in("sam"),
    );
    let caller = recognise(&house.auth, &out).unwrap();
    house.auth.sign_in().sign_out(&caller).unwrap();
    let (users, system) = (house.auth.users(), house.system());
    users.deactivate(&system, off.session.user).unwrap();
    users.reactivate(&system, off.session.user).unwrap();
    // One is found to have ended when it is presented, the other when sessions are swept.
    house.pass(Duration::days(400));
    assert!(recognise(&house.auth, &idle).is_err());
    assert!(house.auth.sessions().sweep().unwrap() > 0);
    house.clock.set(start);
    vec![
        ("idle", idle),
        ("swept", swept),
        ("signed out", out),
        ("of somebody deactivated", off),
    ]
}

fn invites(house: &House) -> Vec<(&'static str, String)> {
    let invite = |name: &str| {
        let made = house.create(new_user(name, "viewer", INVITE));
        let Some(CreatedSecret::Invite(invite)) = made.secret else {
            panic!("an invite is shown")
        };
        (made.user.user.id, invite.token.expose().to_owned())
    };
    let (_, used) = invite("used@x.org");
    let area = house.auth.invites();
    let typed = password(PASSWORD);
    area.accept(&used, &typed, Transport::Cookie, &from(HOME))
        .unwrap();
    let (id, replaced) = invite("replaced@x.org");
    area.resend(&house.system(), id, None).unwrap();
    vec![("used", used), ("replaced", replaced)]
}

fn key(house: &House, owner: &str) -> CreatedKey {
    let caller = house.member(owner, "viewer");
    let request = CreateKey {
        name: key_name("nightly"),
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    };
    house.auth.api_keys().create_own(&caller, &request).unwrap()
}

fn revoked_key(house: &House) -> CreatedKey {
    let key = key(house, "kim");
    let keys = house.auth.api_keys();
    keys.revoke(&house.system(), key.row.key.id).unwrap();
    key
}

/// What people do all day; whatever the clock says they get in.
fn everyday(house: &House, key: &CreatedKey) {
    let auth = &house.auth;
    let _ = house.try_password("zoe", WRONG, HOME).unwrap_err();
    let signed_in = house.signed_in("zoe");
    recognise(auth, &signed_in).unwrap();
    by_key(auth, key.token.expose()).unwrap();
    let here = Source::of(HOME.parse().unwrap());
    for _ in 0..3 {
        assert!(auth.limits().login(here).unwrap().unwrap().admitted);
        let general = auth.limits().general(here).unwrap().unwrap();
        // What a clock one window ahead has counted is waited for, no longer than a window.
        let waits = general.admitted || general.retry_after_seconds <= 60;
        assert!(waits, "{}: {general:?}", house.now());
    }
    auth.sessions().flush().unwrap();
    auth.sessions().sweep().unwrap();
    auth.status().report(&house.system()).unwrap();
    let _ = house.create(new_user(
        &format!("n{}", house.events().len()),
        "viewer",
        INVITE,
    ));
}

fn nothing_that_ended_comes_back_wherever_the_clock_jumps(house: &House) {
    let dead = Dead::make(house);
    let key = key(house, "zoe");
    let (mut looks, mut violations) = (0, 0);
    for round in 0..rounds(1, 10) {
        for jump in JUMPS {
            // An odd number of microseconds, so that no two rounds meet at the same instants.
            let odd = Duration::microseconds(i64::try_from(round).unwrap() * 1_000_003);
            house.pass(Duration::seconds(jump) + odd);
            let revived = dead.revived(&house.auth);
            assert_eq!(revived, [""; 0], "after a jump of {jump} s");
            everyday(house, &key);
            looks += dead.len();
            violations += revived.len();
        }
    }
    let backend = if house.database().is_some() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    let line = format!(
        "clock jumps: ended credentials tried{backend:>19} {looks:>7} inputs {violations:>4} violations"
    );
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn used_codes_stay_used_at_their_own_instant(house: &House) {
    let caller = house.member("ida", "viewer");
    let ida = enrol(house, caller);
    let (then, code) = (house.now(), ida.code(house));
    give(&house.auth, &half(house, "ida"), &code).unwrap();
    give_recovery(&house.auth, &half(house, "ida"), &ida.recovery[0]).unwrap();
    let again = |at: DateTime<Utc>| {
        house.clock.set(at);
        let code = give(&house.auth, &half(house, "ida"), &code).unwrap_err();
        let recovery = give_recovery(&house.auth, &half(house, "ida"), &ida.recovery[0]);
        assert_eq!(code.kind(), Kind::Invalid, "{code}");
        assert_eq!(recovery.unwrap_err().kind(), Kind::Invalid);
    };
    again(then);
    house.clock.set(then + Duration::days(3_000));
    give(&house.auth, &half(house, "ida"), &ida.code(house)).unwrap();
    again(then);
}

fn locks_and_limits_of_a_clock_that_was_wrong_end_with_it(house: &House) {
    house.person("bob", "viewer");
    let start = house.now();
    let here = Source::of(HOME.parse().unwrap());
    house.clock.set(start + Duration::days(366));
    while house.auth.limits().login(here).unwrap().unwrap().admitted {}
    while house.auth.limits().general(here).unwrap().unwrap().admitted {}
    for _ in 0..5 {
        let _ = house.try_password("bob", WRONG, HOME).unwrap_err();
    }
    let locked = house.try_password("bob", PASSWORD, HOME).unwrap_err();
    assert_eq!(locked.kind(), Kind::Locked);
    house.clock.set(start);
    assert!(house.auth.limits().login(here).unwrap().unwrap().admitted);
    assert!(house.auth.limits().general(here).unwrap().unwrap().admitted);
    house.signed_in("bob");
}

fn a_lock_outlasts_a_small_step_back(house: &House) {
    house.person("bob", "viewer");
    for _ in 0..5 {
        let _ = house.try_password("bob", WRONG, HOME).unwrap_err();
    }
    for step in [-1, -60, -3_000] {
        house.pass(Duration::seconds(step));
        let locked = house.try_password("bob", PASSWORD, HOME).unwrap_err();
        assert_eq!(locked.kind(), Kind::Locked, "{step}");
    }
    house.pass(Duration::seconds(3_061) + Duration::minutes(15));
    house.signed_in("bob");
}

on_both_databases!(
    nothing_that_ended_comes_back_wherever_the_clock_jumps,
    used_codes_stay_used_at_their_own_instant,
    locks_and_limits_of_a_clock_that_was_wrong_end_with_it,
    a_lock_outlasts_a_small_step_back,
);
