//! Our routes below a path of somebody else's application, beside routes of its own.

use std::net::TcpListener;
use std::sync::mpsc;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::rt::System;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use dango_auth::core::permission::builtin::types::{SourceSync, UsersManage};
use dango_auth_actix::{
    Allowed, AllowedIn, CurrentUser, Doorway, FromHeader, FromPath, FromQuery, Problem, Refuse,
    envelope, guard,
};
use dango_server::app::Shared;
use dango_server::embed;
use dango_testkit::http::{Client as _, Request, WithCookies};
use serde_json::json;

use crate::harness::{PASSWORD, Server};

/// An application with its own routes and ours below `/auth`, over the data of another server.
struct Embedded {
    url: String,
    handle: ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
    data: Server,
}

async fn own(user: CurrentUser) -> String {
    user.name().to_owned()
}

async fn by_path(user: AllowedIn<SourceSync, FromPath>) -> String {
    format!("{} in {}", user.name(), user.workspace().unwrap())
}

async fn by_query(user: AllowedIn<SourceSync, FromQuery>) -> String {
    format!("{:?}", user.workspace().map(ToString::to_string))
}

async fn by_header(user: AllowedIn<SourceSync, FromHeader>) -> String {
    format!("{:?}", user.workspace().map(ToString::to_string))
}

async fn odd() -> Result<String, actix_web::Error> {
    let response = HttpResponse::Conflict().json(json!({"of": "the embedder"}));
    Err(actix_web::error::InternalError::from_response("odd", response).into())
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/own", web::get().to(own))
        .route("/own", web::post().to(own))
        .route(
            "/people",
            web::get().to(|_: Allowed<UsersManage>| async { "all" }),
        )
        .route("/in/{workspace}/sync", web::post().to(by_path))
        .route("/query", web::get().to(by_query))
        .route("/header", web::get().to(by_header))
        .route("/odd", web::get().to(odd))
        .service(
            web::scope("/plain")
                .wrap(from_fn(guard::signed_in))
                .route("/x", web::to(|| async { "reached" })),
        );
}

impl Embedded {
    fn start(refuse: Option<Refuse>) -> Self {
        let data = Server::start();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut reach = embed::reach("/auth", &url);
        reach.refuse = refuse;
        let page = refuse.is_none().then_some(embed::PROBLEM_PAGE);
        let shared = Shared::new(Doorway::new(data.auth.clone(), reach, page).unwrap());
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(shared.doorway.clone())
                        .configure(routes)
                        .service(embed::everything("/auth", &shared))
                        .wrap(from_fn(envelope::around))
                });
                let server = server.workers(1).disable_signals();
                let server = server.listen(listener).unwrap().run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            url,
            handle: receiver.recv().unwrap(),
            thread: Some(thread),
            data,
        }
    }

    fn browser(&self, login: &str) -> WithCookies {
        let client = WithCookies::new(&self.url);
        let body = json!({"email": login, "password": PASSWORD});
        let _ = client.post("/auth/api/auth/login", &body).expect(200);
        client
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        System::new().block_on(self.handle.stop(false));
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

#[test]
fn one_sign_in_is_good_for_our_routes_and_those_of_the_embedder() {
    let place = Embedded::start(None);
    let admin = place.browser("admin");
    assert_eq!(
        admin.get("/auth/api/auth/me").expect(200).json()["username"],
        "admin"
    );
    assert_eq!(admin.get("/own").expect(200).text(), "admin");
    assert_eq!(admin.get("/people").expect(200).text(), "all");
    assert_eq!(admin.post("/own", &json!({})).status, 200);
    let bare = admin.send(Request::new("POST", "/own"));
    assert_eq!((bare.status, bare.code().as_str()), (403, "csrf"));
    let made = json!({"username": "ann", "password": PASSWORD, "role": "viewer"});
    let made = admin.post("/auth/api/v1/users", &made).expect(201);
    let location = made.header("location").unwrap().to_owned();
    assert!(location.starts_with("/auth/api/v1/users/"), "{location}");
    let _ = admin.get(&location).expect(200);
    let ann = place.browser("ann");
    let refused = ann.get("/people");
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "permission_denied")
    );
    let stranger = WithCookies::new(&place.url);
    let refused = stranger.get("/own");
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (401, "unauthenticated")
    );
    assert_eq!(
        stranger.get("/auth/api/nothing").expect(404).code(),
        "not_found"
    );
}

