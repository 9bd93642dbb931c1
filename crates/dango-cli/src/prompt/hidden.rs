//! Reading a line from the terminal without showing it.

use std::io::{self, Read as _};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

/// What Ctrl-C sends.
const CTRL_C: u8 = 3;
/// The longest line that is read, in bytes; twice what a password may have.
const LINE_MAX: usize = 2048;

/// Puts the terminal back as it was, whatever happens.
struct Muted(Termios);

impl Muted {
    fn new() -> io::Result<Self> {
        let before = tcgetattr(rustix::stdio::stdin())?;
        let mut quiet = before.clone();
        quiet
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        quiet
            .local_modes
            .insert(LocalModes::ECHONL | LocalModes::ICANON);
        // Ctrl-C ends the line instead of the process, so that the echo comes back on before we go.
        quiet.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
        tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Muted {
    fn drop(&mut self) {
        // Nothing better can be done with a terminal that went away.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &self.0);
    }
}

/// What somebody typed.
pub(super) enum Typed {
    /// A line, possibly empty.
    Line(Zeroizing<String>),
    /// The end of input.
    End,
    /// Ctrl-C.
    Interrupt,
}

/// Reads one line without echo.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] when the line is not text or longer than any password may be.
pub(super) fn read_line() -> io::Result<Typed> {
    let _muted = Muted::new()?;
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_MAX));
    for byte in io::stdin().lock().bytes() {
        match byte? {
            CTRL_C => return Ok(Typed::Interrupt),
            b'\n' => return text(&line),
            _ if line.len() == LINE_MAX => return Err(io::ErrorKind::InvalidData.into()),
            byte => line.push(byte),
        }
    }
    if line.is_empty() {
        Ok(Typed::End)
    } else {
        text(&line)
    }
}

fn text(line: &[u8]) -> io::Result<Typed> {
    let text = std::str::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(Typed::Line(Zeroizing::new(
        text.trim_end_matches('\r').to_owned(),
    )))
}
