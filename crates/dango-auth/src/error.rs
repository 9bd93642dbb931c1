//! What a use case answers when it does not do what was asked.

use dango_auth_core::name::NameError;
use dango_auth_core::second_factor::SecondFactorError;
use dango_auth_core::user::UserError;
use dango_auth_core::workspace::AccessError;
use dango_auth_store::StoreError;

use crate::ambient::EntropyError;
use crate::caller::Obligation;
use crate::hasher::HasherError;
use crate::settings::SettingsError;

/// What sort of refusal an [`Error`] is: one HTTP status and one exit code belong to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be understood or breaks a rule about its form.
    Invalid,
    /// Login name and password do not belong together.
    BadCredentials,
    /// Nobody has signed in, or no longer.
    Unauthenticated,
    /// The caller lacks a permission.
    Denied,
    /// The caller has to do something else first (contract §3.5).
    Obliged,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// A rule or another thing stands in the way.
    Conflict,
    /// Nobody deactivates or deletes themselves.
    SelfAction,
    /// Too many failures.
    Locked,
    /// Too many requests.
    Throttled,
    /// The thing changed since the caller looked at it.
    Stale,
    /// The store or another part does not answer; try again later.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Kind {
    /// The HTTP status that says the same; the Dango family of the API has a few of its own (contract §4.1).
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::BadCredentials | Self::Unauthenticated => 401,
            Self::Denied | Self::Obliged | Self::SelfAction => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Stale => 412,
            Self::Locked | Self::Throttled => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

/// One field of a request that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field, in the words of the request, for example `workspace_access.grants[1].role`.
    pub field: String,
    /// The stable code.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// Names the field, the code and the text.
    pub fn new(
        field: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        }
    }
}

