//! `/settings/account`: my password, sessions, second factor and keys.

use askama::Template;

use super::field::{Choice, Field, PasswordRules};
use super::filters;
use super::frame::{Dot, Frame};
use super::moment::Moment;

/// The page about oneself.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub(crate) struct Account {
    pub(crate) frame: Frame,
    pub(crate) login: String,
    /// Only where it is not the login name.
    pub(crate) email: Option<String>,
    pub(crate) role: String,
    pub(crate) since: Moment,
    pub(crate) password: PasswordForm,
    pub(crate) factor: FactorState,
    pub(crate) sessions: Vec<SessionLine>,
    pub(crate) keys: Vec<KeyLine>,
    pub(crate) new_key: KeyForm,
}

/// The form that changes the password.
#[derive(Debug)]
pub(crate) struct PasswordForm {
    pub(crate) open: bool,
    pub(crate) alert: Option<String>,
    pub(crate) current: Field,
    pub(crate) new: Field,
    pub(crate) rules: PasswordRules,
}

/// The second factor and its two forms.
#[derive(Debug)]
pub(crate) struct FactorState {
    pub(crate) on: bool,
    pub(crate) status: Dot,
    pub(crate) codes_left: usize,
    /// The policy does not let anybody switch it off.
    pub(crate) required: bool,
    pub(crate) alert: Option<String>,
    pub(crate) open: OpenFactorForm,
    pub(crate) codes_password: Field,
    pub(crate) codes_code: Field,
    pub(crate) off_password: Field,
    pub(crate) off_code: Field,
}

/// Which of the two forms stands open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenFactorForm {
    /// None of them.
    Neither,
    /// New recovery codes.
    Codes,
    /// Switching off.
    Off,
}

impl OpenFactorForm {
    /// The form for new codes is open.
    pub(crate) fn is_codes(self) -> bool {
        self == Self::Codes
    }

    /// The form for switching off is open.
    pub(crate) fn is_off(self) -> bool {
        self == Self::Off
    }
}

/// A session.
#[derive(Debug)]
pub(crate) struct SessionLine {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) place: String,
    pub(crate) last_seen: Moment,
    pub(crate) ends: Moment,
    pub(crate) current: bool,
}

/// An API key.
#[derive(Debug)]
pub(crate) struct KeyLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// What it may do, in words.
    pub(crate) rights: String,
    pub(crate) status: Dot,
    pub(crate) expired: bool,
    pub(crate) expires: Option<Moment>,
    pub(crate) last_used: Option<Moment>,
}

/// The form that makes a key.
#[derive(Debug)]
pub(crate) struct KeyForm {
    pub(crate) open: bool,
    pub(crate) alert: Option<String>,
    pub(crate) name: Field,
    pub(crate) expires: Field,
    pub(crate) expiries: Vec<Choice>,
    pub(crate) role: Field,
    pub(crate) roles: Vec<Choice>,
    pub(crate) workspaces: Field,
}
