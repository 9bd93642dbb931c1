//! Names of events.

use std::borrow::Cow;
use std::fmt;

/// Longest name, in bytes.
const NAME_MAX: usize = 64;

/// A text that cannot name an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event name is 1-64 characters of a-z, 0-9 and _, and starts with a letter")]
pub struct EventNameError;

/// The name of an event: one of the built-in ones (contract §7) or an embedder's own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventName(Cow<'static, str>);

macro_rules! built_in {
    ($(#[doc = $doc:literal] $constant:ident = $name:literal),+ $(,)?) => {
        impl EventName {
            $(#[doc = $doc] pub const $constant: Self = Self(Cow::Borrowed($name));)+

            /// All built-in names.
            pub const BUILT_IN: &'static [&'static str] = &[$($name),+];

            /// All built-in names, each with what happened.
            pub const DESCRIBED: &'static [(&'static str, &'static str)] =
                &[$(($name, $doc)),+];
        }
    };
}

built_in! {
    /// Somebody signed in.
    LOGIN_SUCCESS = "login_success",
    /// Somebody tried to sign in and failed.
    LOGIN_FAILED = "login_failed",
    /// Somebody signed out.
    LOGOUT = "logout",
    /// A session reached its idle or absolute limit.
    SESSION_EXPIRED = "session_expired",
    /// Somebody changed their own password.
    PASSWORD_CHANGE = "password_change",
    /// An administrator reset somebody's password.
    PASSWORD_RESET = "password_reset",
    /// An account was made.
    USER_CREATED = "user_created",
    /// An account's names were changed.
    USER_RENAMED = "user_renamed",
    /// An account was deactivated.
    USER_DEACTIVATED = "user_deactivated",
    /// An account was reactivated.
    USER_REACTIVATED = "user_reactivated",
    /// An account was deleted.
    USER_DELETED = "user_deleted",
    /// Somebody's role changed.
    ROLE_CHANGED = "role_changed",
    /// A request was refused for want of a permission.
    PERMISSION_DENIED = "permission_denied",
    /// A rate limit was reached.
    RATE_LIMIT_HIT = "rate_limit_hit",
    /// Too many failures locked an account for a source.
    ACCOUNT_LOCKED = "account_locked",
    /// An administrator lifted the locks of an account.
    ACCOUNT_UNLOCKED = "account_unlocked",
    /// Somebody switched their second factor on.
    TWO_FA_ENABLED = "two_fa_enabled",
    /// Somebody switched their second factor off.
    TWO_FA_DISABLED = "two_fa_disabled",
    /// A wrong second factor was given.
    TWO_FA_FAILED = "two_fa_failed",
    /// An administrator removed somebody's second factor.
    TWO_FA_RESET = "two_fa_reset",
    /// A recovery code was used instead of a code.
    RECOVERY_CODE_USED = "recovery_code_used",
    /// New recovery codes replaced the old ones.
    RECOVERY_CODES_REGENERATED = "recovery_codes_regenerated",
    /// An API key was made.
    API_KEY_CREATED = "api_key_created",
    /// An API key's name or limits were changed.
    API_KEY_CHANGED = "api_key_changed",
    /// An API key was revoked.
    API_KEY_REVOKED = "api_key_revoked",
    /// An invited person set a password.
    INVITE_ACCEPTED = "invite_accepted",
    /// An invite was made again.
    INVITE_RESENT = "invite_resent",
    /// Sign-in became required.
    AUTH_ENABLED = "auth_enabled",
    /// Sign-in was switched off.
    AUTH_DISABLED = "auth_disabled",
    /// Somebody's workspace access changed.
    WORKSPACE_ACCESS_CHANGED = "workspace_access_changed",
    /// A workspace was made.
    WORKSPACE_CREATED = "workspace_created",
    /// A workspace was renamed or described anew.
    WORKSPACE_CHANGED = "workspace_changed",
    /// A workspace was deleted with the grants in it.
    WORKSPACE_DELETED = "workspace_deleted",
    /// A setting changed at run time.
    SETTINGS_CHANGED = "settings_changed",
    /// Sessions were ended by their owner or by an administrator.
    SESSIONS_REVOKED = "sessions_revoked",
    /// The first administrator was made.
    SETUP_COMPLETED = "setup_completed",
    /// A recovery administrator was made on the machine.
    RECOVERY_ADMIN_CREATED = "recovery_admin_created",
    /// The audit log was exported.
    AUDIT_EXPORTED = "audit_exported",
    /// A role could not be mirrored to Metabase.
    METABASE_SYNC_FAILED = "metabase_sync_failed",
    /// The key that seals secrets was replaced.
    KEY_ROTATED = "key_rotated",
    /// Accounts were taken over from another system.
    USERS_IMPORTED = "users_imported",
    /// Old entries were removed behind a sealed checkpoint.
    AUDIT_PRUNED = "audit_pruned",
    /// What named a deleted person was erased from the log.
    AUDIT_ERASED = "audit_erased",
}

impl EventName {
    /// Reads a name; `login_failure`, the older spelling, becomes `login_failed` (contract §5).
    ///
    /// # Errors
    /// [`EventNameError`] when the text is not `[a-z][a-z0-9_]{0,63}`.
    pub fn parse(text: &str) -> Result<Self, EventNameError> {
        if text == "login_failure" {
            return Ok(Self::LOGIN_FAILED);
        }
        if let Some(name) = Self::BUILT_IN.iter().find(|name| **name == text) {
            return Ok(Self(Cow::Borrowed(name)));
        }
        let shaped = text.len() <= NAME_MAX
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if shaped {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(EventNameError)
        }
    }

    /// The stored word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether the name is one of ours.
    pub fn is_built_in(&self) -> bool {
        Self::BUILT_IN.contains(&self.as_str())
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_spelling_of_a_failed_login_names_the_same_event() {
        assert_eq!(
            EventName::parse("login_failure"),
            Ok(EventName::LOGIN_FAILED)
        );
        assert_eq!(
            EventName::parse("login_failed"),
            Ok(EventName::LOGIN_FAILED)
        );
    }

    #[test]
    fn an_embedder_may_name_own_events_within_the_form() {
        assert!(!EventName::parse("sync_triggered").unwrap().is_built_in());
        for bad in [
            "",
            "9x",
            "Upper",
            "with space",
            "x\u{1b}[0m",
            &"a".repeat(65),
        ] {
            assert_eq!(EventName::parse(bad), Err(EventNameError), "{bad:?}");
        }
    }
}
