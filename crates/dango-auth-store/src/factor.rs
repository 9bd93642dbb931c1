//! Second factors and recovery codes.

use dango_auth_core::id::{RecoveryCodeId, UserId};
use dango_auth_core::second_factor::{SecondFactor, StoredRecoveryCode};
use dango_auth_core::totp::TotpSeed;
use diesel::prelude::*;

use crate::error::Clash;
use crate::keys::{Keys, Place, Sealer};
use crate::link::on_each;
use crate::ports::{FactorReads, FactorWrites};
use crate::prepared::StayPrepared as _;
use crate::row::{Row, micros};
use crate::schema::{recovery_codes, second_factors};
use crate::tx::{ReadTx, WriteTx};
use crate::{Answer, StoreError};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = second_factors)]
#[diesel(treat_none_as_default_value = false)]
struct FactorRecord {
    user_id: String,
    enabled: bool,
    seed_sealed: Vec<u8>,
    expires_at: Option<i64>,
    last_step: Option<i64>,
    enabled_at: Option<i64>,
}

fn place(user: &str) -> Place<'_> {
    Place {
        table: "second_factors",
        column: "seed_sealed",
        row: user,
    }
}

impl FactorRecord {
    /// The row of a factor; nothing when it is off.
    fn of(user: UserId, factor: &SecondFactor, keys: Sealer<'_>) -> Answer<Option<Self>> {
        let user_id = user.to_string();
        let seal = |seed: &TotpSeed| keys.seal(place(&user_id), seed.expose());
        let record = match factor {
            SecondFactor::Off => return Ok(None),
            SecondFactor::Pending { seed, expires_at } => Self {
                seed_sealed: seal(seed)?,
                enabled: false,
                expires_at: Some(micros(*expires_at)),
                last_step: None,
                enabled_at: None,
                user_id,
            },
            SecondFactor::On {
                seed,
                last_step,
                enabled_at,
            } => Self {
                seed_sealed: seal(seed)?,
                enabled: true,
                expires_at: None,
                last_step: Some(*last_step),
                enabled_at: Some(micros(*enabled_at)),
                user_id,
            },
        };
        Ok(Some(record))
    }

    fn into_factor(self, keys: &Keys) -> Answer<SecondFactor> {
        let row = Row {
            table: "second_factors",
            id: &self.user_id,
        };
        let bytes = keys.open(place(&self.user_id), &self.seed_sealed)?;
        let seed = row.need("seed_sealed", TotpSeed::from_bytes(&bytes).ok())?;
        if !self.enabled {
            let expires_at = row.need("expires_at", self.expires_at)?;
            let expires_at = row.instant("expires_at", expires_at)?;
            return Ok(SecondFactor::Pending { seed, expires_at });
        }
        let enabled_at = row.need("enabled_at", self.enabled_at)?;
        Ok(SecondFactor::On {
            seed,
            last_step: row.need("last_step", self.last_step)?,
            enabled_at: row.instant("enabled_at", enabled_at)?,
        })
    }
}

impl FactorReads for ReadTx<'_> {
    fn second_factor(&mut self, user: UserId) -> Answer<SecondFactor> {
        let found: Option<FactorRecord> = self.query(|link| {
            second_factors::table
                .find(user.to_string())
                .select(FactorRecord::as_select())
                .get_result(link)
                .optional()
        })?;
        match found {
            Some(record) => record.into_factor(self.keys()),
            None => Ok(SecondFactor::Off),
        }
    }

    fn recovery_codes_left(&mut self, user: UserId) -> Answer<u32> {
        let left: i64 = self.query(|link| {
            recovery_codes::table
                .filter(recovery_codes::user_id.eq(user.to_string()))
                .count()
                .get_result(link)
        })?;
        Row {
            table: "recovery_codes",
            id: "(count)",
        }
        .count("id", left)
    }
}

