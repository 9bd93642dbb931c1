//! What the server knows, and who may ask.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use super::Age;
use super::http::Request;

/// The key it accepts.
pub const API_KEY: &str = "mb_testkit_key";
/// The administrator it starts with.
pub const SERVICE_EMAIL: &str = "service@bi.example.org";
/// That administrator's password.
pub const SERVICE_PASSWORD: &str = "service password";
/// That administrator's id.
pub const SERVICE_ID: i64 = 1;

/// The account behind [`API_KEY`], which is in no list.
const KEY_ID: i64 = 9_000;
/// Built-in groups.
const ALL_USERS: i64 = 1;
pub(super) const ADMINISTRATORS: i64 = 2;
/// The one database that the graph has.
const DATABASE: &str = "2";

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Its address.
    pub email: String,
    /// Whether it can sign in.
    pub active: bool,
    /// Whether it administers Metabase.
    pub superuser: bool,
    /// Its groups.
    pub groups: BTreeSet<i64>,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// This status without a body; nothing is done.
    Status(u16),
    /// No answer for this long; nothing is done.
    Slow(Duration),
    /// It is done, and the answer is lost on the way (504).
    DoneButLost,
}

/// An answer: status and body.
pub(super) type Reply = (u16, Value);

#[derive(Debug)]
pub(super) struct State {
    pub(super) age: Age,
    pub(super) users: BTreeMap<i64, Account>,
    pub(super) groups: BTreeMap<i64, String>,
    /// Membership id by group and user.
    pub(super) memberships: BTreeMap<(i64, i64), i64>,
    pub(super) graph: Value,
    pub(super) sessions: BTreeSet<String>,
    pub(super) faults: Vec<(String, Fault)>,
    pub(super) calls: Vec<String>,
    pub(super) slow_calls: usize,
    last_id: i64,
}

impl State {
    pub(super) fn new(age: Age) -> Self {
        let groups = [(ALL_USERS, "All Users"), (ADMINISTRATORS, "Administrators")];
        let mut state = Self {
            age,
            users: BTreeMap::new(),
            groups: groups.map(|(id, name)| (id, name.to_owned())).into(),
            memberships: BTreeMap::new(),
            graph: first_graph(age),
            sessions: BTreeSet::new(),
            faults: Vec::new(),
            calls: Vec::new(),
            slow_calls: 0,
            last_id: SERVICE_ID - 1,
        };
        state.add(SERVICE_EMAIL, true, &[]);
        state.last_id = 10;
        state
    }

    pub(super) fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn add(&mut self, email: &str, superuser: bool, groups: &[i64]) -> i64 {
        let id = self.next_id();
        let account = Account {
            id,
            email: email.to_owned(),
            active: true,
            superuser,
            groups: BTreeSet::new(),
        };
        self.users.insert(id, account);
        self.enter(ALL_USERS, id);
        if superuser {
            self.enter(ADMINISTRATORS, id);
        }
        for group in groups {
            self.enter(*group, id);
        }
        id
    }

    pub(super) fn add_group(&mut self, name: &str) -> i64 {
        let id = self.next_id();
        self.groups.insert(id, name.to_owned());
        id
    }

    pub(super) fn enter(&mut self, group: i64, user: i64) {
        let membership = self.next_id();
        self.memberships.insert((group, user), membership);
        if let Some(account) = self.users.get_mut(&user) {
            account.groups.insert(group);
        }
    }

    pub(super) fn leave(&mut self, group: i64, user: i64) {
        self.memberships.remove(&(group, user));
        if let Some(account) = self.users.get_mut(&user) {
            account.groups.remove(&group);
        }
    }

    /// Everybody but the service account.
    pub(super) fn people(&self) -> impl Iterator<Item = &Account> {
        self.users
            .values()
            .filter(|account| account.id != SERVICE_ID)
    }

    pub(super) fn next_fault(&mut self, request: &Request) -> Option<Fault> {
        let call = format!("{} {}", request.method, request.path);
        let place = self
            .faults
            .iter()
            .position(|(of, _)| call.starts_with(of))?;
        Some(self.faults.remove(place).1)
    }

    /// Writes a call down; passwords and queries about pages are left out.
    pub(super) fn note(&mut self, request: &Request, status: u16) {
        let mut body = request.body.clone();
        if let Some(password) = body.get_mut("password") {
            *password = json!("***");
        }
        let body = if body.is_null() {
            String::new()
        } else {
            format!(" {body}")
        };
        let search = match (request.query.get("status"), request.query.get("query")) {
            (Some(status), Some(query)) => format!("?status={status}&query={query}"),
            (Some(status), None) => format!("?status={status}"),
            _ => String::new(),
        };
        let Request { method, path, .. } = request;
        self.calls
            .push(format!("{method} {path}{search}{body} -> {status}"));
    }

    pub(super) fn answer(&mut self, request: &Request) -> Reply {
        if (request.method.as_str(), request.path.as_str()) == ("POST", "/api/session") {
            return self.sign_in(request);
        }
        let Some(caller) = self.caller(request) else {
            return (401, json!("Unauthenticated"));
        };
        if caller == KEY_ID && request.path == "/api/user/current" {
            return (
                200,
                json!({"id": KEY_ID, "email": "key@api-key.invalid", "is_superuser": true}),
            );
        }
        let is_superuser = self
            .users
            .get(&caller)
            .is_some_and(|account| account.superuser);
        if caller != KEY_ID && !is_superuser {
            return (403, json!("You don't have permissions to do that."));
        }
        let parts: Vec<&str> = request
            .path
            .trim_start_matches("/api/")
            .split('/')
            .collect();
        match parts.as_slice() {
            ["user", rest @ ..] => self.about_users(caller, request, rest),
            ["permissions", rest @ ..] => self.about_permissions(request, rest),
            _ => (404, json!("API endpoint does not exist.")),
        }
    }

    fn sign_in(&mut self, request: &Request) -> Reply {
        let name_and_password = (request.text("username"), request.text("password"));
        if name_and_password != (Some(SERVICE_EMAIL), Some(SERVICE_PASSWORD)) {
            return (
                401,
                json!({"errors": {"password": "did not match stored password"}}),
            );
        }
        let id = format!("session-{}", self.next_id());
        self.sessions.insert(id.clone());
        (200, json!({ "id": id }))
    }

    fn caller(&self, request: &Request) -> Option<i64> {
        if request.header("x-api-key") == Some(API_KEY) {
            return Some(KEY_ID);
        }
        let session = request.header("x-metabase-session")?;
        let active = self.users.get(&SERVICE_ID)?.active;
        (active && self.sessions.contains(session)).then_some(SERVICE_ID)
    }
}

/// The graph of a fresh server: everybody may do everything with the database.
fn first_graph(age: Age) -> Value {
    let all = match age {
        Age::Old => json!({"data": {"schemas": "all", "native": "write"}}),
        Age::New => json!({
            "view-data": "unrestricted",
            "create-queries": "query-builder-and-native",
            "download": {"schemas": "full"},
        }),
    };
    json!({"revision": 1, "groups": {
        "1": {DATABASE: all.clone()},
        "2": {DATABASE: all},
    }})
}
