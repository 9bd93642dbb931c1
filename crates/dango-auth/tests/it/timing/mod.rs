//! Whether an attempt tells by its cost what the account is like (contract §3.9): counted always, and timed
//! in a thorough run.

mod attempts;
mod sample;
mod work;

use dango_auth::core::audit::Origin;
use dango_auth::core::{HashParameters, PasswordHash};
use dango_auth::sign_in::PasswordAttempt;
use dango_auth::{Auth, Kind};

use crate::house::House;
use crate::people::{HOME, INVITE, WRONG, attempt, from, new_user, ready, set_hash};

/// `Lantern-over-42-hills` at cost 4.
const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuusH.tk1.83OT5841UBW6HQL/b1kXjc.e";
/// A third of the work of [`today`].
const CHEAPER: &str = "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// What every other attempt is compared with: the wrong password of an active person.
const BASELINE: &str = "bob";

/// People of every sort; each is refused with [`WRONG`].
const CASES: [(&str, &str); 5] = [
    ("unknown", "nobody"),
    ("inactive", "idle"),
    ("invited", "guest@x.org"),
    ("cheaper Argon2id", "cheap"),
    ("bcrypt cost 4", "moved"),
];

fn today() -> HashParameters {
    HashParameters::checked(7_168, 5, 1).unwrap()
}

fn populate(house: &House, auth: &Auth) {
    let person = |name: &str| {
        let request = new_user(name, "viewer", ready());
        auth.users().create(&house.system(), request).unwrap().user
    };
    let _ = house.admin();
    let _ = person(BASELINE);
    let idle = person("idle").user.id;
    auth.users().deactivate(&house.system(), idle).unwrap();
    let _ = house.create(new_user("guest@x.org", "viewer", INVITE));
    for (name, hash) in [("cheap", CHEAPER), ("moved", BCRYPT)] {
        set_hash(
            house,
            &person(name).user,
            &PasswordHash::parse(hash).unwrap(),
        );
    }
}

/// An attempt from the machine itself, where no source is judged, so that many can be made.
fn wrong(login: &str) -> PasswordAttempt {
    PasswordAttempt {
        origin: Origin {
            ip: None,
            ..from(HOME)
        },
        ..attempt(login, WRONG, HOME)
    }
}

fn refused(auth: &Auth, login: &str) {
    let error = auth.sign_in().with_password(&wrong(login)).unwrap_err();
    assert_eq!(error.kind(), Kind::BadCredentials, "{login}: {error}");
}
