//! Questions to the person at the terminal.
//!
//! Without a terminal nothing is asked and nothing hangs: the command is refused with the option that answers the
//! question (contract §5). The end of input answers no.

mod hidden;

use std::io::{self, BufRead as _, Read as _};

use dango_auth::core::secret::Secret;
use zeroize::Zeroizing;

use crate::fault::Fault;
use crate::output::Output;
use hidden::Typed;

/// The longest password accepted on standard input, in bytes, line ending included.
const PASSWORD_INPUT_MAX: u64 = 2048;

/// Asks questions, or refuses to.
pub(crate) struct Prompt<'a> {
    output: &'a mut Output,
    interactive: bool,
    yes: bool,
}

impl<'a> Prompt<'a> {
    /// Asks through `output` if somebody is there; `yes` answers every confirmation.
    pub(crate) fn new(output: &'a mut Output, interactive: bool, yes: bool) -> Self {
        Self {
            output,
            interactive,
            yes,
        }
    }

    /// Asks to go ahead, to be answered by typing `expected` (case does not count).
    ///
    /// # Errors
    /// A usage fault when the answer is no or nobody is there to give one.
    pub(crate) fn confirm_by_typing(
        &mut self,
        question: &str,
        expected: &str,
    ) -> Result<(), Fault> {
        if self.yes {
            return Ok(());
        }
        if !self.interactive {
            return Err(confirmation_missing());
        }
        self.output
            .ask(&format!("{question} Type {expected} to go on:"))?;
        match self.read_line()? {
            Some(answer) if answer.trim().to_lowercase() == expected.to_lowercase() => Ok(()),
            _ => Err(declined()),
        }
    }

    /// Asks for a line of text; an empty answer is `default` where there is one.
    ///
    /// # Errors
    /// A usage fault naming `otherwise`, the option that answers the question, when nobody can.
    pub(crate) fn text(
        &mut self,
        question: &str,
        default: Option<&str>,
        otherwise: &str,
    ) -> Result<String, Fault> {
        if !self.interactive {
            return Err(nobody_to_ask(question, otherwise));
        }
        let shown = default.map_or_else(
            || format!("{question}:"),
            |default| format!("{question} [{default}]:"),
        );
        loop {
            self.output.ask(&shown)?;
            let Some(answer) = self.read_line()? else {
                return Err(declined());
            };
            match (answer.trim(), default) {
                ("", None) => {}
                ("", Some(default)) => return Ok(default.to_owned()),
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }

    /// Asks for a new password twice, without echo, until both are the same.
    ///
    /// # Errors
    /// A usage fault naming `otherwise` when nobody can be asked; interruption by Ctrl-C.
    pub(crate) fn new_password(&mut self, otherwise: &str) -> Result<Secret, Fault> {
        if !self.interactive {
            return Err(nobody_to_ask("Password", otherwise));
        }
        loop {
            let first = self.hidden("Password:")?;
            if first.is_empty() {
                continue;
            }
            let second = self.hidden("Password again:")?;
            if *first == *second {
                return Ok(Secret::from(first.as_str()));
            }
            self.output.warn("the two are not the same; try again")?;
        }
    }

    /// Asks for something secret once, without echo.
    ///
    /// # Errors
    /// A usage fault naming `otherwise` when nobody can be asked; interruption by Ctrl-C.
    pub(crate) fn secret(&mut self, question: &str, otherwise: &str) -> Result<Secret, Fault> {
        if !self.interactive {
            return Err(nobody_to_ask(question.trim_end_matches(':'), otherwise));
        }
        let line = self.hidden(question)?;
        Ok(Secret::from(line.as_str()))
    }

    /// Says why an answer is not good enough, before asking again.
    ///
    /// # Errors
    /// When nothing can be printed.
    pub(crate) fn complain(&mut self, fault: &Fault) -> Result<(), Fault> {
        self.output.warn(fault.message())?;
        for detail in fault.details() {
            self.output.note(format!("  - {detail}"))?;
        }
        Ok(())
    }

    fn hidden(&mut self, question: &str) -> Result<Zeroizing<String>, Fault> {
        self.output.ask(question)?;
        match hidden::read_line() {
            Ok(Typed::Line(line)) => Ok(line),
            Ok(Typed::End) => self.end_line().and(Err(declined())),
            Ok(Typed::Interrupt) => self.end_line().and(Err(Fault::interrupted())),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(bad_text("password")),
            Err(error) => Err(cannot_read(&error)),
        }
    }

    fn read_line(&mut self) -> Result<Option<String>, Fault> {
        let mut line = String::new();
        let read = io::stdin()
            .lock()
            .take(PASSWORD_INPUT_MAX)
            .read_line(&mut line);
        match read.map_err(|error| cannot_read(&error))? {
            0 => self.end_line().map(|()| None),
            _ => Ok(Some(line)),
        }
    }

    /// Leaves the line of a question that got no answer.
    fn end_line(&mut self) -> Result<(), Fault> {
        Ok(self.output.note("")?)
    }
}

/// Reads a password from standard input: everything up to the end, one closing line break cut off.
///
/// # Errors
/// When there is nothing, more than one line, or text longer than any password may be.
pub(crate) fn password_from_stdin() -> Result<Secret, Fault> {
    line_from_stdin("password")
}

/// The same for another secret that is one line of text.
///
/// # Errors
/// As [`password_from_stdin`].
pub(crate) fn line_from_stdin(what: &str) -> Result<Secret, Fault> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = io::stdin()
        .lock()
        .take(PASSWORD_INPUT_MAX + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(&error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| bad_text(what))?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(Fault::usage(
            if what == "password" {
                "password_missing"
            } else {
                "input_required"
            },
            format!("standard input holds no {what}"),
        ));
    }
    if bytes.len() as u64 > PASSWORD_INPUT_MAX || line.contains('\n') {
        return Err(bad_text(what));
    }
    Ok(Secret::from(line))
}

fn confirmation_missing() -> Fault {
    Fault::usage(
        "confirmation_required",
        "this needs a confirmation and there is no terminal to ask at; nothing was changed",
    )
    .with_next_step("give --yes to confirm")
}

fn declined() -> Fault {
    Fault::usage("not_confirmed", "not confirmed; nothing was changed")
}

fn nobody_to_ask(question: &str, otherwise: &str) -> Fault {
    let question = question.to_lowercase();
    Fault::usage(
        "input_required",
        format!("there is no terminal to ask for the {question} at; nothing was changed"),
    )
    .with_next_step(format!("give {otherwise}"))
}

fn bad_text(what: &str) -> Fault {
    let text = format!("the {what} is one line of UTF-8 text of at most 1,024 bytes");
    Fault::invalid("invalid_request", text)
}

fn cannot_read(error: &io::Error) -> Fault {
    Fault::new(
        crate::exit::Exit::Unexpected,
        "input_failed",
        format!("cannot read from the terminal: {error}"),
    )
}
