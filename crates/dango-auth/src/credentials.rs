//! Passwords as the use cases need them: checked against the rules, hashed, made up.

use chrono::Duration;
use dango_auth_core::password::{Password, PasswordHash};
use dango_auth_core::secret::Secret;
use dango_auth_core::user::TemporaryPassword;

use crate::auth::Auth;
use crate::error::Error;
use crate::users::TEMPORARY_PASSWORD_HOURS;

/// Words of the product that are no password anywhere (ASVS 6.2.11).
const PRODUCT_NAMES: [&str; 3] = ["dango", "dango-auth", "metabase"];

impl Auth {
    /// Checks a new password against the rules in force.
    ///
    /// # Errors
    /// [`Error::WeakPassword`] with a sentence for each rule it does not keep.
    pub fn check_password(&self, password: &Password, own_names: &[&str]) -> Result<(), Error> {
        let settings = self.settings()?;
        let mut names = own_names.to_vec();
        names.extend(PRODUCT_NAMES);
        if let Some(url) = &settings.public_url {
            names.push(url.host());
        }
        settings
            .password_rules()
            .check(password, &names)
            .map_err(|weak| Error::WeakPassword {
                issues: weak.issues(),
            })
    }

    /// Hashes a password with the parameters in force.
    pub(crate) fn hash_password(&self, password: &Password) -> Result<PasswordHash, Error> {
        Ok(self.inner.hasher.hash(password)?)
    }

    /// A made-up password that must be changed and lapses if nobody uses it (ASVS 6.4.1).
    pub(crate) fn temporary_password(&self) -> Result<(TemporaryPassword, Secret), Error> {
        let password = Password::temporary(self.inner.ambient.bytes()?);
        let secret = Secret::new(password.expose());
        let hash = self.hash_password(&password)?;
        let expires_at = Some(self.now() + Duration::hours(TEMPORARY_PASSWORD_HOURS));
        Ok((
            TemporaryPassword {
                hash,
                must_change: true,
                expires_at,
            },
            secret,
        ))
    }
}
