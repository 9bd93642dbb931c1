//! The web pages: one struct per page, words from one catalogue, every form usable without script.

mod access;
mod account;
mod address;
mod appearance;
mod assets;
mod audit;
mod chart;
mod complaint;
mod count;
mod device;
mod done;
mod error;
mod event;
mod factor;
mod field;
mod filters;
mod frame;
#[cfg(test)]
mod gallery;
mod home;
mod invite;
mod keys;
mod login;
mod metabase;
mod moment;
mod once;
mod password;
mod pending;
mod place;
mod reader;
mod roles;
mod rules;
#[cfg(test)]
mod sample;
mod sent;
mod settings;
mod setup;
mod shown_once;
mod stale;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod user;
mod user_act;
mod user_doing;
mod user_new;
mod user_secret;
mod users;
mod workspace;
mod workspaces;

pub use error::problem_page;
pub(crate) use theme::Theme;

use crate::route::Route;

/// All pages; each a [`Route`] of [`Group::Pages`](crate::route::Group::Pages).
pub fn routes() -> Vec<Route> {
    let parts = [
        login::routes(),
        setup::routes(),
        invite::routes(),
        password::routes(),
        factor::routes(),
        home::routes(),
        account::routes(),
        keys::routes(),
        users::routes(),
        user_new::routes(),
        user::routes(),
        user_doing::routes(),
        roles::routes(),
        workspaces::routes(),
        workspace::routes(),
        audit::routes(),
        settings::routes(),
        appearance::routes(),
    ];
    parts.into_iter().flatten().collect()
}
