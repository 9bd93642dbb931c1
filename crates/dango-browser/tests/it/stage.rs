//! Two weeks of a small team: who came, who did what, and what went wrong.

use chrono::{DateTime, Duration, DurationRound as _, Utc};
use dango_auth::Clock as _;
use dango_auth::core::audit::Via;
use dango_auth::core::totp::{TotpSeed, code_at, step_at};
use dango_auth::core::{EmailAddress, Password, Username, WorkspaceName};
use dango_auth::setup::FirstPassword;
use dango_auth::users::{CreateUser, CreatedSecret, FirstCredential};
use dango_testkit::http::{Client as _, Request, WithCookies};
use serde_json::json;

use crate::harness::{PASSWORD, Server, text};

/// The administrator, who has the second factor on.
pub(crate) const MAI: &str = "mai@harbour.example";
/// A person with roles in two workspaces only.
pub(crate) const KOFI: &str = "kofi@harbour.example";
/// A manager without a second factor.
pub(crate) const TOMAS: &str = "tomas@harbour.example";
/// Somebody invited who has not come yet.
pub(crate) const SOFIA: &str = "sofia@harbour.example";

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";
const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";

/// How many days the story takes.
const DAYS: i64 = 13;

/// A server with two weeks behind it.
pub(crate) struct Stage {
    pub(crate) server: Server,
    /// What Mai's authenticator app knows.
    seed: TotpSeed,
    start: DateTime<Utc>,
}

impl Stage {
    /// Plays the two weeks; the clock stands at the present then.
    pub(crate) fn set() -> Self {
        let server = Server::bare(&[("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.0/8")]);
        let today = Utc::now().duration_trunc(Duration::days(1)).unwrap();
        let mut stage = Self {
            server,
            seed: TotpSeed::from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap(),
            start: today - Duration::days(DAYS),
        };
        stage.at(0, 8, 2);
        stage.people_and_workspaces();
        stage.mai_gets_a_second_factor();
        (0..DAYS).for_each(|day| stage.day(day));
        stage.what_waits();
        stage.move_to(Utc::now());
        stage
    }

    fn move_to(&self, then: DateTime<Utc>) {
        self.server.clock.advance(then - self.server.clock.now());
    }

    fn at(&self, day: i64, hour: i64, minute: i64) {
        let time = Duration::days(day) + Duration::hours(hour) + Duration::minutes(minute);
        self.move_to(self.start + time);
    }

    fn people_and_workspaces(&self) {
        let auth = &self.server.auth;
        let password = FirstPassword::Chosen(Password::new(PASSWORD).unwrap());
        let name = Username::parse(MAI).unwrap();
        let email = EmailAddress::parse(MAI).ok();
        auth.setup()
            .bootstrap(&name, email, password, Via::Cli)
            .unwrap();
        let system = auth.local_caller(Via::Cli);
        for (name, description) in [
            ("finance", "Ledger, invoices and the monthly close"),
            ("logistics", "Ships, berths and containers"),
            ("research", "Tide and weather models"),
            ("sales", "Customers, offers and contracts"),
        ] {
            let name = WorkspaceName::parse(name).unwrap();
            auth.workspaces()
                .create(&system, &name, description)
                .unwrap();
        }
        let _ = self.server.person(TOMAS, "manager");
        let _ = self.server.person("ingrid@harbour.example", "developer");
        let _ = self.server.person("leila@harbour.example", "operator");
        let _ = self.server.person("yuki@harbour.example", "viewer");
        let _ = self.server.person(
            "anneliese.von-hohenstein@logistics.harbour.example",
            "viewer",
        );
        let _ = self
            .server
            .scoped(KOFI, &[("sales", "editor"), ("finance", "viewer")]);
        let _ = self
            .server
            .scoped("arjun@harbour.example", &[("research", "developer")]);
    }

    fn mai_gets_a_second_factor(&mut self) {
        let mai = self.first_step(MAI, FIREFOX, "203.0.113.17");
        let body = json!({"password": PASSWORD});
        let begun = mai.post("/api/auth/2fa/setup", &body).expect(200).json();
        self.seed = TotpSeed::from_base32(&text(&begun, "/secret")).unwrap();
        let body = json!({"code": self.code()});
        let _ = mai.post("/api/auth/2fa/verify-setup", &body).expect(200);
    }

