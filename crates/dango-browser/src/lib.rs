//! A real browser for tests: Chromium, driven through its WebDriver.
//!
//! - [`Browser`]: one window with a fresh profile. Pages are used as people use them: fields and buttons
//!   are found by the words on them, and what is not visible cannot be used.
//! - [`Look`]: theme, size, paper and motion of the window.
//! - [`visit`]: a window that collects what is wrong with the pages it is shown.
//! - [`axe`]: the accessibility rules that every page is checked against.
//!
//! A browser that is dropped has been watched: whatever a page wrote on the console (a broken content
//! security policy, an exception in the script) fails the test then.
//!
//! Every method panics, with the page in the message, when the page is not as the test says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a failing test is the aim"
)]

pub mod axe;
mod browser;
mod console;
mod find;
mod look;
mod session;
pub mod visit;

pub use browser::Browser;
pub use look::{DESKTOP, Look, PHONE, Theme};
pub use session::Script;
