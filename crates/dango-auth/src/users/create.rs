//! Making accounts.

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::name::{EmailAddress, LoginName, RoleName, Username};
use dango_auth_core::password::Password;
use dango_auth_core::permission::builtin;
use dango_auth_core::secret::Secret;
use dango_auth_core::token::InviteToken;
use dango_auth_core::user::{Invite, NewUser, TemporaryPassword, User};
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{
    InstallationChanges as _, InstallationReads as _, UserReads as _, UserRow,
};

use super::access::register_workspaces;
use super::{AccessRequest, Users};
use crate::caller::Caller;
use crate::error::Error;
use crate::kept_answers::{Repeat, Repeatable};
use crate::walk::{Desk, record};

/// How a new person signs in the first time.
#[derive(Debug)]
pub enum FirstCredential {
    /// Through a link that lets them set a password.
    Invite {
        /// Where the link leads when no `public_url` is set.
        base_url: Option<String>,
    },
    /// With a password made by the system, which they must change.
    TemporaryPassword,
    /// With a password somebody chose; it works at once.
    Password {
        /// The chosen password.
        password: Password,
        /// Whether its owner must choose another at once.
        must_change: bool,
    },
}

/// A person to add.
#[derive(Debug)]
pub struct CreateUser {
    /// The login name.
    pub username: Username,
    /// The address; for somebody added by address it is the login name too.
    pub email: Option<EmailAddress>,
    /// The top-level role.
    pub role: RoleName,
    /// Workspace access; absent means everywhere (contract §2).
    pub access: Option<AccessRequest>,
    /// How they sign in the first time.
    pub first: FirstCredential,
}

/// What is shown once after somebody was added.
#[derive(Clone, Debug)]
pub enum CreatedSecret {
    /// The link to hand over.
    Invite(IssuedInvite),
    /// The password to hand over.
    TemporaryPassword(Secret),
}

/// An invitation as handed over once.
#[derive(Clone, Debug)]
pub struct IssuedInvite {
    /// The token in it.
    pub token: InviteToken,
    /// The whole link.
    pub url: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// Somebody who was added.
#[derive(Debug)]
pub struct Created {
    /// The account.
    pub user: UserRow,
    /// What to hand over; none for a chosen password.
    pub secret: Option<CreatedSecret>,
}

enum First {
    Invite(Invite),
    Password(TemporaryPassword),
}

impl Users<'_> {
    /// Adds a person.
    ///
    /// Adding somebody whose invite lapsed unused renews the invite, with the role and access given now.
    ///
    /// # Errors
    /// `user_exists`, [`Error::WeakPassword`], [`Error::Fields`], [`Error::Denied`]; [`Error::Store`].
    pub fn create(&self, caller: &Caller, request: CreateUser) -> Result<Created, Error> {
        self.create_once(caller, request, None)?.fresh()
    }

    /// Adds a person, unless the same request was answered before.
    ///
    /// # Errors
    /// As [`Users::create`].
    pub fn create_once(
        &self,
        caller: &Caller,
        request: CreateUser,
        repeatable: Option<&Repeatable<'_, Created>>,
    ) -> Result<Repeat<Created>, Error> {
        self.auth.authorise(caller, builtin::USERS_MANAGE)?;
        let everywhere = AccessRequest::everywhere();
        let asked = request.access.as_ref().unwrap_or(&everywhere);
        let access = self.auth.parse_access(asked, &request.role)?;
        let spare = self.auth.spare_ids(access.grants().len())?;
        let (first, secret) = self.first_credential(&request)?;
        let new = NewUser {
            id: UserId::from_uuid(self.auth.inner.ambient.uuid()?),
            username: request.username,
            email: request.email,
            role: request.role,
            access,
        };
        self.auth
            .command_once(caller, builtin::USERS_MANAGE, repeatable, |tx, desk| {
                close_setup(tx, desk)?;
                let (settings, asked) = (&desk.settings, request.access.as_ref());
                register_workspaces(tx, &new.access, asked, &spare, settings, &desk.act)?;
                Ok(Created {
                    user: create_or_renew(tx, &new, &first, desk)?,
                    secret: secret.clone(),
                })
            })
    }