#[test]
fn pages_below_a_path_lead_to_pages_below_it() {
    let place = Embedded::start(None);
    let stranger = WithCookies::new(&place.url);
    let html = |path| Request::new("GET", path).header("Accept", "text/html");
    let led = stranger.send(html("/auth/settings/users")).expect(302);
    assert_eq!(
        led.header("location"),
        Some("/auth/login?next=/settings/users")
    );
    let led = stranger.send(html("/own")).expect(302);
    assert!(led.header("location").unwrap().starts_with("/auth/login"));
    let login = stranger.send(html("/auth/login")).expect(200).text();
    assert!(login.contains(r#"action="/auth/login"#), "{login}");
    assert!(!login.contains(r#"href="/static"#), "{login}");
    let users = place
        .browser("admin")
        .send(html("/auth/settings/users"))
        .expect(200);
    assert!(users.text().contains(r#"href="/auth/settings/roles"#));
}

#[test]
fn the_workspace_comes_from_path_query_or_header() {
    let place = Embedded::start(None);
    place
        .data
        .scoped("ben", &[("sales", "editor"), ("ads", "viewer")]);
    let ben = place.browser("ben");
    let sync = |workspace: &str| ben.post(&format!("/in/{workspace}/sync"), &json!({}));
    assert_eq!(sync("sales").expect(200).text(), "ben in sales");
    assert_eq!(sync("ads").expect(403).code(), "permission_denied");
    assert_eq!(sync("secret").expect(404).code(), "not_found");
    assert_eq!(
        sync("no%20name").expect(400).json()["errors"][0]["field"],
        "workspace"
    );
    assert_eq!(ben.get("/query?workspace=sales").status, 200);
    assert_eq!(ben.get("/query?workspace=ads").status, 403);
    assert_eq!(
        ben.get("/query").status,
        403,
        "a viewer outside of any workspace"
    );
    assert_eq!(ben.get("/query?workspace=sales&workspace=ads").status, 400);
    let header = |name: &str| ben.send(Request::new("GET", "/header").header("X-Workspace", name));
    assert_eq!(header("sales").status, 200);
    assert_eq!(header("ads").status, 403);
    let denied = place
        .data
        .events(dango_auth::core::audit::EventName::PERMISSION_DENIED);
    assert_eq!(
        denied.len(),
        4,
        "hidden and malformed ones are not refusals of a right"
    );
}

#[test]
fn middleware_lets_in_whoever_has_signed_in_and_checks_unsafe_requests() {
    let place = Embedded::start(None);
    assert_eq!(WithCookies::new(&place.url).get("/plain/x").status, 401);
    let admin = place.browser("admin");
    assert_eq!(admin.get("/plain/x").expect(200).text(), "reached");
    assert_eq!(admin.send(Request::new("POST", "/plain/x")).status, 403);
    assert_eq!(admin.post("/plain/x", &json!({})).status, 200);
}

#[test]
fn refusals_can_be_replaced_on_the_embedders_own_routes_alone() {
    fn refuse(_: &HttpRequest, problem: &Problem) -> HttpResponse {
        HttpResponse::build(problem.status()).body(format!("no: {}", problem.code()))
    }
    let place = Embedded::start(Some(refuse));
    let stranger = WithCookies::new(&place.url);
    assert_eq!(
        stranger.get("/own").expect(401).text(),
        "no: unauthenticated"
    );
    assert_eq!(
        stranger.get("/auth/api/auth/me").expect(401).code(),
        "unauthenticated"
    );
    let odd = stranger.get("/odd").expect(409).json();
    assert_eq!(odd, json!({"of": "the embedder"}));
}
