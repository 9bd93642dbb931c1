//! `/settings/users/{id}` and `/settings/users/new`: one person's account.

use askama::Template;

use super::access::AccessEditor;
use super::field::Field;
use super::filters;
use super::frame::{Dot, Frame};
use super::moment::Moment;
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

/// The page of one person.
#[derive(Debug, Template)]
#[template(path = "user.html")]
pub(crate) struct UserPage {
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) alert: Option<String>,
    /// What somebody else changed since the form was drawn.
    pub(crate) changed: Vec<String>,
    pub(crate) id: String,
    /// The version the forms were drawn from.
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) is_me: bool,
    pub(crate) email: Option<String>,
    pub(crate) status: Dot,
    pub(crate) status_note: Option<String>,
    pub(crate) role: String,
    pub(crate) access_summary: String,
    pub(crate) second_factor: Dot,
    pub(crate) last_sign_in: Option<Moment>,
    pub(crate) created: Moment,
    /// What to know before changing the rights.
    pub(crate) access_reason: Option<String>,
    pub(crate) access: AccessEditor,
    pub(crate) sign_in_acts: Vec<ActForm>,
    pub(crate) ending_acts: Vec<ActForm>,
}

/// The form that adds a person.
#[derive(Debug, Template)]
#[template(path = "user_new.html")]
pub(crate) struct NewUserPage {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    pub(crate) email: Field,
    /// An invitation rather than a temporary password.
    pub(crate) invite: bool,
    pub(crate) access: AccessEditor,
}
