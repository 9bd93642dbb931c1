//! Locks over all sources, as lists and profiles show them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::Answer;
use crate::ports::LockSummary;
use crate::prepared::StayPrepared as _;
use crate::row::{Row, micros};
use crate::schema::login_pairs;
use crate::tx::ReadTx;

/// Failures older than this are forgotten at the next attempt, so they are not shown either.
const QUIET: TimeDelta = TimeDelta::hours(24);

/// The locks of some accounts, by account key.
pub(crate) fn lock_summaries(
    tx: &mut ReadTx<'_>,
    accounts: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Answer<HashMap<Vec<u8>, LockSummary>> {
    let mut summaries: HashMap<Vec<u8>, LockSummary> = HashMap::new();
    for (account, failures) in failures(tx, accounts, now)? {
        let row = Row {
            table: "login_pairs",
            id: "(several)",
        };
        let failed_attempts = row.count("failures", failures.unwrap_or_default().into())?;
        summaries.entry(account).or_default().failed_attempts = failed_attempts;
    }
    for (account, until) in locks(tx, accounts, now)? {
        let row = Row {
            table: "login_pairs",
            id: "(several)",
        };
        let until = row.instant_opt("locked_until", until)?;
        summaries.entry(account).or_default().locked_until = until;
    }
    Ok(summaries)
}

fn failures(
    tx: &mut ReadTx<'_>,
    accounts: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Answer<Vec<(Vec<u8>, Option<i32>)>> {
    let lasting = login_pairs::locked_until
        .is_null()
        .or(login_pairs::locked_until.assume_not_null().gt(micros(now)));
    tx.query(|link| {
        login_pairs::table
            .filter(login_pairs::account_key.eq_any(accounts))
            .filter(lasting)
            .filter(login_pairs::last_at.gt(micros(now - QUIET)))
            .group_by(login_pairs::account_key)
            .select((login_pairs::account_key, max(login_pairs::failures)))
            .stay_prepared_if(accounts.len() == 1)
            .load(link)
    })
}

fn locks(
    tx: &mut ReadTx<'_>,
    accounts: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Answer<Vec<(Vec<u8>, Option<i64>)>> {
    tx.query(|link| {
        login_pairs::table
            .filter(login_pairs::account_key.eq_any(accounts))
            .filter(login_pairs::locked_until.gt(micros(now)))
            .group_by(login_pairs::account_key)
            .select((login_pairs::account_key, max(login_pairs::locked_until)))
            .stay_prepared_if(accounts.len() == 1)
            .load(link)
    })
}
