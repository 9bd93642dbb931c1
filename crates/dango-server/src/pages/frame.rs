//! What every page has around its content.

use super::assets::Assets;
use super::place::Place;
use super::text::Text;
use super::theme::Theme;

/// How something is meant: a dot's or a notice's colour, always beside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neither good nor bad.
    Plain,
    /// Well.
    Good,
    /// Waits for somebody.
    Wait,
    /// Wrong, refused or gone.
    Bad,
}

impl Tone {
    /// The class name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
        }
    }
}

/// A word with a dot.
#[derive(Clone, Debug)]
pub(crate) struct Dot {
    /// The colour.
    pub(crate) tone: Tone,
    /// The word.
    pub(crate) label: String,
}

impl Dot {
    /// A second factor that is on or off.
    pub(crate) fn factor(on: bool, text: &Text) -> Self {
        if on {
            Self::new(Tone::Good, text.factor.on)
        } else {
            Self::new(Tone::Wait, text.factor.off)
        }
    }

    /// A word with a dot of that tone.
    pub(crate) fn new(tone: Tone, label: impl Into<String>) -> Self {
        Self {
            tone,
            label: label.into(),
        }
    }
}

/// What happened a moment ago.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// How it is meant.
    pub(crate) tone: Tone,
    /// What it says.
    pub(crate) text: String,
}

/// The person in the header.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Their name.
    pub(crate) name: String,
    /// Their role.
    pub(crate) role: String,
    /// The places they may enter.
    pub(crate) places: Vec<Place>,
    /// False where there is nothing to sign out of: sign-in is switched off.
    pub(crate) signs_out: bool,
}

/// What every page has around its content.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// All words in the reader's language.
    pub(crate) text: &'static Text,
    /// Where the stylesheet, script and mark are.
    pub(crate) assets: &'static Assets,
    /// The path in front of all others, where a proxy puts the server below one; mostly empty.
    pub(crate) at: String,
    /// The name of the installation.
    pub(crate) project: String,
    /// Marks the page's own script and style for the content security policy.
    pub(crate) nonce: String,
    /// Proves that a form came from a page of ours.
    pub(crate) form_token: String,
    /// Light or dark.
    pub(crate) theme: Theme,
    /// The place of the side list the page belongs to.
    pub(crate) here: Option<Place>,
    /// The page's own local path and query, to come back to.
    pub(crate) path: String,
    /// Who is signed in.
    pub(crate) person: Option<Person>,
    /// What happened a moment ago.
    pub(crate) notice: Option<Notice>,
    /// Sign-in is switched off.
    pub(crate) auth_off: bool,
}

impl Frame {
    /// The page belongs to this place of the side list.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass references"
    )]
    pub(crate) fn is_here(&self, place: &Place) -> bool {
        self.here == Some(*place)
    }
}
