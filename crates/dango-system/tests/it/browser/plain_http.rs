//! Plain HTTP beyond loopback, as in a closed network: the browser says less there about where a form
//! comes from, because it does not trust the connection.

use dango_browser::{Browser, Script};
use dango_testkit::ports::free_port;

use super::door::{accept, invite, set_up, sign_in};
use crate::installation::{Installation, PASSWORD};
use crate::server::Server;

#[test]
fn forms_work_over_plain_http_under_a_name_of_the_network() {
    let port = free_port();
    let public = format!("http://harbour.test:{port}");
    let place = Installation::on_sqlite().with("DANGO_PUBLIC_URL", &public);
    let address = format!("127.0.0.1:{port}");
    let server = Server::start(&mut place.server_command_at(&address, 0));
    let Some(ann) = Browser::new(&public, Script::On) else {
        return;
    };
    let setup = format!("/setup?token={}", server.setup_token().unwrap());
    set_up(ann.open(&setup), "ann@example.org");
    let link = invite(&ann, "bo@example.org", "viewer");
    assert!(link.starts_with(&public), "{link}");
    let bo = Browser::new(&public, Script::Off).unwrap();
    accept(&bo, &link).shows("Your role is viewer");
    bo.press("Sign out").shows("You are signed out.");
    bo.open("/login")
        .fill("Username or email", "bo@example.org");
    bo.forget_cookie("dango_visit")
        .fill("Password", PASSWORD)
        .press("Sign in");
    bo.shows("What you typed is still here");
    bo.fill("Password", PASSWORD).press("Send again").is_at("/");
    bo.press("Sign out");
    sign_in(&bo, "bo@example.org").is_at("/");
}
