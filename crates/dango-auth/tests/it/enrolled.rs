//! Somebody with a second factor, and how they sign in.

use chrono::Duration;
use dango_auth::core::TotpSeed;
use dango_auth::core::session::Transport;
use dango_auth::core::totp::{code_at, step_at};
use dango_auth::error::Error;
use dango_auth::second_factor::Enrolment;
use dango_auth::sign_in::{SecondFactorAttempt, SignIn, SignedIn};
use dango_auth::{Auth, Caller};

use crate::house::House;
use crate::people::{HOME, PASSWORD, from, password};

/// Somebody with a second factor.
pub struct Enrolled {
    pub caller: Caller,
    pub seed: TotpSeed,
    pub recovery: Vec<String>,
}

impl Enrolled {
    /// The code of now.
    pub fn code(&self, house: &House) -> String {
        code_at(&self.seed, step_at(house.now()))
    }

    /// A code that is certainly wrong now.
    pub fn wrong_code(&self, house: &House) -> String {
        let step = step_at(house.now());
        let near: Vec<String> = (-1..=1).map(|by| code_at(&self.seed, step + by)).collect();
        let mut tries = (0..10).map(|digit| digit.to_string().repeat(6));
        tries.find(|code| !near.contains(code)).unwrap()
    }
}

pub fn seed_of(enrolment: &Enrolment) -> TotpSeed {
    TotpSeed::from_base32(enrolment.secret.expose()).unwrap()
}

pub fn begin(house: &House, caller: &Caller) -> Enrolment {
    let area = house.auth.second_factor();
    area.begin(caller, &password(PASSWORD)).unwrap()
}

/// Enrols somebody and lets the time step of the first code pass.
pub fn enrol(house: &House, caller: Caller) -> Enrolled {
    let enrolment = begin(house, &caller);
    let enrolled = Enrolled {
        seed: seed_of(&enrolment),
        recovery: enrolment
            .recovery_codes
            .iter()
            .map(|code| code.expose().to_owned())
            .collect(),
        caller,
    };
    let code = enrolled.code(house);
    house
        .auth
        .second_factor()
        .confirm(&enrolled.caller, &code)
        .unwrap();
    house.pass(Duration::seconds(60));
    enrolled
}

/// The partial session after the right password.
pub fn half(house: &House, login: &str) -> String {
    match house.try_password(login, PASSWORD, HOME).unwrap() {
        SignIn::SecondFactorNeeded { token, expires_at } => {
            assert_eq!(expires_at, house.now() + Duration::minutes(5));
            token.expose().to_owned()
        }
        SignIn::Complete(_) => panic!("no second factor is asked for"),
    }
}

pub fn second(token: &str, code: &str, recovery: bool) -> SecondFactorAttempt {
    SecondFactorAttempt {
        token: token.to_owned(),
        transport: Transport::Cookie,
        code: code.to_owned(),
        recovery,
        device: None,
        origin: from(HOME),
    }
}

pub fn give(auth: &Auth, token: &str, code: &str) -> Result<SignedIn, Error> {
    auth.sign_in()
        .with_second_factor(&second(token, code, false))
}

pub fn give_recovery(auth: &Auth, token: &str, code: &str) -> Result<SignedIn, Error> {
    auth.sign_in()
        .with_second_factor(&second(token, code, true))
}
