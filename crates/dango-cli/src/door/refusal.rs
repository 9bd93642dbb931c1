//! What refusals have in common, whichever way they came.

use crate::fault::FieldFault;

/// Names of a fixed vocabulary: who mistypes one has mistyped the command.
const VOCABULARY: [&str; 3] = ["unknown_role", "unknown_permission", "unknown_event_type"];

/// Rules about the state of an account, not about what was typed.
const STANDING: [&str; 2] = ["password_already_set", "user_inactive"];

/// Whether a wrong field names something of a fixed vocabulary.
pub(super) fn is_about_vocabulary(errors: &[FieldFault]) -> bool {
    let mut codes = errors.iter().map(|error| error.code.as_str());
    codes.any(|code| VOCABULARY.contains(&code))
}

/// Whether a code is about the state of an account.
pub(super) fn is_standing(code: &str) -> bool {
    STANDING.contains(&code)
}

/// What happened; a field is named where its text does not do so itself.
pub(super) fn message(text: &str, errors: &[FieldFault]) -> String {
    let named = |error: &FieldFault| {
        if error.message.to_lowercase().contains(&error.field) {
            return error.message.clone();
        }
        format!("{}: {}", error.field, error.message)
    };
    if errors.is_empty() {
        return text.to_owned();
    }
    errors.iter().map(named).collect::<Vec<_>>().join("; ")
}

/// What to do about a refusal, where it is not plain from its text.
pub(super) fn next_step(code: &str) -> Option<&'static str> {
    match code {
        "last_admin" => Some("dango auth change-role EMAIL admin"),
        "user_exists" => Some("see who there is: dango auth list-users"),
        "password_already_set" => Some("give a new password: dango auth reset-password EMAIL"),
        "user_inactive" => Some("give access back first: dango auth reactivate-user EMAIL"),
        "unavailable" => Some("try again; if it stays so, see whether the database can be reached"),
        _ => None,
    }
}
