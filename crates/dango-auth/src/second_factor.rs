//! The caller's own second factor.

use dango_auth_core::id::RecoveryCodeId;
use dango_auth_core::password::Password;
use dango_auth_core::recovery_code::RecoveryCode;
use dango_auth_core::second_factor::{
    RECOVERY_CODES, SecondFactor, SecondFactorError, StoredRecoveryCode,
};
use dango_auth_core::secret::Secret;
use dango_auth_core::totp::TotpSeed;
use dango_auth_store::ports::{FactorReads as _, FactorWrites as _};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::sign_in::accept_code;
use crate::walk::{require_free, require_session};

/// The name an authenticator app shows.
const ISSUER: &str = "Dango";

/// What somebody needs to enrol an app.
#[derive(Debug)]
pub struct Enrolment {
    /// The seed as text, for typing.
    pub secret: Secret,
    /// The `otpauth://` link.
    pub provisioning_uri: Secret,
    /// The link as a QR code, an SVG picture.
    pub qr_svg: String,
    /// The recovery codes, shown once; they count once the enrolment is finished.
    pub recovery_codes: Vec<Secret>,
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorStatus {
    /// Whether a code is asked for at sign-in.
    pub on: bool,
    /// How many recovery codes are left.
    pub codes_left: u32,
}

/// The caller's own second factor.
#[derive(Clone)]
pub struct OwnFactor<'a> {
    auth: &'a Auth,
}

impl<'a> OwnFactor<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Where the caller's account stands.
    ///
    /// # Errors
    /// [`Error::SessionRequired`]; [`Error::Store`].
    pub fn status(&self, caller: &Caller) -> Result<FactorStatus, Error> {
        require_session(caller)?;
        let id = caller.user_id().ok_or(Error::Unauthenticated)?;
        self.auth.inner.store.read(|tx| {
            Ok(FactorStatus {
                on: tx.second_factor(id)?.is_on(),
                codes_left: tx.recovery_codes_left(id)?,
            })
        })
    }

    /// Starts an enrolment; one started before is forgotten. It is finished with the first code.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Locked`], `second_factor_on`; [`Error::Store`].
    pub fn begin(&self, caller: &Caller, password: &Password) -> Result<Enrolment, Error> {
        self.auth.account().prove_password(caller, password)?;
        let person = caller.person().ok_or(Error::Unauthenticated)?;
        let seed = TotpSeed::from_random(self.auth.inner.ambient.bytes()?);
        let (recovery_codes, stored) = self.auth.fresh_codes()?;
        let now = self.auth.now();
        self.auth.inner.store.write(|tx| {
            let factor = tx.second_factor(person.user.id)?.begin(seed.clone(), now)?;
            Ok::<_, Error>(tx.put_pending_factor(person.user.id, &factor, &stored)?)
        })?;
        let uri = seed.provisioning_uri(ISSUER, person.user.display_email());
        Ok(Enrolment {
            secret: seed.to_base32(),
            qr_svg: qr_svg(uri.expose())?,
            provisioning_uri: uri,
            recovery_codes,
        })
    }

    /// Finishes the enrolment with the first code; the account's other sessions end.
    ///
    /// # Errors
    /// `invalid_code`, `second_factor_not_pending`, `second_factor_on`, [`Error::Locked`].
    pub fn confirm(&self, caller: &Caller, code: &str) -> Result<(), Error> {
        require_session(caller)?;
        let reserved = self.auth.reserve_own_code(caller)?;
        let keep = caller.session_id();
        let done = self.auth.duty(caller, |tx, desk, user| {
            let factor = tx.second_factor(user.id)?;
            let change = factor.confirm(user, code, keep, &desk.act)?;
            tx.record(change)?;
            Ok(())
        });
        self.auth.settle_own_code(caller, &reserved, &done)?;
        done
    }

    /// Switches it off; needs the password and a code.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], `invalid_code`, `second_factor_off`, [`Error::Locked`].
    pub fn disable(&self, caller: &Caller, password: &Password, code: &str) -> Result<(), Error> {
        require_free(caller)?;
        self.auth.account().prove_password(caller, password)?;
        self.with_code(caller, code, |tx, desk, user, factor| {
            tx.record(factor.disable(user, &desk.act)?)?;
            Ok(())
        })
    }

    /// Replaces the recovery codes; needs the password and a code.
    ///
    /// # Errors
    /// As [`OwnFactor::disable`].
    pub fn regenerate(
        &self,
        caller: &Caller,
        password: &Password,
        code: &str,
    ) -> Result<Vec<Secret>, Error> {
        require_free(caller)?;
        self.auth.account().prove_password(caller, password)?;
        let (codes, stored) = self.auth.fresh_codes()?;
        self.with_code(caller, code, |tx, desk, user, factor| {
            tx.record(factor.regenerate(user, stored.clone(), &desk.act)?)?;
            Ok(())
        })?;
        Ok(codes)
    }

    fn with_code(
        &self,
        caller: &Caller,
        code: &str,
        mut then: impl FnMut(
            &mut dango_auth_store::ChangeTx<'_>,
            &crate::walk::Desk,
            dango_auth_core::user::User,
            SecondFactor,
        ) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let reserved = self.auth.reserve_own_code(caller)?;
        let done = self.auth.own_command(caller, |tx, desk, user| {
            let factor = tx.second_factor(user.id)?;
            if !factor.is_on() {
                return Err(SecondFactorError::NotOn.into());
            }
            if !accept_code(tx, user.id, &factor, code, desk.act.at)? {
                return Err(SecondFactorError::WrongCode.into());
            }
            let factor = tx.second_factor(user.id)?;
            then(tx, desk, user, factor)
        });
        self.auth.settle_own_code(caller, &reserved, &done)?;
        done
    }
}

fn qr_svg(text: &str) -> Result<String, Error> {
    use qrcode::render::svg;
    let code = qrcode::QrCode::new(text.as_bytes())
        .map_err(|_| Error::Internal("the enrolment link does not fit a QR code"))?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build())
}

impl Auth {
    /// Fresh recovery codes: as shown, and as stored.
    fn fresh_codes(&self) -> Result<(Vec<Secret>, Vec<StoredRecoveryCode>), Error> {
        let mut shown = Vec::with_capacity(RECOVERY_CODES);
        let mut stored = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let code = RecoveryCode::from_random(self.inner.ambient.bytes()?);
            stored.push(StoredRecoveryCode {
                id: RecoveryCodeId::from_uuid(self.inner.ambient.uuid()?),
                digest: code.mac(&self.inner.keys.recovery),
            });
            shown.push(code.grouped());
        }
        Ok((shown, stored))
    }
}
