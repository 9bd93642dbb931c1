//! The first administrator. Setup happens once; whether it did is stored and never derived from the
//! number of users (`security.md` §4.11).

use chrono::Duration;
use dango_auth_core::audit::{Act, Actor, Origin, Via};
use dango_auth_core::id::UserId;
use dango_auth_core::name::{EmailAddress, Username};
use dango_auth_core::password::Password;
use dango_auth_core::role;
use dango_auth_core::secret::Secret;
use dango_auth_core::session::Transport;
use dango_auth_core::token::{SetupToken, TokenHash};
use dango_auth_core::user::{NewUser, TemporaryPassword, User};
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{
    InstallationChanges as _, InstallationReads as _, UserReads as _, UserRow,
};

use crate::auth::Auth;
use crate::error::Error;
use crate::sign_in::{SignedIn, Welcome};

/// How long a setup link works.
const TOKEN_LIFETIME: Duration = Duration::hours(24);

/// A request to make the first administrator over the network.
#[derive(Debug)]
pub struct SetupRequest {
    /// The login name.
    pub username: Username,
    /// The address.
    pub email: Option<EmailAddress>,
    /// The password; it stays.
    pub password: Password,
    /// The token from the setup link.
    pub token: Option<String>,
    /// Whether the peer is on this very machine, with no proxy in between.
    pub from_loopback: bool,
    /// How the session is to travel.
    pub transport: Transport,
    /// Where the request comes from.
    pub origin: Origin,
}

/// The password of an administrator made on the machine.
#[derive(Debug)]
pub enum FirstPassword {
    /// Chosen by somebody; it stays.
    Chosen(Password),
    /// Made by the system; shown once and must be changed.
    Generated,
}

/// An administrator made on the machine.
#[derive(Debug)]
pub struct Bootstrapped {
    /// The account.
    pub user: UserRow,
    /// The made password, shown once.
    pub generated: Option<Secret>,
}

/// The first administrator.
#[derive(Clone)]
pub struct Setup<'a> {
    auth: &'a Auth,
}

