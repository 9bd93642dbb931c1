//! Why a command did not do what was asked.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};

use crate::exit::Exit;

/// One value that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FieldFault {
    /// Which value.
    pub(crate) field: String,
    /// The stable word for the rule.
    pub(crate) code: String,
    /// What the rule is.
    pub(crate) message: String,
}

/// A refusal or failure: what happened, why, and the next step. With `--json` it is printed as it stands.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Fault(Box<Body>);

#[derive(Debug, Serialize)]
struct Body {
    #[serde(skip)]
    exit: Exit,
    code: Cow<'static, str>,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldFault>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issues: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_step: Option<Cow<'static, str>>,
    #[serde(skip)]
    silent: bool,
}

impl Fault {
    /// A fault with a stable code and what happened in plain words.
    pub(crate) fn new(
        exit: Exit,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self(Box::new(Body {
            exit,
            code: code.into(),
            message: message.into(),
            errors: Vec::new(),
            issues: Vec::new(),
            remaining_seconds: None,
            next_step: None,
            silent: false,
        }))
    }

    /// Something about the command line, or a missing confirmation.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, code, message)
    }

    /// A value that breaks a rule about values.
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::Invalid, code, message)
    }

    /// The person pressed Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        Self::new(
            Exit::Interrupted,
            "interrupted",
            "interrupted; nothing was changed",
        )
    }

    /// Adds the next step.
    #[must_use]
    pub(crate) fn with_next_step(mut self, step: impl Into<Cow<'static, str>>) -> Self {
        self.0.next_step = Some(step.into());
        self
    }

    /// Names the values that are wrong.
    #[must_use]
    pub(crate) fn with_errors(mut self, errors: Vec<FieldFault>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Adds what a password lacks.
    #[must_use]
    pub(crate) fn with_issues(mut self, issues: Vec<String>) -> Self {
        self.0.issues = issues;
        self
    }

    /// Adds how long to wait.
    #[must_use]
    pub(crate) fn with_remaining_seconds(mut self, seconds: Option<u64>) -> Self {
        self.0.remaining_seconds = seconds;
        self
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    /// What happened.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// What is wrong one by one, where the message does not say it already.
    pub(crate) fn details(&self) -> impl Iterator<Item = &str> {
        let errors = self.0.errors.iter().map(|error| error.message.as_str());
        let all = errors.chain(self.0.issues.iter().map(String::as_str));
        all.filter(|detail| !self.0.message.contains(detail))
    }

    /// What to do next.
    pub(crate) fn next_step(&self) -> Option<&str> {
        self.0.next_step.as_deref()
    }

    /// Tells whether there is nobody left to tell: whoever read our output went away.
    pub(crate) fn is_silent(&self) -> bool {
        self.0.silent
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        let mut fault = Self::new(
            Exit::Unexpected,
            "output_failed",
            format!("cannot write the output: {error}"),
        );
        fault.0.silent = error.kind() == io::ErrorKind::BrokenPipe;
        fault
    }
}
