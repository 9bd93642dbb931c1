//! The installation as a whole: setup, the switch, settings, the epoch.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::token::TokenHash;
use diesel::prelude::*;

use crate::error::Clash;
use crate::ports::{Installation, InstallationChanges, InstallationReads, Standing, StoredSetting};
use crate::row::{Row, micros};
use crate::schema::{guard, installation, settings};
use crate::tx::{ChangeTx, ReadTx};
use crate::{Answer, StoreError};

impl InstallationReads for ReadTx<'_> {
    fn installation(&mut self) -> Answer<Installation> {
        let (completed_at, hash, expires_at, auth_disabled) = self.query(|link| {
            installation::table
                .select((
                    installation::setup_completed_at,
                    installation::setup_token_hash,
                    installation::setup_token_expires_at,
                    installation::auth_disabled,
                ))
                .first::<(Option<i64>, Option<Vec<u8>>, Option<i64>, bool)>(link)
        })?;
        let row = Row {
            table: "installation",
            id: "1",
        };
        let hash = hash
            .map(|hash| row.need("setup_token_hash", TokenHash::from_slice(&hash)))
            .transpose()?;
        Ok(Installation {
            setup_completed_at: row.instant_opt("setup_completed_at", completed_at)?,
            setup_token: hash.zip(row.instant_opt("setup_token_expires_at", expires_at)?),
            auth_disabled,
        })
    }

    fn standing(&mut self) -> Answer<Standing> {
        let (epoch, auth_disabled): (i64, bool) = self.query(|link| {
            guard::table
                .inner_join(installation::table.on(installation::id.eq(guard::id)))
                .select((guard::epoch, installation::auth_disabled))
                .get_result(link)
        })?;
        Ok(Standing {
            epoch: self.epochs.map_or(epoch, |(found, _)| found),
            auth_disabled,
        })
    }

    fn stored_settings(&mut self) -> Answer<Vec<StoredSetting>> {
        let found: Vec<(String, String, String, i64)> =
            self.query(|link| settings::table.order(settings::name.asc()).load(link))?;
        found
            .into_iter()
            .map(|(name, value, updated_by, updated_at)| {
                let row = Row {
                    table: "settings",
                    id: &name,
                };
                let updated_at = row.instant("updated_at", updated_at)?;
                Ok(StoredSetting {
                    name,
                    value,
                    updated_by,
                    updated_at,
                })
            })
            .collect()
    }

    fn epoch(&mut self) -> Answer<i64> {
        match self.epochs {
            Some((found, _)) => Ok(found),
            None => self.query(|link| guard::table.select(guard::epoch).get_result(link)),
        }
    }
}

impl InstallationChanges for ChangeTx<'_> {
    fn complete_setup(&mut self, at: DateTime<Utc>) -> Answer<()> {
        let completed = self.query(|link| {
            diesel::update(installation::table)
                .filter(installation::setup_completed_at.is_null())
                .set((
                    installation::setup_completed_at.eq(micros(at)),
                    installation::setup_token_hash.eq(None::<Vec<u8>>),
                    installation::setup_token_expires_at.eq(None::<i64>),
                ))
                .execute(link)
        })?;
        if completed == 0 {
            Err(StoreError::clash(Clash::SetupDone))
        } else {
            Ok(())
        }
    }

    fn put_setup_token(&mut self, token: &TokenHash, expires_at: DateTime<Utc>) -> Answer<()> {
        self.query(|link| {
            diesel::update(installation::table)
                .set((
                    installation::setup_token_hash.eq(token.as_bytes().as_slice()),
                    installation::setup_token_expires_at.eq(micros(expires_at)),
                ))
                .execute(link)
        })
        .map(drop)
    }

    fn set_auth_disabled(&mut self, disabled: bool, event: Event) -> Answer<()> {
        self.query(|link| {
            diesel::update(installation::table)
                .set(installation::auth_disabled.eq(disabled))
                .execute(link)
        })?;
        self.add_event(event);
        Ok(())
    }

    fn put_setting(&mut self, setting: &StoredSetting, event: Event) -> Answer<()> {
        remove(self, &setting.name)?;
        let row = (
            settings::name.eq(&setting.name),
            settings::value.eq(&setting.value),
            settings::updated_by.eq(&setting.updated_by),
            settings::updated_at.eq(micros(setting.updated_at)),
        );
        self.query(|link| {
            diesel::insert_into(settings::table)
                .values(row)
                .execute(link)
        })?;
        self.add_event(event);
        Ok(())
    }

    fn remove_setting(&mut self, name: &str, event: Event) -> Answer<()> {
        remove(self, name)?;
        self.add_event(event);
        Ok(())
    }
}

fn remove(tx: &mut ChangeTx<'_>, name: &str) -> Answer<()> {
    tx.wrote_settings = true;
    tx.query(|link| diesel::delete(settings::table.find(name)).execute(link))
        .map(drop)
}
