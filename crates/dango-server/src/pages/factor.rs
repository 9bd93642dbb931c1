//! `/settings/account/second-factor`: switching the second factor on, in three steps.

use askama::Template;

use super::field::Field;
use super::filters;
use super::frame::Frame;

/// How far the person has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The password, so that nobody does it at an unlocked screen.
    Password {
        /// The password in use.
        password: Field,
    },
    /// The app, then a code from it.
    Code {
        /// What to put into the app; shown once, so a second try comes without.
        secret: Option<Secret>,
        /// The code.
        code: Field,
    },
    /// The recovery codes, shown once.
    Codes {
        /// The codes.
        codes: RecoveryCodes,
    },
}

impl Stage {
    /// The number of the step.
    pub(crate) const fn number(&self) -> u8 {
        match self {
            Self::Password { .. } => 1,
            Self::Code { .. } => 2,
            Self::Codes { .. } => 3,
        }
    }
}

/// What an authenticator app needs.
#[derive(Debug)]
pub(crate) struct Secret {
    /// The QR code as a `data:` address.
    pub(crate) qr: String,
    /// The key in groups of four.
    pub(crate) manual: String,
}

/// Recovery codes as they are shown, copied, kept as a file and printed.
#[derive(Debug)]
pub(crate) struct RecoveryCodes {
    /// Whose they are.
    pub(crate) login: String,
    /// The day they were made.
    pub(crate) made: String,
    /// The codes.
    pub(crate) list: Vec<String>,
    /// The same as a text file in a `data:` address.
    pub(crate) file: String,
    /// What the file is called.
    pub(crate) file_name: String,
}

/// One step of switching the second factor on.
#[derive(Debug, Template)]
#[template(path = "factor.html")]
pub(crate) struct Factor {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// The login name, for password keepers.
    pub(crate) login: String,
    /// Nothing else can be done before this.
    pub(crate) required: bool,
    pub(crate) stage: Stage,
    /// Where to go when all is done.
    pub(crate) done: String,
}

/// Fresh recovery codes in place of the old ones.
#[derive(Debug, Template)]
#[template(path = "new_codes.html")]
pub(crate) struct NewCodes {
    pub(crate) frame: Frame,
    pub(crate) codes: RecoveryCodes,
}
