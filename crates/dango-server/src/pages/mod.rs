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

pub(crate) use theme::Theme;