    /// What Mai's app shows now.
    pub(crate) fn code(&self) -> String {
        code_at(&self.seed, step_at(self.server.clock.now()))
    }

    /// What an app shows to which the key of the page has been added.
    pub(crate) fn code_of(&self, key: &str) -> String {
        let seed = TotpSeed::from_base32(&key.replace(' ', "")).unwrap();
        code_at(&seed, step_at(self.server.clock.now()))
    }

    /// Invites somebody; gives the link.
    pub(crate) fn invites(&self, email: &str) -> String {
        let auth = &self.server.auth;
        let request = CreateUser {
            username: Username::parse(email).unwrap(),
            email: EmailAddress::parse(email).ok(),
            role: auth.parse_role("viewer").unwrap(),
            access: None,
            first: FirstCredential::Invite {
                base_url: Some(self.server.url().to_owned()),
            },
        };
        let system = auth.local_caller(Via::Cli);
        match auth.users().create(&system, request).unwrap().secret {
            Some(CreatedSecret::Invite(invite)) => invite.url,
            other => panic!("no invitation but {other:?}"),
        }
    }

    fn first_step(&self, login: &str, agent: &str, from: &str) -> WithCookies {
        let client = WithCookies::new(self.server.url());
        let body = json!({"email": login, "password": PASSWORD});
        let _ = client
            .send(Self::sign_in(agent, from).json(&body))
            .expect(200);
        client
    }

    fn sign_in(agent: &str, from: &str) -> Request {
        let request = Request::new("POST", "/api/auth/login");
        request
            .header("User-Agent", agent)
            .header("X-Forwarded-For", from)
    }

    /// Signs somebody in over HTTP, by their second factor too.
    fn comes(&self, login: &str, agent: &str, from: &str) {
        let client = self.first_step(login, agent, from);
        if login == MAI {
            let request = Request::new("POST", "/api/auth/2fa/verify");
            let request = request
                .header("User-Agent", agent)
                .header("X-Forwarded-For", from);
            let _ = client
                .send(request.json(&json!({"code": self.code()})))
                .expect(200);
        }
    }

    fn mistypes(&self, login: &str, agent: &str, from: &str) {
        let client = WithCookies::new(self.server.url());
        let body = json!({"email": login, "password": "not quite the password"});
        let _ = client.send(Self::sign_in(agent, from).json(&body));
    }

    /// An ordinary day: fewer people at the weekend, a typing mistake now and then.
    fn day(&self, day: i64) {
        let came = [3, 4, 2, 5, 4, 1, 1, 4, 5, 3, 4, 2, 1][usize::try_from(day).unwrap() % 13];
        let visits = [
            (7, 58, "ingrid@harbour.example", SAFARI, "203.0.113.40"),
            (8, 31, KOFI, CHROME, "203.0.113.22"),
            (9, 4, TOMAS, FIREFOX, "203.0.113.31"),
            (9, 47, "leila@harbour.example", CHROME, "198.51.100.7"),
            (13, 12, "arjun@harbour.example", FIREFOX, "198.51.100.80"),
        ];
        for (hour, minute, login, agent, from) in visits.into_iter().take(came) {
            self.at(day, hour, minute);
            if (day + hour) % 5 == 0 {
                self.mistypes(login, agent, from);
            }
            self.comes(login, agent, from);
        }
    }

    /// What somebody still has to look at: a lock, an invitation, an account that was closed.
    fn what_waits(&self) {
        self.at(DAYS - 1, 16, 20);
        let users = self.server.auth.users();
        let system = self.server.auth.local_caller(Via::Cli);
        let gone = self.server.person("noah@harbour.example", "editor");
        users.deactivate(&system, gone.id).unwrap();
        let _ = self.invites("hana@harbour.example");
        self.move_to(Utc::now() - Duration::minutes(40));
        self.comes(MAI, PHONE, "198.51.100.23");
        self.move_to(Utc::now() - Duration::minutes(6));
        for _ in 0..5 {
            self.mistypes("yuki@harbour.example", CHROME, "192.0.2.99");
        }
    }
}
