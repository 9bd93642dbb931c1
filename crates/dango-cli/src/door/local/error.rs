//! From the refusals of the use cases to faults with an exit code (contract §5).

use dango_auth::StoreError;
use dango_auth::{
    EnvironmentError, Error, FieldError, Kind, OpenError, PolicyFileError, ProjectError,
    SettingsError,
};

use crate::door::refusal;
use crate::exit::Exit;
use crate::fault::{Fault, FieldFault};

/// The one mapping from kinds of refusal to exit codes.
fn exit(error: &Error, fields: &[FieldFault]) -> Exit {
    match error.kind() {
        Kind::Invalid if refusal::is_about_vocabulary(fields) => Exit::Usage,
        Kind::Invalid if refusal::is_standing(error.code()) => Exit::Refused,
        Kind::Invalid => Exit::Invalid,
        Kind::BadCredentials | Kind::Unauthenticated | Kind::Denied | Kind::Obliged => Exit::Denied,
        Kind::NotFound => Exit::NotFound,
        Kind::Conflict | Kind::SelfAction | Kind::Stale => Exit::Refused,
        Kind::Locked | Kind::Throttled => Exit::Throttled,
        Kind::Unavailable => Exit::Unavailable,
        Kind::Internal => Exit::Unexpected,
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
        let fields: Vec<FieldFault> = error.fields().into_iter().map(FieldFault::from).collect();
        let said = match &error {
            Error::Fields(_) => refusal::message("", &fields),
            other => other.to_string(),
        };
        let fault = Self::new(exit(&error, &fields), error.code(), said)
            .with_errors(fields)
            .with_issues(error.issues().to_vec())
            .with_remaining_seconds(error.remaining_seconds());
        match refusal::next_step(error.code()) {
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
