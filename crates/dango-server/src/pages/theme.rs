//! Light, dark, or whatever the system says.

use super::text::Text;

/// The chosen look; it travels in a cookie, so the first paint is already right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Follow the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order of the buttons.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word of form and cookie.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; anything else is the system's choice.
    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.as_str() == text)
            .unwrap_or_default()
    }

    /// The value of `data-theme`, if the person chose.
    pub(crate) fn chosen(self) -> Option<&'static str> {
        (self != Self::System).then_some(self.as_str())
    }

    /// What the button says.
    pub(crate) const fn label(self, text: &Text) -> &'static str {
        match self {
            Self::System => text.common.theme_system,
            Self::Light => text.common.theme_light,
            Self::Dark => text.common.theme_dark,
        }
    }
}
