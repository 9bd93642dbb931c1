//! Text with emphasis, safe to print from the moment it is made.

use clap::builder::styling::{AnsiColor, Style};

use super::clean::clean;

/// What a piece of text means; the look follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// A heading, or what matters most in a line.
    Strong,
    /// Less important.
    Dim,
    /// As it should be.
    Good,
    /// To be looked at.
    Caution,
    /// Wrong or out of use.
    Bad,
}

impl Tone {
    const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Caution => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        }
    }
}

/// One line's worth of text in pieces. SECURITY: every piece is cleaned when it is added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(Vec<(Tone, String)>);

impl Text {
    /// A text of one piece.
    pub(crate) fn toned(tone: Tone, text: impl AsRef<str>) -> Self {
        Self::default().and(tone, text)
    }

    /// Adds a piece.
    #[must_use]
    pub(crate) fn and(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        self.0.push((tone, clean(text.as_ref()).into_owned()));
        self
    }

    /// Adds a piece without emphasis.
    #[must_use]
    pub(crate) fn plain(self, text: impl AsRef<str>) -> Self {
        self.and(Tone::Plain, text)
    }

    /// Adds a piece that matters most.
    #[must_use]
    pub(crate) fn strong(self, text: impl AsRef<str>) -> Self {
        self.and(Tone::Strong, text)
    }

    /// The tone of the first piece.
    pub(crate) fn tone(&self) -> Tone {
        self.0.first().map_or(Tone::Plain, |(tone, _)| *tone)
    }

    /// The bare text.
    pub(crate) fn bare(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// The text with or without terminal colours.
    pub(crate) fn render(&self, colour: bool) -> String {
        let paint = |(tone, text): &(Tone, String)| {
            let style = tone.style();
            if colour {
                format!("{style}{text}{style:#}")
            } else {
                text.clone()
            }
        };
        self.0.iter().map(paint).collect()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::toned(Tone::Plain, text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::toned(Tone::Plain, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_ours_and_never_the_datas() {
        let text = Text::toned(Tone::Bad, "x\u{1b}[0m").plain(" rest");
        assert_eq!(text.render(false), "x\\u{1b}[0m rest");
        assert_eq!(text.render(true), "\u{1b}[31mx\\u{1b}[0m\u{1b}[0m rest");
    }
}
