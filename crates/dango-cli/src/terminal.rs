//! What the three streams are connected to, found out once.

use std::io::{self, IsTerminal as _};

use anstream::{AutoStream, ColorChoice};

/// What we may assume about whoever reads and types.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Whether questions can be asked: somebody reads standard error and types into standard input.
    pub(crate) interactive: bool,
    /// The width of standard output in columns; none when it is not a terminal.
    pub(crate) width: Option<u16>,
    /// Whether standard output takes colours.
    pub(crate) colour_out: bool,
    /// Whether standard error takes colours.
    pub(crate) colour_err: bool,
}

impl Terminal {
    /// Looks at the streams; `choice` other than auto decides over `NO_COLOR`, `CLICOLOR_FORCE` and `TERM`.
    pub(crate) fn look(choice: ColorChoice) -> Self {
        let wants = |detected: ColorChoice| match choice {
            ColorChoice::Auto => detected != ColorChoice::Never,
            ColorChoice::Never => false,
            ColorChoice::AlwaysAnsi | ColorChoice::Always => true,
        };
        Self {
            interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            width: io::stdout().is_terminal().then(width),
            colour_out: wants(AutoStream::choice(&io::stdout())),
            colour_err: wants(AutoStream::choice(&io::stderr())),
        }
    }

    /// Whether standard output is a terminal.
    pub(crate) fn shows_output(self) -> bool {
        self.width.is_some()
    }
}

/// The columns of the terminal, 80 where it does not say.
fn width() -> u16 {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout());
    size.ok()
        .map(|size| size.ws_col)
        .filter(|columns| *columns > 0)
        .unwrap_or(80)
}