    fn first_credential(
        &self,
        request: &CreateUser,
    ) -> Result<(First, Option<CreatedSecret>), Error> {
        match &request.first {
            FirstCredential::Invite { base_url } => {
                let issued = self.auth.issue_invite(base_url.as_deref())?;
                let invite = Invite {
                    token_hash: issued.token.hash(),
                    expires_at: issued.expires_at,
                };
                Ok((First::Invite(invite), Some(CreatedSecret::Invite(issued))))
            }
            FirstCredential::TemporaryPassword => {
                let (password, secret) = self.auth.temporary_password()?;
                Ok((
                    First::Password(password),
                    Some(CreatedSecret::TemporaryPassword(secret)),
                ))
            }
            FirstCredential::Password {
                password,
                must_change,
            } => {
                let email = request.email.as_ref().map(EmailAddress::as_str);
                let names: Vec<&str> = std::iter::once(request.username.as_str())
                    .chain(email)
                    .collect();
                self.auth.check_password(password, &names)?;
                let hash = self.auth.hash_password(password)?;
                let password = TemporaryPassword {
                    hash,
                    must_change: *must_change,
                    expires_at: None,
                };
                Ok((First::Password(password), None))
            }
        }
    }
}

fn create_or_renew(
    tx: &mut ChangeTx<'_>,
    new: &NewUser,
    first: &First,
    desk: &Desk,
) -> Result<UserRow, Error> {
    if let Some(user) = taken(tx, new)? {
        let lapsed = user
            .invite
            .as_ref()
            .is_some_and(|invite| invite.is_expired(desk.act.at));
        let First::Invite(invite) = first else {
            return Err(exists(new));
        };
        if !lapsed || !user.is_active() || user.username != new.username {
            return Err(exists(new));
        }
        return renew(tx, user, new, invite, desk);
    }
    let change = match first {
        First::Invite(invite) => User::invited(new.clone(), invite.clone(), &desk.act),
        First::Password(password) => User::created(new.clone(), password.clone(), &desk.act),
    };
    record(tx, change, desk)
}

/// Whoever adds people on the machine before setup has no use for it; an open setup beside them would let
/// the next local peer make itself administrator.
fn close_setup(tx: &mut ChangeTx<'_>, desk: &Desk) -> Result<(), Error> {
    if tx.installation()?.setup_completed_at.is_none() {
        tx.complete_setup(desk.act.at)?;
    }
    Ok(())
}

/// The account that holds the new names already; it is an error if they are two people's.
fn taken(tx: &mut ChangeTx<'_>, new: &NewUser) -> Result<Option<User>, Error> {
    let mut holder: Option<User> = None;
    let names = [
        Some(new.username.as_str()),
        new.email.as_ref().map(EmailAddress::as_str),
    ];
    for name in names.into_iter().flatten() {
        let login = LoginName::parse(name).map_err(|error| Error::name("username", &error))?;
        let Some(user) = tx.user_by_login(&login)? else {
            continue;
        };
        if holder.as_ref().is_some_and(|other| other.id != user.id) {
            return Err(exists(new));
        }
        holder = Some(user);
    }
    Ok(holder)
}

fn renew(
    tx: &mut ChangeTx<'_>,
    user: User,
    new: &NewUser,
    invite: &Invite,
    desk: &Desk,
) -> Result<UserRow, Error> {
    use dango_auth_core::change::Step;
    use dango_auth_store::ports::UserChanges as _;
    let census = tx.admin_census(user.id, desk.act.at)?;
    let user = match user.assign(new.role.clone(), new.access.clone(), &census, &desk.act)? {
        Step::Already(user) => user,
        Step::Changed(change) => tx.record(change)?,
    };
    record(tx, user.reinvite(invite.clone(), &desk.act)?, desk)
}

fn exists(new: &NewUser) -> Error {
    Error::Exists {
        what: "user",
        name: new.username.to_string(),
    }
}

impl crate::auth::Auth {
    /// A fresh invitation and its link.
    pub(crate) fn issue_invite(&self, base_url: Option<&str>) -> Result<IssuedInvite, Error> {
        let settings = self.settings()?;
        let token = InviteToken::from_random(self.inner.ambient.bytes()?);
        let url = match (base_url, &settings.public_url) {
            (Some(base), _) => format!("{}/invite/{}", base.trim_end_matches('/'), token.expose()),
            (None, Some(public)) => public.link(&format!("/invite/{}", token.expose())),
            (None, None) => format!("{DEFAULT_BASE_URL}/invite/{}", token.expose()),
        };
        let expires_at = self.now() + Duration::hours(i64::from(settings.invite_hours));
        Ok(IssuedInvite {
            token,
            url,
            expires_at,
        })
    }
}

/// Where links lead when neither `public_url` nor a base is given.
pub const DEFAULT_BASE_URL: &str = "http://localhost:8800";
