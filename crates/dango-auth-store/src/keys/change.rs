//! Replacing the key while everybody works on (contract §5, ADR 0009).
//!
//! 1. One transaction puts the new key in force. Whoever seals or chains after it uses the new one.
//! 2. Batch by batch, what is sealed under other keys is sealed anew.
//! 3. One transaction notes that nothing needs the old key any more.
//!
//! At every moment each envelope names the key that opens it, and both keys are at hand.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::audit::chain::ChainKey;
use dango_auth_core::seal::{KeyId, MasterKey, Purpose, key_id_of};
use diesel::prelude::*;

use super::columns::{SEALED, SealedColumn};
use super::{Place, carried};
use crate::audit::keeping::Checkpoint;
use crate::copy::TableStep;
use crate::error::Clash;
use crate::ports::{KeyChanges, KeyReads, KeyStanding};
use crate::row::{Row, micros};
use crate::schema::{audit_head, guard, installation, replaced_keys};
use crate::store::Store;
use crate::tx::{ChangeTx, ReadTx, WriteTx};
use crate::{Answer, StoreError, audit, dialect};

/// Rows of one transaction: short enough that nobody waits for it.
const BATCH: i64 = 200;

impl KeyReads for ReadTx<'_> {
    fn key_standing(&mut self) -> Answer<KeyStanding> {
        let current: Option<String> =
            self.query(|link| guard::table.select(guard::key_id).get_result(link))?;
        self.keys().adopt(current.as_deref())?;
        let replaced: Vec<(String, Option<i64>)> = self.query(|link| {
            replaced_keys::table
                .order(replaced_keys::started_at.asc())
                .select((replaced_keys::key_id, replaced_keys::finished_at))
                .load(link)
        })?;
        let id = |text: &str| {
            let row = Row {
                table: "replaced_keys",
                id: text,
            };
            row.need("key_id", KeyId::parse(text))
        };
        let open = replaced.iter().find(|(_, finished)| finished.is_none());
        Ok(KeyStanding {
            current: self.keys().ring().current().key_id(),
            replaced: replaced
                .iter()
                .map(|(text, _)| id(text))
                .collect::<Answer<_>>()?,
            unfinished: open.map(|(text, _)| id(text)).transpose()?,
        })
    }
}

impl KeyChanges for ChangeTx<'_> {
    fn replace_key(&mut self, new: &MasterKey, at: DateTime<Utc>) -> Answer<()> {
        self.query(dialect::lock_key_change)?;
        let standing = self.key_standing()?;
        let new_id = new.key_id();
        if standing.current == new_id || standing.replaced.contains(&new_id) {
            return Err(StoreError::clash(Clash::KeyUsed));
        }
        if standing.unfinished.is_some() {
            return Err(StoreError::stale());
        }
        let old = self.keys().ring();
        let ring = old.clone().with_older([new.clone()]);
        let ring = ring
            .with_current(|key| key == new)
            .ok_or(StoreError::WrongKey)?;
        let (last_id, _) = audit::lock_head(self)?;
        carried::hand_over(self, &old, &ring, last_id)?;
        if let Some(checkpoint) = Checkpoint::read(self)? {
            if !checkpoint.is_genuine(self) {
                return Err(StoreError::corrupt("audit_checkpoint", "seal", 1));
            }
            let key = ChainKey::new(new.subkey(Purpose::Audit));
            Checkpoint::write(self, checkpoint.last_id, &checkpoint.mac, &key)?;
        }
        note_change(self, standing.current, new, at)?;
        // The event of this change is chained with it already.
        self.keys().add(new.clone());
        Ok(())
    }

    fn finish_key_change(&mut self, at: DateTime<Utc>, event: Event) -> Answer<()> {
        self.query(|link| {
            diesel::update(replaced_keys::table.filter(replaced_keys::finished_at.is_null()))
                .set(replaced_keys::finished_at.eq(micros(at)))
                .execute(link)
        })?;
        self.add_event(event);
        Ok(())
    }
}

fn note_change(
    tx: &mut ChangeTx<'_>,
    old: KeyId,
    new: &MasterKey,
    at: DateTime<Utc>,
) -> Answer<()> {
    let new_id = new.key_id().to_string();
    tx.query(|link| {
        diesel::insert_into(replaced_keys::table)
            .values((
                replaced_keys::key_id.eq(old.to_string()),
                replaced_keys::replaced_by.eq(&new_id),
                replaced_keys::started_at.eq(micros(at)),
            ))
            .execute(link)
    })?;
    tx.query(|link| {
        let check = new.key_check().to_vec();
        diesel::update(installation::table)
            .set(installation::key_check.eq(check))
            .execute(link)
    })?;
    tx.query(|link| {
        diesel::update(guard::table)
            .set(guard::key_id.eq(&new_id))
            .execute(link)
    })?;
    tx.query(|link| {
        diesel::update(audit_head::table)
            .set(audit_head::key_id.eq(&new_id))
            .execute(link)
    })
    .map(drop)
}

impl Store {
    /// Seals under the current key whatever is not; answers how many values that were.
    ///
    /// It can be stopped at any moment and begun again: what is done is passed over.
    ///
    /// # Errors
    /// [`StoreError`]; what was sealed anew until then stays so.
    pub fn seal_anew(&self, mut watch: impl FnMut(TableStep)) -> Answer<u64> {
        let total = self.read(|tx| {
            let counts = SEALED
                .iter()
                .map(|column| tx.query(|link| column.count(link)));
            counts.sum::<Answer<i64>>()
        })?;
        let (mut rows, mut sealed) = (0, 0);
        for column in SEALED {
            let mut after = String::new();
            loop {
                let batch = self.write(|tx| seal_batch(tx, column, &after))?;
                rows += batch.rows;
                sealed += batch.sealed;
                watch(TableStep {
                    table: column.table,
                    rows,
                    total: total.unsigned_abs().max(rows),
                });
                match batch.last {
                    Some(last) => after = last,
                    None => break,
                }
            }
        }
        Ok(sealed)
    }
}

/// What a batch did.
struct Batch {
    rows: u64,
    sealed: u64,
    last: Option<String>,
}

fn seal_batch(tx: &mut WriteTx<'_>, column: SealedColumn, after: &str) -> Answer<Batch> {
    let sealer = tx.sealer()?;
    let current = sealer.ring().current().key_id();
    let envelopes = tx.query(|link| column.after(link, after, BATCH))?;
    let mut done = 0;
    for envelope in &envelopes {
        let place = Place {
            table: column.table,
            column: column.column,
            row: &envelope.row_key,
        };
        if key_id_of(&envelope.sealed).map_err(|_| place.corrupt())? == current {
            continue;
        }
        let plain = sealer.open(place, &envelope.sealed)?;
        let new = sealer.seal(place, &plain)?;
        let row = envelope.row_key.as_str();
        // Whoever was faster has sealed under the current key.
        tx.query(|link| column.replace(link, row, &envelope.sealed, &new))?;
        done += 1;
    }
    Ok(Batch {
        rows: envelopes.len() as u64,
        sealed: done,
        last: envelopes.last().map(|envelope| envelope.row_key.clone()),
    })
}
