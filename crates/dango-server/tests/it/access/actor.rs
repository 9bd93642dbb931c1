//! Everybody who might call a route.

use dango_auth::core::id::SessionId;
use dango_auth::core::token::CsrfToken;
use dango_auth_actix::Requirement;
use dango_server::route::{Group, Route};
use dango_testkit::http::{Client, Request, Response, WithBearer, WithCookies};
use serde_json::json;

use crate::harness::{PASSWORD, Server, text};

/// The six roles.
pub(super) const ROLES: [&str; 6] = [
    "viewer",
    "operator",
    "editor",
    "developer",
    "manager",
    "admin",
];

const NOTHING: &str = "00000000-0000-4000-8000-000000000000";
const VISIT: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Anonymous,
    Partial,
    MustChange,
    MustEnrol,
    Role(&'static str),
    KeyOf(&'static str),
    Inactive,
}

/// Somebody with their way to ask.
pub(super) struct Actor {
    pub(super) kind: Kind,
    name: String,
    client: Box<dyn Client>,
    /// For the forms of people who have signed in.
    session_token: String,
    /// For the forms before that.
    visit_token: String,
}

/// The servers everybody calls.
pub(super) struct Stage {
    usual: Server,
    /// Where a second factor is required.
    strict: Server,
}

impl Stage {
    /// Servers with somebody of every kind.
    pub(super) fn set() -> Self {
        let usual = Server::start();
        for role in ROLES {
            usual.person(&login(role), role);
        }
        usual.must_change("changer", "admin");
        usual.person("gone", "admin");
        usual.person("partial", "admin");
        usual.enrol(&usual.browser("partial"));
        let strict = Server::with(&[("DANGO_AUTH__REQUIRE_2FA", "true")]);
        Self { usual, strict }
    }

    /// Everybody, signed in.
    pub(super) fn actors(&self) -> Vec<Actor> {
        let keys = ROLES.into_iter().map(Kind::KeyOf);
        let people = ROLES.into_iter().map(Kind::Role);
        let pending = [
            Kind::Anonymous,
            Kind::Partial,
            Kind::MustChange,
            Kind::MustEnrol,
        ];
        let kinds = pending
            .into_iter()
            .chain(people)
            .chain(keys)
            .chain([Kind::Inactive]);
        kinds.map(|kind| self.actor(kind)).collect()
    }

    fn actor(&self, kind: Kind) -> Actor {
        let strict = kind == Kind::MustEnrol;
        let visited = if strict { &self.strict } else { &self.usual };
        let visit_token = token(visited, &format!("visit:{VISIT}"));
        let (name, client, session_token) = match kind {
            Kind::Anonymous => ("anonymous".to_owned(), self.visitor(), String::new()),
            Kind::Partial => ("partial".to_owned(), self.partial(), String::new()),
            Kind::MustChange => signed_in("must change", &self.usual, "changer"),
            Kind::MustEnrol => signed_in("must enrol", &self.strict, "admin"),
            Kind::Role(role) => signed_in(role, &self.usual, &login(role)),
            Kind::KeyOf(role) => {
                let key = self.usual.key(&login(role));
                let client = Box::new(WithBearer::new(self.usual.url(), &key));
                (
                    format!("key of {role}"),
                    client as Box<dyn Client>,
                    String::new(),
                )
            }
            Kind::Inactive => self.inactive(),
        };
        Actor {
            kind,
            name,
            client,
            session_token,
            visit_token,
        }
    }

    fn visitor(&self) -> Box<dyn Client> {
        let client = WithCookies::new(self.usual.url());
        client.set_cookie("dango_visit", VISIT);
        Box::new(client)
    }

    fn partial(&self) -> Box<dyn Client> {
        let client = WithCookies::new(self.usual.url());
        client.set_cookie("dango_visit", VISIT);
        let body = json!({"email": "partial", "password": PASSWORD});
        let _ = client
            .send(Request::new("POST", "/api/auth/login").json(&body))
            .expect(200);
        Box::new(client)
    }

    fn inactive(&self) -> (String, Box<dyn Client>, String) {
        let client = self.usual.browser("gone");
        client.set_cookie("dango_visit", VISIT);
        let me = client.get("/api/auth/me").expect(200).json();
        let path = format!("/api/admin/users/{}/deactivate", text(&me, "/id"));
        let admin = self.usual.browser("admin");
        let _ = admin.post(&path, &json!({})).expect(200);
        ("inactive".to_owned(), Box::new(client), String::new())
    }
}

fn signed_in(name: &str, server: &Server, login: &str) -> (String, Box<dyn Client>, String) {
    let client = server.browser(login);
    client.set_cookie("dango_visit", VISIT);
    let token = token(server, &format!("session:{}", session_of(server, &client)));
    (name.to_owned(), Box::new(client), token)
}

fn login(role: &str) -> String {
    format!("the-{role}")
}

/// The id of a client's session, which somebody with an obligation cannot ask for.
fn session_of(server: &Server, client: &WithCookies) -> SessionId {
    use dango_auth::core::audit::{Origin, Via};
    use dango_auth::core::session::Transport;
    use dango_auth::sessions::Presented;
    let cookie = client.cookie("dango_session").unwrap();
    let presented = Presented::Session {
        token: &cookie,
        transport: Transport::Cookie,
    };
    let caller = server
        .auth
        .sessions()
        .authenticate(presented, Origin::local(Via::Web));
    caller.unwrap().session_id().unwrap()
}

fn token(server: &Server, binding: &str) -> String {
    CsrfToken::make(&server.auth.form_keys()[0], binding.as_bytes(), [7; 16])
        .expose()
        .to_owned()
}

impl Actor {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Calls a route and tells in a word what came of it.
    pub(super) fn call(&mut self, stage: &Stage, route: &Route) -> &'static str {
        let answer = self.client.send(self.request(route));
        let ends_session = route.path.ends_with("/logout");
        let word = word(route, &answer);
        if ends_session && word == "ok" {
            *self = stage.actor(self.kind);
        }
        word
    }

    fn request(&self, route: &Route) -> Request {
        let path = route
            .path
            .replace("{id}", NOTHING)
            .replace("{token}", NOTHING);
        let request = Request::new(route.method.as_str(), &path);
        if route.group == Group::Pages {
            return self.page(route, request);
        }
        let request = request.same_origin();
        if route.draft().body.is_some() {
            request.json(&json!({}))
        } else {
            request
        }
    }
}

impl Actor {
    /// A page, or its form with the token that belongs to it.
    fn page(&self, route: &Route, request: Request) -> Request {
        let request = request.header("Sec-Fetch-Site", "same-origin");
        if route.method == actix_web::http::Method::GET {
            return request;
        }
        if route.requirement == Requirement::EVERYBODY {
            // Who has no jar sends the cookie by hand.
            let cookie = format!("dango_visit={VISIT}");
            let by_hand = matches!(self.kind, Kind::KeyOf(_));
            let request = if by_hand {
                request.header("Cookie", &cookie)
            } else {
                request
            };
            return request.form(&[("csrf_token", self.visit_token.as_str())]);
        }
        request.form(&[("csrf_token", self.session_token.as_str())])
    }
}

fn word(route: &Route, answer: &Response) -> &'static str {
    match answer.status {
        401 => "401",
        403 => match answer.code().as_str() {
            "permission_denied" => "denied",
            "session_required" => "session",
            "password_change_required" => "change",
            "second_factor_setup_required" => "enrol",
            "setup_completed" => "ok",
            other => panic!("{route:?}: {other}"),
        },
        500.. => panic!("{route:?}: {}", answer.text()),
        _ => "ok",
    }
}