/// Why a use case did not do what was asked.
///
/// Its `Display` is the text for people; it carries no secrets and no internals.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// One or more fields are wrong.
    #[error("{}", describe_fields(.0))]
    Fields(Vec<FieldError>),
    /// The new password does not fit the rules.
    #[error("the password is too weak: {}", .issues.join("; "))]
    WeakPassword {
        /// One sentence for each rule that is not kept.
        issues: Vec<String>,
    },
    /// The new password is the old one.
    #[error("the new password must be different from the current one")]
    PasswordReused,
    /// A wrong current password.
    #[error("the current password is incorrect")]
    WrongPassword,
    /// One text for unknown names, wrong passwords, inactive and invited accounts (contract §3.9).
    #[error("Invalid email or password")]
    InvalidCredentials,
    /// Too many failures for this account from here, or in total.
    #[error("too many failed attempts; try again in {}", minutes(*.remaining_seconds))]
    Locked {
        /// How long the lock still holds, at least 1.
        remaining_seconds: u64,
    },
    /// The last wrong code that was allowed; the partial session is over.
    #[error("too many wrong codes; sign in again later")]
    TooManyCodes,
    /// A rate limit was reached.
    #[error("too many requests; try again in {}", minutes(*.retry_after_seconds))]
    Throttled {
        /// When to try again, at least 1.
        retry_after_seconds: u64,
    },
    /// More password checks are waiting than can be done soon.
    #[error("the server is busy checking passwords; try again in {}", minutes(*.retry_after_seconds))]
    Busy {
        /// When to try again, at least 1.
        retry_after_seconds: u64,
    },
    /// No valid session or key.
    #[error("sign in first")]
    Unauthenticated,
    /// A permission is missing.
    #[error("Permission denied: {permission}")]
    Denied {
        /// The permission's name.
        permission: String,
    },
    /// Only the machine itself may do this.
    #[error("this can only be done on the machine itself, with the dango command")]
    LocalOnly,
    /// The caller has to do something else first.
    #[error("{}", .0.explanation())]
    Obliged(Obligation),
    /// The own sign-in is managed with a session, not with an API key.
    #[error("this needs a signed-in session; an API key cannot do it")]
    SessionRequired,
    /// There is no such thing.
    #[error("there is no {what} {name}")]
    NotFound {
        /// What was looked for, in one word of the contract's vocabulary.
        what: &'static str,
        /// What it was called.
        name: String,
    },
    /// Something of that name exists.
    #[error("{what} {name} already exists")]
    Exists {
        /// What there is, in one word of the contract's vocabulary.
        what: &'static str,
        /// What it is called.
        name: String,
    },
    /// A transition of an account was refused.
    #[error(transparent)]
    User(#[from] UserError),
    /// A transition of a second factor was refused.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
    /// A rule of its own with a stable code.
    #[error("{message}")]
    Rule {
        /// The stable code.
        code: &'static str,
        /// The text.
        message: String,
    },
    /// Setup was done before; it never opens again.
    #[error("setup has been completed; sign in instead")]
    SetupCompleted,
    /// Setup over the network needs the token printed at the start of the server.
    #[error("the setup token is missing or wrong; it is printed where the server starts")]
    SetupTokenWrong,
    /// The thing changed meanwhile.
    #[error("{what} was changed meanwhile; look at it again and repeat")]
    Stale {
        /// What changed.
        what: &'static str,
    },
    /// The store did not do it.
    #[error(transparent)]
    Store(StoreError),
    /// Values set at run time that this program cannot use; nothing is decided without them.
    #[error("the settings in the database cannot be used, unset what does not fit: {0}")]
    StoredSettings(SettingsError),
    /// The hashing thread is gone.
    #[error("passwords cannot be checked right now")]
    Hasher,
    /// The operating system gives no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A stored value breaks an invariant.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl Error {
    /// One wrong field.
    pub fn field(
        field: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Fields(vec![FieldError::new(field, code, message)])
    }

    /// A name in `field` that cannot be one.
    pub fn name(field: &str, error: &NameError) -> Self {
        Self::field(field, error.code(), error.to_string())
    }

    /// There is no such user.
    pub fn no_user(name: impl Into<String>) -> Self {
        Self::NotFound {
            what: "user",
            name: name.into(),
        }
    }

    /// What sort of refusal it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Fields(_)
            | Self::WeakPassword { .. }
            | Self::PasswordReused
            | Self::WrongPassword
            | Self::SecondFactor(_) => Kind::Invalid,
            Self::InvalidCredentials => Kind::BadCredentials,
            Self::Locked { .. } => Kind::Locked,
            Self::Throttled { .. } => Kind::Throttled,
            Self::Busy { .. } | Self::Hasher | Self::Entropy(_) | Self::StoredSettings(_) => {
                Kind::Unavailable
            }
            Self::Unauthenticated | Self::TooManyCodes => Kind::Unauthenticated,
            Self::Denied { .. }
            | Self::LocalOnly
            | Self::SessionRequired
            | Self::SetupCompleted
            | Self::SetupTokenWrong => Kind::Denied,
            Self::Obliged(_) => Kind::Obliged,
            Self::NotFound { .. } => Kind::NotFound,
            Self::Exists { .. } | Self::Rule { .. } => Kind::Conflict,
            Self::User(error) => user_kind(error),
            Self::Stale { .. } => Kind::Stale,
            Self::Store(error) => store_kind(error),
            Self::Internal(_) => Kind::Internal,
        }
    }

    /// The HTTP status of the refusal.
    pub fn status(&self) -> u16 {
        self.kind().status()
    }

    /// The stable code (contract §4).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fields(_) => "invalid_request",
            Self::WeakPassword { .. } => "weak_password",
            Self::PasswordReused => "password_reused",
            Self::WrongPassword => "wrong_password",
            Self::InvalidCredentials => "invalid_credentials",
            Self::Locked { .. } => "account_locked",
            Self::TooManyCodes => "too_many_attempts",
            Self::Throttled { .. } => "rate_limited",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied { .. } => "permission_denied",
            Self::LocalOnly => "local_only",
            Self::Obliged(obligation) => obligation.code(),
            Self::SessionRequired => "session_required",
            Self::NotFound { .. } => "not_found",
            Self::Exists { what: "user", .. } => "user_exists",
            Self::Exists {
                what: "workspace", ..
            } => "workspace_exists",
            Self::Exists { .. } => "key_exists",
            Self::User(error) => error.code(),
            Self::SecondFactor(error) => error.code(),
            Self::Rule { code, .. } => code,
            Self::SetupCompleted => "setup_completed",
            Self::SetupTokenWrong => "setup_token_invalid",
            Self::Stale { .. } => "stale_version",
            Self::Busy { .. } | Self::Hasher | Self::Entropy(_) | Self::StoredSettings(_) => {
                "unavailable"
            }
            Self::Store(error) => match store_kind(error) {
                Kind::Unavailable => "unavailable",
                Kind::Stale => "stale_version",
                _ => "internal",
            },
            Self::Internal(_) => "internal",
        }
    }

    /// The wrong fields, if that is what it is about.
    pub fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Fields(fields) => fields.clone(),
            Self::User(UserError::Access(error)) => {
                vec![FieldError::new(
                    error.field(),
                    error.code(),
                    error.to_string(),
                )]
            }
            _ => Vec::new(),
        }
    }

    /// The rules a weak password does not keep.
    pub fn issues(&self) -> &[String] {
        match self {
            Self::WeakPassword { issues } => issues,
            _ => &[],
        }
    }

    /// How long a lock still holds, in seconds.
    pub const fn remaining_seconds(&self) -> Option<u64> {
        match self {
            Self::Locked { remaining_seconds } => Some(*remaining_seconds),
            _ => None,
        }
    }

    /// When to try again, in seconds; goes into `Retry-After`.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Locked {
                remaining_seconds: seconds,
            }
            | Self::Throttled {
                retry_after_seconds: seconds,
            }
            | Self::Busy {
                retry_after_seconds: seconds,
            } => Some(*seconds),
            _ if self.kind() == Kind::Unavailable => Some(2),
            _ => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AccessError> for Error {
    fn from(error: AccessError) -> Self {
        Self::User(UserError::Access(error))
    }
}

impl From<HasherError> for Error {
    fn from(error: HasherError) -> Self {
        match error {
            HasherError::Busy { retry_after } => Self::Busy {
                retry_after_seconds: retry_after.as_secs().max(1),
            },
            HasherError::Entropy(error) => Self::Entropy(error),
            _ => Self::Hasher,
        }
    }
}

fn user_kind(error: &UserError) -> Kind {
    match error {
        UserError::LastAdmin => Kind::Conflict,
        UserError::SelfAction => Kind::SelfAction,
        _ => Kind::Invalid,
    }
}

fn store_kind(error: &StoreError) -> Kind {
    if error.is_stale() {
        Kind::Stale
    } else if error.is_unavailable() {
        Kind::Unavailable
    } else {
        Kind::Internal
    }
}

fn describe_fields(fields: &[FieldError]) -> String {
    let texts: Vec<String> = fields
        .iter()
        .map(|field| format!("{}: {}", field.field, field.message))
        .collect();
    texts.join("; ")
}

/// A waiting time in words.
fn minutes(seconds: u64) -> String {
    match seconds {
        0 | 1 => "1 second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
