//! Somebody with a browser: a stranger, or a person who has signed in.

use dango_browser::visit::Visitor;

use crate::harness::{PASSWORD, Server};
use crate::stage::Stage;

/// A fresh window, or none where no browser is installed.
pub(crate) fn stranger(server: &Server) -> Option<Visitor> {
    Visitor::at(server.url())
}

/// A window in which somebody has signed in.
pub(crate) fn signed_in(stage: &Stage, login: &str) -> Option<Visitor> {
    let visitor = stranger(&stage.server)?;
    let window = &visitor.window;
    window.open("/login").fill("Username or email", login);
    window.fill("Password", PASSWORD).press("Sign in");
    if login == crate::stage::MAI {
        window.fill("Code", &stage.code()).press("Sign in");
    }
    window.is_at("/");
    Some(visitor)
}
