//! The web pages, used as a browser without script uses them.

mod account;
mod entry;
mod look;
mod people;
mod places;
mod visitor;

pub(crate) use visitor::Visitor;
