//! Devices that people signed in from before.

use chrono::{DateTime, Utc};
use dango_auth_core::id::{DeviceId, UserId};
use dango_auth_core::lockout::{DeviceRow, DeviceState};
use dango_auth_core::token::TokenHash;
use diesel::prelude::*;

use super::series::{self, corrupt};
use crate::Answer;
use crate::ports::{Device, DeviceWrites};
use crate::row::{Row, micros};
use crate::schema::login_devices;
use crate::tx::WriteTx;

/// Most devices of one account.
const DEVICES_PER_USER: i64 = 20;

type Columns = (
    String,
    i32,
    i32,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    i32,
    i64,
);

/// The columns that hold a device's failures.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = login_devices)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
#[allow(clippy::struct_field_names)] // a field is a column
struct Failures {
    failures: i32,
    locks: i32,
    since: Option<i64>,
    last_at: Option<i64>,
    locked_until: Option<i64>,
    in_a_row: i32,
}

impl Failures {
    fn of(state: &DeviceState) -> Self {
        let DeviceRow { series, in_a_row } = state.to_stored();
        Self {
            failures: series.failures,
            locks: series.locks,
            since: series.since,
            last_at: series.last_at,
            locked_until: series.locked_until,
            in_a_row,
        }
    }
}

/// Forgets the failures of an account's devices; the devices stay known.
pub(super) fn clear_failures(tx: &mut WriteTx<'_>, user: UserId) -> Answer<()> {
    let none = Failures::of(&DeviceState::default());
    tx.query(|link| {
        diesel::update(login_devices::table.filter(login_devices::user_id.eq(user.to_string())))
            .set(&none)
            .execute(link)
    })
    .map(drop)
}

impl DeviceWrites for WriteTx<'_> {
    fn device(&mut self, user: UserId, token: &TokenHash) -> Answer<Option<Device>> {
        // An update that changes nothing locks the row and returns it.
        let found: Option<Columns> = self.query(|link| {
            diesel::update(login_devices::table)
                .filter(login_devices::token_hash.eq(token.as_bytes().as_slice()))
                .filter(login_devices::user_id.eq(user.to_string()))
                .set(login_devices::expires_at.eq(login_devices::expires_at))
                .returning((
                    login_devices::id,
                    login_devices::failures,
                    login_devices::locks,
                    login_devices::since,
                    login_devices::last_at,
                    login_devices::locked_until,
                    login_devices::in_a_row,
                    login_devices::expires_at,
                ))
                .get_result(link)
                .optional()
        })?;
        let Some((id, failures, locks, since, last_at, locked_until, in_a_row, end)) = found else {
            return Ok(None);
        };
        let row = Row {
            table: "login_devices",
            id: &id,
        };
        let series = series::row_of((failures, locks, since, last_at, locked_until));
        Ok(Some(Device {
            id: row.parse("id", &id)?,
            user,
            state: DeviceState::from_stored(&DeviceRow { series, in_a_row })
                .map_err(corrupt("login_devices", &id))?,
            expires_at: row.instant("expires_at", end)?,
        }))
    }

    fn put_device(&mut self, device: &Device) -> Answer<()> {
        let failures = Failures::of(&device.state);
        self.query(|link| {
            diesel::update(login_devices::table.find(device.id.to_string()))
                .set(&failures)
                .execute(link)
        })
        .map(drop)
    }

    fn insert_device(
        &mut self,
        device: &Device,
        token: &TokenHash,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let user = device.user.to_string();
        self.query(|link| {
            diesel::delete(login_devices::table)
                .filter(login_devices::user_id.eq(&user))
                .filter(login_devices::expires_at.le(micros(now)))
                .execute(link)
        })?;
        let beyond: Vec<String> = self.query(|link| {
            login_devices::table
                .filter(login_devices::user_id.eq(&user))
                .order((login_devices::expires_at.desc(), login_devices::id.desc()))
                .select(login_devices::id)
                .limit(i64::MAX)
                .offset(DEVICES_PER_USER - 1)
                .load(link)
        })?;
        self.query(|link| {
            diesel::delete(login_devices::table.filter(login_devices::id.eq_any(beyond)))
                .execute(link)
        })?;
        let row = (
            login_devices::id.eq(device.id.to_string()),
            login_devices::user_id.eq(&user),
            login_devices::token_hash.eq(token.as_bytes().as_slice()),
            login_devices::expires_at.eq(micros(device.expires_at)),
            Failures::of(&device.state),
        );
        self.query(|link| {
            diesel::insert_into(login_devices::table)
                .values(row)
                .execute(link)
        })
        .map(drop)
    }

    fn renew_device(&mut self, id: DeviceId, expires_at: DateTime<Utc>) -> Answer<()> {
        self.query(|link| {
            diesel::update(login_devices::table.find(id.to_string()))
                .set(login_devices::expires_at.eq(micros(expires_at)))
                .execute(link)
        })
        .map(drop)
    }

    fn forget_device(&mut self, id: DeviceId) -> Answer<()> {
        self.query(|link| diesel::delete(login_devices::table.find(id.to_string())).execute(link))
            .map(drop)
    }
}