impl<'a> Setup<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Tells whether there is no administrator yet and setup is open.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn is_open(&self) -> Result<bool, Error> {
        self.auth
            .inner
            .store
            .read(|tx| Ok(tx.installation()?.setup_completed_at.is_none()))
    }

    /// Makes a fresh setup token; one made before stops working.
    ///
    /// # Errors
    /// [`Error::SetupCompleted`]; [`Error::Store`].
    pub fn issue_token(&self) -> Result<SetupToken, Error> {
        let token = SetupToken::from_random(self.auth.inner.ambient.bytes()?);
        let expires_at = self.auth.now() + TOKEN_LIFETIME;
        self.auth.inner.store.change(|tx| {
            require_open(tx)?;
            Ok::<_, Error>(tx.put_setup_token(&token.hash(), expires_at)?)
        })?;
        Ok(token)
    }

    /// Tells whether a token would open setup now; nothing is used up.
    ///
    /// # Errors
    /// [`Error::SetupCompleted`], [`Error::SetupTokenWrong`]; [`Error::Store`].
    pub fn check_token(&self, token: &str) -> Result<(), Error> {
        let hash = SetupToken::parse(token)
            .map_err(|_| Error::SetupTokenWrong)?
            .hash();
        let now = self.auth.now();
        let installation = self
            .auth
            .inner
            .store
            .read(|tx| Ok::<_, Error>(tx.installation()?))?;
        if installation.setup_completed_at.is_some() {
            return Err(Error::SetupCompleted);
        }
        let good = installation
            .setup_token
            .is_some_and(|(known, end)| known == hash && now < end);
        if good {
            Ok(())
        } else {
            Err(Error::SetupTokenWrong)
        }
    }

    /// Makes the first administrator and signs them in; of two parallel requests one wins.
    ///
    /// # Errors
    /// [`Error::SetupCompleted`] for ever after, [`Error::SetupTokenWrong`] for a peer that is not on
    /// this machine, [`Error::WeakPassword`]; [`Error::Store`].
    pub fn complete(&self, request: &SetupRequest) -> Result<SignedIn, Error> {
        if !self.is_open()? {
            return Err(Error::SetupCompleted);
        }
        let token = request.token.as_deref().map(SetupToken::parse).transpose();
        let token = token
            .map_err(|_| Error::SetupTokenWrong)?
            .map(|token| token.hash());
        match &request.token {
            Some(token) => self.check_token(token)?,
            None if request.from_loopback => {}
            None => return Err(Error::SetupTokenWrong),
        }
        let new = self.admin(&request.username, request.email.clone())?;
        let password = self.chosen(&request.password, &new)?;
        let welcome = Welcome::prepare(self.auth, request.transport, None, &request.origin)?;
        let act = Act {
            actor: Actor::user(new.id, new.username.as_str()),
            origin: request.origin.clone(),
            at: self.auth.now(),
        };
        self.auth.inner.store.change(|tx| {
            require_open(tx)?;
            require_token(tx, token.as_ref(), &act)?;
            let user = first_admin(tx, &new, &password, &act)?;
            welcome.open(self.auth, tx, &user, &act)
        })
    }

    /// Makes the first administrator on the machine itself: `init`, environment, configuration.
    ///
    /// # Errors
    /// [`Error::SetupCompleted`], [`Error::WeakPassword`]; [`Error::Store`].
    pub fn bootstrap(
        &self,
        username: &Username,
        email: Option<EmailAddress>,
        password: FirstPassword,
        via: Via,
    ) -> Result<Bootstrapped, Error> {
        if !self.is_open()? {
            return Err(Error::SetupCompleted);
        }
        let new = self.admin(username, email)?;
        let (password, generated) = match password {
            FirstPassword::Chosen(password) => (self.chosen(&password, &new)?, None),
            FirstPassword::Generated => {
                let (password, secret) = self.auth.temporary_password()?;
                (password, Some(secret))
            }
        };
        let act = self.auth.local_caller(via).act(self.auth.now());
        let user = self.auth.inner.store.change(|tx| {
            require_open(tx)?;
            let user = first_admin(tx, &new, &password, &act)?;
            tx.user_row(user.id, act.at)?
                .ok_or(Error::Internal("a recorded user cannot be read"))
        })?;
        Ok(Bootstrapped { user, generated })
    }

    fn admin(&self, username: &Username, email: Option<EmailAddress>) -> Result<NewUser, Error> {
        Ok(NewUser {
            id: UserId::from_uuid(self.auth.inner.ambient.uuid()?),
            username: username.clone(),
            email: email.or_else(|| username.to_email()),
            role: role::ADMIN,
            access: WorkspaceAccess::Everywhere,
        })
    }

    fn chosen(&self, password: &Password, new: &NewUser) -> Result<TemporaryPassword, Error> {
        let email = new.email.as_ref().map(EmailAddress::as_str);
        let names: Vec<&str> = std::iter::once(new.username.as_str())
            .chain(email)
            .collect();
        self.auth.check_password(password, &names)?;
        let hash = self.auth.hash_password(password)?;
        Ok(TemporaryPassword {
            hash,
            must_change: false,
            expires_at: None,
        })
    }
}

fn require_open(tx: &mut ChangeTx<'_>) -> Result<(), Error> {
    match tx.installation()?.setup_completed_at {
        None => Ok(()),
        Some(_) => Err(Error::SetupCompleted),
    }
}

fn require_token(tx: &mut ChangeTx<'_>, token: Option<&TokenHash>, act: &Act) -> Result<(), Error> {
    let Some(token) = token else { return Ok(()) };
    let known = tx.installation()?.setup_token;
    let good = known.is_some_and(|(known, end)| known == *token && act.at < end);
    if good {
        Ok(())
    } else {
        Err(Error::SetupTokenWrong)
    }
}

fn first_admin(
    tx: &mut ChangeTx<'_>,
    new: &NewUser,
    password: &TemporaryPassword,
    act: &Act,
) -> Result<User, Error> {
    tx.complete_setup(act.at)?;
    Ok(tx.record(User::first_admin(new.clone(), password.clone(), act))?)
}
