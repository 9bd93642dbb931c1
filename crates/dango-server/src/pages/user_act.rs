//! What an administrator does to an account, one button each.

use dango_auth::core::user::Status;
use dango_auth::ports::UserRow;

use super::field::Field;
use super::text::Text;

/// Something an administrator does to an account, one button each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserAct {
    /// Make a new invitation.
    ResendInvite,
    /// Give a temporary password.
    ResetPassword,
    /// Remove the second factor.
    ResetSecondFactor,
    /// Lift all locks.
    Unlock,
    /// End all sessions.
    EndSessions,
    /// Take out of use.
    Deactivate,
    /// Put back into use.
    Reactivate,
    /// Remove for good.
    Delete,
}

impl UserAct {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::ResendInvite,
        Self::ResetPassword,
        Self::ResetSecondFactor,
        Self::Unlock,
        Self::EndSessions,
        Self::Deactivate,
        Self::Reactivate,
        Self::Delete,
    ];

    /// The word of path and anchor.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ResendInvite => "resend-invite",
            Self::ResetPassword => "reset-password",
            Self::ResetSecondFactor => "reset-second-factor",
            Self::Unlock => "unlock",
            Self::EndSessions => "end-sessions",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }

    /// What opens its form.
    pub(crate) const fn label(self, text: &Text) -> &'static str {
        let words = &text.user_acts;
        match self {
            Self::ResendInvite => words.resend_invite,
            Self::ResetPassword => words.reset_password,
            Self::ResetSecondFactor => words.reset_second_factor,
            Self::Unlock => words.unlock,
            Self::EndSessions => words.end_sessions,
            Self::Deactivate => words.deactivate,
            Self::Reactivate => words.reactivate,
            Self::Delete => words.delete,
        }
    }

    /// What its button says.
    pub(crate) const fn submit(self, text: &Text) -> &'static str {
        let words = &text.user_acts;
        match self {
            Self::ResendInvite => words.resend_invite_submit,
            Self::ResetPassword => words.reset_password_submit,
            Self::ResetSecondFactor => words.reset_second_factor_submit,
            Self::Unlock => words.unlock_submit,
            Self::EndSessions => words.end_sessions_submit,
            Self::Deactivate => words.deactivate_submit,
            Self::Reactivate => words.reactivate_submit,
            Self::Delete => words.delete_submit,
        }
    }

    /// What will happen, with the person's name for `{}`.
    pub(crate) const fn consequence(self, text: &Text) -> &'static str {
        let words = &text.user_acts;
        match self {
            Self::ResendInvite => words.resend_invite_what,
            Self::ResetPassword => words.reset_password_what,
            Self::ResetSecondFactor => words.reset_second_factor_what,
            Self::Unlock => words.unlock_what,
            Self::EndSessions => words.end_sessions_what,
            Self::Deactivate => words.deactivate_what,
            Self::Reactivate => words.reactivate_what,
            Self::Delete => words.delete_what,
        }
    }

    /// It takes something away.
    pub(crate) const fn is_destructive(self) -> bool {
        matches!(self, Self::Deactivate | Self::Delete)
    }

    /// It can revoke the person's API keys as well.
    pub(crate) const fn revokes_keys(self) -> bool {
        matches!(self, Self::ResetPassword)
    }
}

/// One of these acts on the page of a person.
#[derive(Debug)]
pub(crate) struct ActForm {
    pub(crate) kind: UserAct,
    pub(crate) open: bool,
    /// What will happen.
    pub(crate) what: String,
    /// Why it cannot be done now; then there is no button.
    pub(crate) refused: Option<String>,
    /// The name to be typed, for what cannot be undone.
    pub(crate) confirm: Option<Field>,
}

impl UserAct {
    /// What comes into question for an account: nothing that makes no sense in its state.
    pub(crate) fn fitting(row: &UserRow, status: Status) -> Vec<Self> {
        let invited = row.user.invite.is_some();
        let active = row.user.is_active();
        let fits = |act: &Self| match act {
            Self::ResendInvite => active && invited,
            Self::ResetPassword | Self::EndSessions => active && !invited,
            Self::ResetSecondFactor => row.second_factor_on,
            Self::Unlock => status == Status::Locked || row.lock.failed_attempts > 0,
            Self::Deactivate => active,
            Self::Reactivate => !active,
            Self::Delete => true,
        };
        Self::ALL.into_iter().filter(fits).collect()
    }

    /// Why it cannot be done now, if so; the use cases decide again when it is done.
    pub(crate) const fn refusal(
        self,
        is_me: bool,
        is_last_admin: bool,
        text: &Text,
    ) -> Option<&'static str> {
        match self {
            Self::Deactivate | Self::Delete if is_me => Some(text.reasons.self_action),
            Self::Deactivate | Self::Delete if is_last_admin => Some(text.reasons.last_admin),
            Self::ResetPassword if is_me => Some(text.reasons.use_account_page),
            _ => None,
        }
    }

    /// It is about the end of the account rather than about signing in.
    pub(crate) const fn is_about_the_end(self) -> bool {
        matches!(self, Self::Deactivate | Self::Reactivate | Self::Delete)
    }
}
