//! What people do again and again: come in, prove who they are, invite somebody.

use std::time::{SystemTime, UNIX_EPOCH};

use dango_browser::{Browser, Script};
use data_encoding::BASE32_NOPAD;
use totp_lite::{Sha1, totp_custom};

use crate::installation::PASSWORD;
use crate::server::Server;

/// Length of a step in seconds.
const STEP: u64 = 30;

impl Server {
    /// A window that looks at this server, or none where no browser is installed.
    pub(crate) fn window(&self, script: Script) -> Option<Browser> {
        Browser::new(self.url(), script)
    }
}

/// Makes the first administrator on the page that a new server shows.
#[track_caller]
pub(super) fn set_up<'a>(window: &'a Browser, login: &str) -> &'a Browser {
    window
        .fill("Email or username", login)
        .fill("Password", PASSWORD);
    window
        .press("Create the administrator")
        .is_at("/")
        .shows("Hello,")
}

/// Signs in with name and password; where it leads is the caller's to say.
#[track_caller]
pub(super) fn sign_in<'a>(window: &'a Browser, login: &str) -> &'a Browser {
    window.open("/login").fill("Username or email", login);
    window.fill("Password", PASSWORD).press("Sign in")
}

/// Invites somebody through the pages; gives the link.
#[track_caller]
pub(super) fn invite(window: &Browser, email: &str, role: &str) -> String {
    window.open("/settings/users").follow("Add person");
    window.fill("Email or username", email);
    window.choose("Role everywhere", role).press("Add person");
    window.shows("Invitation ready").shows(email);
    window.text_of("#secret").unwrap()
}

/// Accepts an invitation with everybody's password.
#[track_caller]
pub(super) fn accept<'a>(window: &'a Browser, link: &str) -> &'a Browser {
    window.open(link).is_at("/invite").shows("Welcome");
    window.fill("Password", PASSWORD);
    window.press("Set password and sign in").is_at("/")
}

/// What an authenticator app shows.
pub(super) struct App {
    seed: Vec<u8>,
    start: u64,
}

impl App {
    /// An app to which the key of the page has been added by hand.
    pub(super) fn with(key: &str) -> Self {
        let key = key.replace(' ', "");
        // Late in a step the codes beside it would lapse before a slow browser has sent them.
        let late = now() % STEP;
        if late > STEP / 2 {
            std::thread::sleep(std::time::Duration::from_secs(STEP - late));
        }
        Self {
            seed: BASE32_NOPAD.decode(key.as_bytes()).unwrap(),
            start: now(),
        }
    }

    /// The code of a step beside the present one: the server takes the one before and the one after too,
    /// and each only once.
    pub(super) fn code(&self, step: i64) -> String {
        let time = self
            .start
            .checked_add_signed(step * STEP.cast_signed())
            .unwrap();
        totp_custom::<Sha1>(STEP, 6, &self.seed, time)
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Switches the second factor on from the account page; gives the app and the recovery codes.
#[track_caller]
pub(super) fn enrol(window: &Browser, script: Script) -> (App, Vec<String>) {
    window
        .open("/settings/account")
        .follow("Switch on the second factor");
    window.fill("Your password", PASSWORD).press("Start");
    window.unfold("Enter a key instead");
    let app = App::with(&window.text_of("#manual-key").unwrap());
    window
        .fill("Code from the app", &app.code(-1))
        .press("Switch on");
    window.shows("Keep your recovery codes");
    let codes = window.text_of("#recovery-codes").unwrap();
    let codes: Vec<String> = codes
        .split_whitespace()
        .filter(|word| word.len() > 8)
        .map(str::to_owned)
        .collect();
    assert_eq!(codes.len(), 10, "{codes:?}");
    // What only a script can do is offered only with one.
    let offers_to_print = window.text().contains("Print");
    assert_eq!(offers_to_print, script == Script::On);
    window
        .follow("I have kept them")
        .shows("10 recovery codes left.");
    (app, codes)
}
