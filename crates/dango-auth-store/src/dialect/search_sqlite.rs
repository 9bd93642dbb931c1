//! The index of parts of login names on SQLite: a full-text index that triggers keep.

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl, SqliteConnection, sql_query};

use super::{Holder, Part};
use crate::row::Count;

/// Names that have a part, up to which reading them all is the shortest way.
const RARE: i64 = 50;

pub(super) fn names_like(
    connection: &mut SqliteConnection,
    pattern: &str,
    sample: u32,
) -> QueryResult<i64> {
    let count: Count = sql_query(
        "SELECT COUNT(*) AS count FROM
            (SELECT name FROM search_numbers ORDER BY number LIMIT $1) AS first_ones
         WHERE name LIKE $2 ESCAPE '!'",
    )
    .bind::<BigInt, _>(i64::from(sample))
    .bind::<Text, _>(pattern)
    .get_result(connection)?;
    Ok(count.count)
}

pub(super) fn holders(
    connection: &mut SqliteConnection,
    parts: &[Part],
    pattern: &str,
    most: u32,
) -> QueryResult<Vec<String>> {
    let rare = rare(connection, parts)?;
    let parts = rare.map_or(parts, std::slice::from_ref);
    // In this order: from the parts to the names, never the other way.
    let found: Vec<Holder> = sql_query(
        "SELECT user_id FROM search_parts
            CROSS JOIN search_numbers ON number = search_parts.rowid
            CROSS JOIN login_names ON login_names.name = search_numbers.name
         WHERE search_parts MATCH $1 AND search_numbers.name LIKE $2 ESCAPE '!' LIMIT $3",
    )
    .bind::<Text, _>(expression(parts))
    .bind::<Text, _>(pattern)
    .bind::<BigInt, _>(i64::from(most))
    .load(connection)?;
    Ok(found.into_iter().map(|holder| holder.user_id).collect())
}

/// A part that few names have, if there is one: reading what it leads to costs the same among however many
/// names, and the list of a part that all names have would be read from its start.
fn rare<'a>(connection: &mut SqliteConnection, parts: &'a [Part]) -> QueryResult<Option<&'a Part>> {
    if parts.len() == 1 {
        return Ok(parts.first());
    }
    for part in parts {
        let count: Count = sql_query(
            "SELECT COUNT(*) AS count FROM
                (SELECT rowid FROM search_parts WHERE search_parts MATCH $1 LIMIT $2) AS first_ones",
        )
        .bind::<Text, _>(expression(std::slice::from_ref(part)))
        .bind::<BigInt, _>(RARE + 1)
        .get_result(connection)?;
        if count.count <= RARE {
            return Ok(Some(part));
        }
    }
    Ok(None)
}

/// All of the parts, in hexadecimal as the triggers write them.
fn expression(parts: &[Part]) -> String {
    let terms: Vec<String> = parts.iter().flat_map(terms).collect();
    terms.join(" AND ")
}

fn terms(part: &Part) -> Vec<String> {
    match part {
        Part::Whole(text) => vec![format!("\"{}\"", hex::encode_upper(text))],
        Part::Start(text) => starts(text),
    }
}

/// The first three bytes from each character on, which are an index of their own; a longer start would
/// be gathered from all parts.
fn starts(text: &str) -> Vec<String> {
    let from = |(at, _): (usize, char)| text.as_bytes().get(at..at + 3);
    let bytes = text.char_indices().filter_map(from);
    bytes
        .map(|three| format!("\"{}\"*", hex::encode_upper(three)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_asked_for_in_hexadecimal() {
        let parts = [
            Part::Whole("a\"*é@b".to_owned()),
            Part::Start("ab\"é".to_owned()),
        ];
        assert_eq!(
            expression(&parts),
            "\"61222AC3A94062\" AND \"616222\"* AND \"6222C3\"* AND \"22C3A9\"*"
        );
    }
}
