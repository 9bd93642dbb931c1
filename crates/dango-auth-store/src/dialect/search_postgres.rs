//! The index of parts of login names on PostgreSQL: an inverted index over a function of the name.

use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryResult, RunQueryDsl, sql_query};

use super::{Holder, Part};
use crate::row::Count;

pub(super) fn names_like(
    connection: &mut PgConnection,
    pattern: &str,
    sample: u32,
) -> QueryResult<i64> {
    let count: Count = sql_query(
        "SELECT COUNT(*) AS count FROM (SELECT name FROM login_names LIMIT $1) AS first_ones
         WHERE name LIKE $2 ESCAPE '!'",
    )
    .bind::<BigInt, _>(i64::from(sample))
    .bind::<Text, _>(pattern)
    .get_result(connection)?;
    Ok(count.count)
}

pub(super) fn holders(
    connection: &mut PgConnection,
    parts: &[Part],
    pattern: &str,
    most: u32,
) -> QueryResult<Vec<String>> {
    // The inner query stands alone: beside the pattern and the limit the planner would take the names one
    // after the other and make the parts of each.
    let found: Vec<Holder> = sql_query(
        "WITH likely AS MATERIALIZED (
            SELECT name, user_id FROM login_names WHERE name_parts(name) @@ $1::tsquery
         )
         SELECT user_id FROM likely WHERE name LIKE $2 ESCAPE '!' LIMIT $3",
    )
    .bind::<Text, _>(expression(parts))
    .bind::<Text, _>(pattern)
    .bind::<BigInt, _>(i64::from(most))
    .load(connection)?;
    Ok(found.into_iter().map(|holder| holder.user_id).collect())
}

/// All of the parts, each in quotes.
fn expression(parts: &[Part]) -> String {
    let terms: Vec<String> = parts.iter().map(term).collect();
    terms.join(" & ")
}

fn term(part: &Part) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
    match part {
        Part::Whole(text) => quoted(text),
        Part::Start(text) => format!("{}:*", quoted(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_quoted() {
        let parts = [
            Part::Whole("it's:\\".to_owned()),
            Part::Start("a&b".to_owned()),
        ];
        assert_eq!(expression(&parts), "'it''s:\\\\' & 'a&b':*");
    }
}
