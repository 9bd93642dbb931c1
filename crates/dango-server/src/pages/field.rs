//! Form fields as the templates draw them.

use dango_auth_actix::Problem;

use super::complaint::Complaint;
use super::reader::Reader;

/// One input with its state.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its id on the page.
    pub(crate) id: String,
    /// Its name in the form.
    pub(crate) name: &'static str,
    /// Its `type`.
    pub(crate) kind: &'static str,
    /// What was typed; never drawn for passwords.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
    /// Its `autocomplete`, empty for none.
    pub(crate) autocomplete: &'static str,
    /// Its `inputmode`, empty for none.
    pub(crate) inputmode: &'static str,
    /// No capitals and no spelling help: a name or code, not prose.
    pub(crate) plain: bool,
    /// It may not be empty.
    pub(crate) required: bool,
    /// The cursor starts here.
    pub(crate) focus: bool,
}

impl Field {
    /// A line of prose.
    pub(crate) fn text(name: &'static str) -> Self {
        Self {
            id: name.to_owned(),
            name,
            kind: "text",
            value: String::new(),
            error: None,
            autocomplete: "",
            inputmode: "",
            plain: false,
            required: false,
            focus: false,
        }
    }

    /// A name, an address, a token: no capitals, no spelling help.
    pub(crate) fn word(name: &'static str) -> Self {
        Self {
            plain: true,
            autocomplete: "off",
            ..Self::text(name)
        }
    }

    /// The login name.
    pub(crate) fn login(name: &'static str) -> Self {
        Self {
            plain: true,
            autocomplete: "username",
            required: true,
            ..Self::text(name)
        }
    }

    /// The password in use.
    pub(crate) fn current_password(name: &'static str) -> Self {
        Self {
            kind: "password",
            autocomplete: "current-password",
            required: true,
            ..Self::text(name)
        }
    }

    /// A password to come.
    pub(crate) fn new_password(name: &'static str) -> Self {
        Self {
            autocomplete: "new-password",
            ..Self::current_password(name)
        }
    }

    /// A code from an authenticator app.
    pub(crate) fn one_time_code(name: &'static str) -> Self {
        Self {
            plain: true,
            required: true,
            autocomplete: "one-time-code",
            inputmode: "numeric",
            ..Self::text(name)
        }
    }

    /// Gives it an id of its own where its name stands twice on a page.
    #[must_use]
    pub(crate) fn within(mut self, form: &str) -> Self {
        self.id = format!("{form}-{}", self.name);
        self
    }

    /// Puts in what was typed.
    #[must_use]
    pub(crate) fn holding(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Says what is wrong with it; the cursor goes there.
    #[must_use]
    pub(crate) fn wrong(mut self, error: Option<String>) -> Self {
        self.focus |= error.is_some();
        self.error = error;
        self
    }

    /// It may not be empty.
    #[must_use]
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The cursor starts here.
    #[must_use]
    pub(crate) const fn focused(mut self) -> Self {
        self.focus = true;
        self
    }
}

/// One line of a `<select>`.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// What the form sends.
    pub(crate) value: String,
    /// What the person reads.
    pub(crate) label: String,
}

impl Choice {
    /// A line that sends `value` and reads `label`.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }

    /// A line that reads as what it sends.
    pub(crate) fn same(value: &str) -> Self {
        Self::new(value, value)
    }
}

/// The rules a new password has to keep, and those the last try broke.
#[derive(Clone, Debug)]
pub(crate) struct PasswordRules {
    /// The shortest that is accepted, in characters.
    pub(crate) min_length: u32,
    /// What was wrong with the last try.
    pub(crate) issues: Vec<String>,
}

impl PasswordRules {
    /// The rules in force, and what the last try broke.
    pub(crate) async fn of(reader: &Reader, complaint: &Complaint) -> Result<Self, Problem> {
        let settings = reader.run(dango_auth::Auth::settings).await;
        let settings = settings.map_err(|error| reader.doorway.problem(&error))?;
        let min_length = settings.password_rules().min_length();
        Ok(Self {
            min_length,
            issues: complaint.issues.clone(),
        })
    }
}
