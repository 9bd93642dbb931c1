//! Invitations: making them again, looking at them, accepting them.

use dango_auth_core::audit::{Act, Actor, Origin};
use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::password::Password;
use dango_auth_core::permission::builtin;
use dango_auth_core::session::Transport;
use dango_auth_core::token::InviteToken;
use dango_auth_core::user::{Invite, User, UserError};
use dango_auth_store::ports::{UserReads as _, UserRow};

use chrono::{DateTime, Utc};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::kept_answers::{Repeat, Repeatable};
use crate::sign_in::{SignedIn, Welcome};
use crate::users::IssuedInvite;
use crate::walk::{Desk, Outcome};

/// What a link shows before it is used.
#[derive(Clone, Debug)]
pub struct InviteView {
    /// Whom it is for.
    pub email: String,
    /// Their login name.
    pub username: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// Invitations.
#[derive(Clone)]
pub struct Invites<'a> {
    auth: &'a Auth,
}

impl<'a> Invites<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Makes somebody's invite again; the link made before stops working.
    ///
    /// # Errors
    /// `password_already_set`, `user_inactive`; [`Error::NotFound`], [`Error::Denied`].
    pub fn resend(
        &self,
        caller: &Caller,
        id: UserId,
        base_url: Option<&str>,
    ) -> Result<(Outcome<UserRow>, IssuedInvite), Error> {
        self.resend_once(caller, id, base_url, None)?.fresh()
    }

    /// Makes somebody's invite again, unless the same request was answered before.
    ///
    /// # Errors
    /// As [`Invites::resend`].
    pub fn resend_once(
        &self,
        caller: &Caller,
        id: UserId,
        base_url: Option<&str>,
        repeatable: Option<&Repeatable<'_, (Outcome<UserRow>, IssuedInvite)>>,
    ) -> Result<Repeat<(Outcome<UserRow>, IssuedInvite)>, Error> {
        let issued = self.auth.issue_invite(base_url)?;
        let reinvite = |user: User, desk: &Desk| {
            let invite = Invite {
                token_hash: issued.token.hash(),
                expires_at: issued.expires_at,
            };
            Ok(Step::Changed(user.reinvite(invite, &desk.act)?))
        };
        let made = |done| (done, issued.clone());
        self.auth.change_user_once(
            caller,
            builtin::USERS_MANAGE,
            id,
            repeatable,
            reinvite,
            made,
        )
    }

    /// Looks at a link without using it up.
    ///
    /// # Errors
    /// One and the same [`UserError::InviteInvalid`] for unknown, used and lapsed links.
    pub fn look_up(&self, token: &str) -> Result<InviteView, Error> {
        let user = self.invited(token)?;
        let expires_at = user.invite.as_ref().map(|invite| invite.expires_at);
        Ok(InviteView {
            email: user.display_email().to_owned(),
            username: user.username.to_string(),
            expires_at: expires_at.ok_or(UserError::InviteInvalid)?,
        })
    }

    /// Sets the password, uses the link up and signs the person in.
    ///
    /// Two holders of one link: the first wins, the second is refused (contract §3.6).
    ///
    /// # Errors
    /// [`UserError::InviteInvalid`], [`Error::WeakPassword`]; [`Error::Store`].
    pub fn accept(
        &self,
        token: &str,
        password: &Password,
        transport: Transport,
        origin: &Origin,
    ) -> Result<SignedIn, Error> {
        let invited = self.invited(token)?;
        self.auth.check_password(password, &invited.own_names())?;
        let hash = self.auth.hash_password(password)?;
        let token = InviteToken::parse(token)
            .map_err(|_| UserError::InviteInvalid)?
            .hash();
        let welcome = Welcome::prepare(self.auth, transport, None, origin)?;
        let at = self.auth.now();
        self.auth.inner.store.change(|tx| {
            let user = tx.user_by_invite(&token)?.ok_or(UserError::InviteInvalid)?;
            let actor = Actor::user(user.id, user.username.as_str());
            let act = Act {
                actor,
                origin: origin.clone(),
                at,
            };
            let user = tx.record(user.accept_invite(hash.clone(), &act)?)?;
            welcome.open(self.auth, tx, &user, &act)
        })
    }

    fn invited(&self, token: &str) -> Result<User, Error> {
        let token = InviteToken::parse(token)
            .map_err(|_| UserError::InviteInvalid)?
            .hash();
        let now = self.auth.now();
        let user = self
            .auth
            .inner
            .store
            .read(|tx| Ok::<_, Error>(tx.user_by_invite(&token)?))?;
        user.filter(User::is_active)
            .filter(|user| {
                user.invite
                    .as_ref()
                    .is_some_and(|invite| !invite.is_expired(now))
            })
            .ok_or_else(|| UserError::InviteInvalid.into())
    }
}
