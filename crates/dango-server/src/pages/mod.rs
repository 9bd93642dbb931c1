//! The web pages: one struct per page, words from one catalogue, every form usable without script.

mod access;
mod account;
mod assets;
mod audit;
mod chart;
mod device;
mod error;
mod factor;
mod field;
mod filters;
mod frame;
mod home;
mod invite;
mod login;
mod moment;
mod password;
mod place;
mod roles;
#[cfg(test)]
mod sample;
mod settings;
mod setup;
mod shown_once;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod user;
mod users;
mod workspaces;

use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use dango_auth_actix::Problem;

pub(crate) use theme::Theme;

use crate::route::Route;

/// All pages; each a [`Route`] of [`Group::Pages`](crate::route::Group::Pages).
pub fn routes() -> Vec<Route> {
    Vec::new()
}

/// A refusal as a page.
pub fn problem_page(_: &HttpRequest, problem: &Problem) -> HttpResponse {
    problem.error_response()
}
