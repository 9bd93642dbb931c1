//! From the refusals of the use cases to faults with an exit code (contract §5).

use dango_auth::StoreError;
use dango_auth::{
    EnvironmentError, Error, FieldError, Kind, OpenError, PolicyFileError, ProjectError,
    SettingsError,
};

use crate::exit::Exit;
use crate::fault::{Fault, FieldFault};

/// Names of a fixed vocabulary: who mistypes one has mistyped the command.
const VOCABULARY: [&str; 3] = ["unknown_role", "unknown_permission", "unknown_event_type"];

/// Rules about the state of an account, not about what was typed.
const STANDING: [&str; 2] = ["password_already_set", "user_inactive"];

/// The one mapping from kinds of refusal to exit codes.
fn exit(error: &Error) -> Exit {
    match error.kind() {
        Kind::Invalid
            if error
                .fields()
                .iter()
                .any(|field| VOCABULARY.contains(&field.code.as_str())) =>
        {
            Exit::Usage
        }
        Kind::Invalid if STANDING.contains(&error.code()) => Exit::Refused,
        Kind::Invalid => Exit::Invalid,
        Kind::BadCredentials | Kind::Unauthenticated | Kind::Denied | Kind::Obliged => Exit::Denied,
        Kind::NotFound => Exit::NotFound,
        Kind::Conflict | Kind::SelfAction | Kind::Stale => Exit::Refused,
        Kind::Locked | Kind::Throttled => Exit::Throttled,
        Kind::Unavailable => Exit::Unavailable,
        Kind::Internal => Exit::Unexpected,
    }
}

/// What happened; a field is named where its text does not do so itself.
fn message(error: &Error) -> String {
    let fields = error.fields();
    let Error::Fields(_) = error else {
        return error.to_string();
    };
    let named = |field: &FieldError| {
        if field.message.to_lowercase().contains(&field.field) {
            return field.message.clone();
        }
        format!("{}: {}", field.field, field.message)
    };
    fields.iter().map(named).collect::<Vec<_>>().join("; ")
}

/// What to do about a refusal, where it is not plain from its text.
fn next_step(code: &str) -> Option<&'static str> {
    match code {
        "last_admin" => Some("dango auth change-role EMAIL admin"),
        "user_exists" => Some("see who there is: dango auth list-users"),
        "password_already_set" => Some("give a new password: dango auth reset-password EMAIL"),
        "user_inactive" => Some("give access back first: dango auth reactivate-user EMAIL"),
        "unavailable" => Some("try again; if it stays so, see whether the database can be reached"),
        _ => None,
    }
}

impl From<FieldError> for FieldFault {
    fn from(error: FieldError) -> Self {
        Self {
            field: error.field,
            code: error.code,
            message: error.message,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let fault = Self::new(exit(&error), error.code(), message(&error))
            .with_errors(error.fields().into_iter().map(FieldFault::from).collect())
            .with_issues(error.issues().to_vec())
            .with_remaining_seconds(error.remaining_seconds());
        match next_step(error.code()) {
            Some(step) => fault.with_next_step(step),
            None => fault,
        }
    }
}

/// The store cannot be used as it is.
fn closed(message: String) -> Fault {
    Fault::new(Exit::Unavailable, "unavailable", message)
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Settings(error) => error.into(),
            OpenError::Project(error) => error.into(),
            OpenError::Store(error) => error.into(),
            OpenError::PolicyFile(error) => error.into(),
            other => closed(other.to_string()),
        }
    }
}

impl From<PolicyFileError> for Fault {
    fn from(error: PolicyFileError) -> Self {
        Self::invalid("invalid_policy", error.to_string())
    }
}

impl From<ProjectError> for Fault {
    fn from(error: ProjectError) -> Self {
        closed(error.to_string())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        closed(error.to_string())
    }
}

impl From<EnvironmentError> for Fault {
    fn from(error: EnvironmentError) -> Self {
        Self::invalid("invalid_configuration", error.to_string())
    }
}

impl From<SettingsError> for Fault {
    fn from(error: SettingsError) -> Self {
        let field = |fault: &dango_auth::settings::SettingError| FieldFault {
            field: fault.name().unwrap_or("auth").to_owned(),
            code: fault.code().to_owned(),
            message: fault.to_string(),
        };
        let errors = error.faults().iter().map(field).collect();
        Self::invalid("invalid_configuration", error.to_string()).with_errors(errors)
    }
}
