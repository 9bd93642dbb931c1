//! Lifting locks: what an administrator's unlock does (contract §3.9).

use dango_auth_core::id::UserId;
use diesel::prelude::*;

use super::device;
use crate::Answer;
use crate::ports::AccountKey;
use crate::schema::{factor_attempts, login_accounts, login_devices, login_pairs};
use crate::tx::WriteTx;

/// Lifts every lock of an existing account.
pub(crate) fn lift_all(tx: &mut WriteTx<'_>, user: UserId) -> Answer<()> {
    let account = tx.keys().account_key(user);
    lift(tx, &account, Some(user))
}

pub(super) fn lift(tx: &mut WriteTx<'_>, account: &AccountKey, user: Option<UserId>) -> Answer<()> {
    let key = account.as_bytes().as_slice();
    tx.query(|link| {
        diesel::delete(login_pairs::table.filter(login_pairs::account_key.eq(key))).execute(link)
    })?;
    tx.query(|link| diesel::delete(login_accounts::table.find(key)).execute(link))?;
    let Some(user) = user else { return Ok(()) };
    device::clear_failures(tx, user)?;
    lift_factor(tx, user)
}

/// Forgets the wrong codes of an account's second factor.
pub(crate) fn lift_factor(tx: &mut WriteTx<'_>, user: UserId) -> Answer<()> {
    tx.query(|link| diesel::delete(factor_attempts::table.find(user.to_string())).execute(link))
        .map(drop)
}

/// Forgets an account's devices.
pub(crate) fn forget_devices(tx: &mut WriteTx<'_>, user: UserId) -> Answer<()> {
    tx.query(|link| {
        diesel::delete(login_devices::table.filter(login_devices::user_id.eq(user.to_string())))
            .execute(link)
    })
    .map(drop)
}