/// Writes a factor in place of the one before.
pub(crate) fn replace(tx: &mut WriteTx<'_>, user: UserId, factor: &SecondFactor) -> Answer<()> {
    let record = FactorRecord::of(user, factor, tx.sealer()?)?;
    let id = user.to_string();
    tx.query(|link| diesel::delete(second_factors::table.find(id)).execute(link))?;
    let Some(record) = record else { return Ok(()) };
    tx.query(|link| {
        diesel::insert_into(second_factors::table)
            .values(&record)
            .execute(link)
    })
    .map(drop)
}

/// Puts these recovery codes in place of all older ones.
pub(crate) fn replace_codes(
    tx: &mut WriteTx<'_>,
    user: UserId,
    codes: &[StoredRecoveryCode],
) -> Answer<()> {
    tx.query(|link| {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user.to_string())))
            .execute(link)
    })?;
    tx.insert_recovery_codes(user, codes)
}

impl FactorWrites for WriteTx<'_> {
    fn put_pending_factor(
        &mut self,
        user: UserId,
        factor: &SecondFactor,
        codes: &[StoredRecoveryCode],
    ) -> Answer<()> {
        let id = user.to_string();
        // Only a pending one may be replaced; deleting it locks it against a confirmation under way.
        self.query(|link| {
            diesel::delete(second_factors::table.find(&id))
                .filter(second_factors::enabled.eq(false))
                .execute(link)
        })?;
        if self.second_factor(user)?.is_on() {
            return Err(StoreError::clash(Clash::SecondFactorOn));
        }
        replace(self, user, factor)?;
        replace_codes(self, user, codes)
    }

    fn advance_step(&mut self, user: UserId, step: i64) -> Answer<bool> {
        let advanced = self.query(|link| {
            diesel::update(second_factors::table.find(user.to_string()))
                .filter(second_factors::enabled.eq(true))
                .filter(second_factors::last_step.lt(step))
                .set(second_factors::last_step.eq(step))
                .returning(second_factors::last_step)
                .stay_prepared()
                .count::<Option<i64>>(link)
        })?;
        Ok(advanced == 1)
    }

    fn consume_recovery_code(
        &mut self,
        user: UserId,
        digests: &[[u8; 32]],
    ) -> Answer<Option<RecoveryCodeId>> {
        let digests: Vec<Vec<u8>> = digests.iter().map(|digest| digest.to_vec()).collect();
        let found: Option<String> = self.query(|link| {
            recovery_codes::table
                .filter(recovery_codes::user_id.eq(user.to_string()))
                .filter(recovery_codes::digest.eq_any(digests))
                .select(recovery_codes::id)
                .get_result(link)
                .optional()
        })?;
        let Some(id) = found else { return Ok(None) };
        // Of two who found it, one deletes it.
        let deleted =
            self.query(|link| diesel::delete(recovery_codes::table.find(&id)).execute(link))?;
        if deleted == 0 {
            return Ok(None);
        }
        Row {
            table: "recovery_codes",
            id: &id,
        }
        .parse("id", &id)
        .map(Some)
    }

    fn insert_recovery_codes(&mut self, user: UserId, codes: &[StoredRecoveryCode]) -> Answer<()> {
        let user = user.to_string();
        let rows: Vec<_> = codes
            .iter()
            .map(|code| {
                (
                    recovery_codes::id.eq(code.id.to_string()),
                    recovery_codes::user_id.eq(&user),
                    recovery_codes::digest.eq(code.digest.as_slice()),
                )
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.query(|link| {
            on_each!(link, connection => {
                diesel::insert_into(recovery_codes::table).values(&rows).execute(connection)
            })
        })
        .map(drop)
    }
}

/// Removes a factor with its codes and the failures counted against it.
pub(crate) fn remove(tx: &mut WriteTx<'_>, user: UserId) -> Answer<()> {
    replace(tx, user, &SecondFactor::Off)?;
    replace_codes(tx, user, &[])?;
    crate::limits::lift_factor(tx, user)
}
