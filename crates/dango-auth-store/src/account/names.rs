//! Login names: username and address of everybody, each of them one person's.

use dango_auth_core::user::User;
use diesel::prelude::*;

use crate::error::Clash;
use crate::prepared::StayPrepared as _;
use crate::schema::login_names;
use crate::tx::{ReadTx, WriteTx};
use crate::{Answer, StoreError};

/// The names of an account that nobody else has, and what has to be written for them.
pub(super) struct Claim {
    user: String,
    wanted: Vec<String>,
    held: Vec<String>,
}

impl Claim {
    /// Refuses an account whose username or address is somebody else's, and tells which of them.
    ///
    /// The guard orders those who ask, so what is free now is free until the transaction ends.
    pub(super) fn check(tx: &mut ReadTx<'_>, user: &User) -> Answer<Self> {
        let id = user.id.to_string();
        let mut wanted = vec![user.username.as_str().to_owned()];
        wanted.extend(user.email.iter().map(|email| email.as_str().to_owned()));
        wanted.dedup();
        let found: Vec<(String, String)> = tx.query(|link| {
            login_names::table
                .filter(
                    login_names::user_id
                        .eq(&id)
                        .or(login_names::name.eq_any(&wanted)),
                )
                .select((login_names::name, login_names::user_id))
                .stay_prepared()
                .load(link)
        })?;
        let (held, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, holder)| *holder == id);
        if let Some((taken, _)) = others.first() {
            let is_username = user.username.as_str() == taken;
            let what = if is_username {
                Clash::Username
            } else {
                Clash::Email
            };
            return Err(StoreError::clash(what));
        }
        let held = held.into_iter().map(|(name, _)| name).collect();
        Ok(Self {
            user: id,
            wanted,
            held,
        })
    }

    /// Writes the names, now that the account has a row.
    pub(super) fn store(self, tx: &mut WriteTx<'_>) -> Answer<()> {
        for name in self.held.iter().filter(|name| !self.wanted.contains(name)) {
            tx.query(|link| diesel::delete(login_names::table.find(name)).execute(link))?;
        }
        for name in self.wanted.iter().filter(|name| !self.held.contains(name)) {
            let row = (
                login_names::name.eq(name),
                login_names::user_id.eq(&self.user),
            );
            tx.query(|link| {
                diesel::insert_into(login_names::table)
                    .values(row)
                    .execute(link)
            })?;
        }
        Ok(())
    }
}

/// The id of the user who signs in with this name.
pub(super) fn holder(tx: &mut ReadTx<'_>, name: &str) -> Answer<Option<String>> {
    tx.query(|link| {
        login_names::table
            .filter(login_names::name.eq(name))
            .select(login_names::user_id)
            .get_result(link)
            .optional()
    })
}
