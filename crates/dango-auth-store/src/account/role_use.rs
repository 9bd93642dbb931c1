//! Which roles are stored anywhere, and how often.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::Answer;
use crate::ports::RoleUse;
use crate::row::Row;
use crate::schema::{api_key_grants, api_keys, user_grants, users};
use crate::tx::ReadTx;

/// Counts by role over one column; a macro because the types of two tables' queries differ.
macro_rules! by_role {
    ($tx:expr, $table:ident.$column:ident) => {{
        let groups: Vec<(Option<String>, i64)> = $tx.query(|link| {
            $table::table
                .group_by($table::$column)
                .select(($table::$column.nullable(), count_star()))
                .load(link)
        })?;
        groups
            .into_iter()
            .filter_map(|(role, count)| Some((role?, count.unsigned_abs())))
    }};
}

pub(super) fn role_uses(tx: &mut ReadTx<'_>) -> Answer<Vec<RoleUse>> {
    // People, grants, keys.
    let mut uses: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    let mut add = |role: String, place: usize, count: u64| {
        if let Some(sum) = uses.entry(role).or_default().get_mut(place) {
            *sum += count;
        }
    };
    by_role!(tx, users.role).for_each(|(role, count)| add(role, 0, count));
    by_role!(tx, user_grants.role).for_each(|(role, count)| add(role, 1, count));
    by_role!(tx, api_keys.limit_role).for_each(|(role, count)| add(role, 2, count));
    by_role!(tx, api_key_grants.role).for_each(|(role, count)| add(role, 2, count));
    let row = Row {
        table: "users",
        id: "(count)",
    };
    uses.into_iter()
        .map(|(role, [people, grants, keys])| {
            Ok(RoleUse {
                role: row.parse("role", &role)?,
                people,
                grants,
                keys,
            })
        })
        .collect()
}
