//! What a use case has against a form, in the reader's words and beside the fields.

use dango_auth::core::password::PasswordIssue;
use dango_auth::{Error, Kind};

use super::filters::put;
use super::moment::waiting;
use super::text::Text;

/// What is wrong, for the form as a whole and field by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Complaint {
    /// For the form as a whole.
    pub(crate) alert: Option<String>,
    /// What a new password breaks.
    pub(crate) issues: Vec<String>,
    fields: Vec<(String, String)>,
}

impl Complaint {
    /// Puts an error into words; `password` names the field of a new password, `current` that of the old.
    pub(crate) fn new(error: &Error, text: &Text, current: &str, password: &str) -> Self {
        let mut complaint = Self {
            issues: error.issues().iter().map(|it| issue(it, text)).collect(),
            ..Self::default()
        };
        match error {
            Error::WrongPassword => complaint.add(current, text.password.wrong),
            Error::PasswordReused => complaint.add(password, text.password.reused),
            Error::WeakPassword { issues } if issues.is_empty() => {
                complaint.add(password, text.password.weak);
            }
            _ if error.code() == "invalid_code" => complaint.add("code", text.factor.code_wrong),
            Error::Locked { remaining_seconds } => {
                complaint.alert = Some(put(
                    text.login.locked,
                    &[&waiting(*remaining_seconds, text)],
                ));
            }
            _ => complaint.add_all(error, text),
        }
        complaint
    }

    fn add_all(&mut self, error: &Error, text: &Text) {
        for fault in error.fields() {
            let words = Text::look_up(text.problems, &fault.code).map(str::to_owned);
            self.add(
                &fault.field,
                &words.unwrap_or_else(|| sentence(&fault.message)),
            );
        }
        if self.fields.is_empty() && self.issues.is_empty() {
            let words = Text::look_up(text.problems, error.code()).map(str::to_owned);
            self.alert = Some(words.unwrap_or_else(|| sentence(&error.to_string())));
        } else {
            self.alert = Some(text.errors.check_fields.to_owned());
        }
    }

    fn add(&mut self, field: &str, words: &str) {
        self.fields.push((field.to_owned(), words.to_owned()));
    }

    /// What is wrong with the first field.
    pub(crate) fn first(&self) -> Option<String> {
        self.fields.first().map(|(_, words)| words.clone())
    }

    /// What is wrong with a field, also with a part of it such as `grants[0].role`.
    pub(crate) fn about(&self, field: &str) -> Option<String> {
        let is_part = |name: &str| {
            name.strip_prefix(field)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.fields
            .iter()
            .find(|(name, _)| is_part(name))
            .map(|(_, words)| words.clone())
    }
}

/// Whether the form can be shown again with an explanation; other refusals are pages of their own.
pub(crate) fn is_about_the_form(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::Invalid
            | Kind::BadCredentials
            | Kind::Conflict
            | Kind::SelfAction
            | Kind::Locked
            | Kind::Stale
    )
}

/// What a new password breaks; the use cases say it in English.
fn issue(said: &str, text: &Text) -> String {
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    let too_short = digits
        .parse()
        .map(|min_length| PasswordIssue::TooShort { min_length });
    let known = [
        PasswordIssue::ControlCharacter,
        PasswordIssue::Common,
        PasswordIssue::LikeName,
        PasswordIssue::LikeService,
    ];
    let found = known
        .into_iter()
        .chain(too_short)
        .find(|issue| issue.to_string() == said);
    let words = found.and_then(|issue| Text::look_up(text.issues, issue.code()));
    words.map_or_else(|| sentence(said), |words| put(words, &[&digits]))
}

/// A message of the use cases as a sentence: they begin small and end without a full stop.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    let stop = if message.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::text::{DE, EN};

    #[test]
    fn faults_stand_beside_their_fields_and_parts_of_fields() {
        let error = Error::field("workspace_access.grants[0].role", "odd", "must be a role");
        let complaint = Complaint::new(&error, &EN, "current", "password");
        assert_eq!(
            complaint.about("workspace_access").as_deref(),
            Some("Must be a role.")
        );
        assert_eq!(complaint.about("workspace"), None);
        assert_eq!(complaint.alert.as_deref(), Some(EN.errors.check_fields));
    }

    #[test]
    fn what_a_new_password_breaks_is_said_in_the_readers_language() {
        let said = |issue: PasswordIssue| {
            let issues = vec![issue.to_string()];
            let error = Error::WeakPassword { issues };
            Complaint::new(&error, &DE, "current", "password").issues
        };
        let short = PasswordIssue::TooShort { min_length: 12 };
        assert_eq!(said(short), ["Nimm mindestens 12 Zeichen."]);
        for issue in [
            PasswordIssue::ControlCharacter,
            PasswordIssue::Common,
            PasswordIssue::LikeName,
            PasswordIssue::LikeService,
        ] {
            assert_ne!(said(issue), [issue.to_string()]);
        }
    }

    #[test]
    fn a_wrong_password_stands_beside_the_old_one() {
        let complaint = Complaint::new(&Error::WrongPassword, &EN, "current", "password");
        assert_eq!(
            complaint.about("current").as_deref(),
            Some(EN.password.wrong)
        );
        assert!(complaint.alert.is_none());
    }
}
