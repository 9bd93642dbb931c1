//! Metabase rights that follow roles, against a server that answers like Metabase's published API.

mod comparing;
mod delivery;
mod outages;
mod transcript;

use std::time::Duration as RealTime;

use dango_auth::Auth;
use dango_auth::core::id::UserId;
use dango_auth::metabase::{Courier, MirrorReport, Round};
use dango_testkit::metabase::{API_KEY, Age, Metabase, SERVICE_EMAIL, SERVICE_PASSWORD};

use crate::house::House;
use crate::people::role;

/// An installation whose people are mirrored.
struct Mirrored<'a> {
    house: &'a House,
    metabase: Metabase,
    /// The server that follows.
    server: Auth,
    courier: Courier,
}

fn by_key(metabase: &Metabase) -> Vec<(&'static str, String)> {
    vec![
        ("DANGO_AUTH__METABASE__URL", metabase.url()),
        ("DANGO_AUTH__METABASE__API_KEY", API_KEY.to_owned()),
        ("DANGO_AUTH__METABASE__DATABASE_ID", "2".to_owned()),
    ]
}

fn by_password(metabase: &Metabase) -> Vec<(&'static str, String)> {
    let mut variables = by_key(metabase);
    variables[1] = ("DANGO_AUTH__METABASE__EMAIL", SERVICE_EMAIL.to_owned());
    variables.push((
        "DANGO_AUTH__METABASE__PASSWORD",
        SERVICE_PASSWORD.to_owned(),
    ));
    variables
}

/// A server of the house that is told of Metabase.
fn server(house: &House, variables: &[(&str, String)]) -> Auth {
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let auth = house.another(&variables);
    auth.metabase().follow().unwrap();
    auth
}

fn courier(auth: &Auth) -> Courier {
    let patience = RealTime::from_secs(5);
    Courier::with_patience(auth, patience).unwrap().unwrap()
}

impl<'a> Mirrored<'a> {
    /// Follows a new Metabase by key; whoever is there is delivered.
    fn new(house: &'a House) -> Self {
        Self::with(house, Metabase::start(Age::New), by_key)
    }

    fn with(
        house: &'a House,
        metabase: Metabase,
        sign_in: fn(&Metabase) -> Vec<(&'static str, String)>,
    ) -> Self {
        let server = server(house, &sign_in(&metabase));
        let courier = courier(&server);
        let mut mirrored = Self {
            house,
            metabase,
            server,
            courier,
        };
        mirrored.round();
        mirrored.metabase.calls();
        mirrored
    }

    fn round(&mut self) -> Round {
        self.courier.round().unwrap()
    }

    /// Adds somebody; nothing is delivered yet.
    fn add(&self, name: &str, as_role: &str) -> UserId {
        self.house.person(name, as_role).user.id
    }

    fn change_role(&self, id: UserId, as_role: &str) {
        let users = self.house.auth.users();
        users
            .change_role(&self.house.system(), id, &role(as_role))
            .unwrap();
    }

    fn report(&self) -> MirrorReport {
        let report = self.server.metabase().standing(&self.house.system());
        report.unwrap().unwrap()
    }

    fn waiting(&self) -> u64 {
        self.report().waiting.people
    }

    /// What somebody is in Metabase, in one word.
    fn is(&self, email: &str) -> &'static str {
        let group = self.metabase.group("Dango Editors").unwrap();
        let account = self.metabase.account(email);
        match (
            account.active,
            account.superuser,
            account.groups.contains(&group),
        ) {
            (false, _, _) => "deactivated",
            (true, true, false) => "superuser",
            (true, false, true) => "editor",
            (true, false, false) => "everyone",
            (true, true, true) => "superuser and editor",
        }
    }
}
