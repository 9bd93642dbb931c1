//! Both backends have the same tables, columns and versions.

use crate::backends::Base;

// Searching by part of a name is each backend's own affair.
const ON_SQLITE: &str = "
    SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" THEN ' NOT NULL' ELSE '' END AS value
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'
        AND m.name NOT LIKE 'search%'";

const ON_POSTGRES: &str = "
    SELECT table_name || '.' || column_name
        || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END AS value
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

const VERSIONS: &str = "SELECT version AS value FROM __diesel_schema_migrations ORDER BY version";

#[test]
fn both_backends_have_the_same_columns_and_versions() {
    let sqlite = Base::sqlite();
    drop(sqlite.open());
    let mut columns = sqlite.values(ON_SQLITE);
    columns.sort();
    assert!(columns.len() > 100, "{columns:?}");
    assert!(
        columns.contains(&"users.username NOT NULL".to_owned()),
        "{columns:?}"
    );
    let versions = sqlite.values(VERSIONS);
    assert_eq!(
        versions,
        [
            "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011",
            "0012"
        ]
    );
    let Some(postgres) = Base::postgres() else {
        return;
    };
    drop(postgres.open());
    let mut on_postgres = postgres.values(ON_POSTGRES);
    on_postgres.sort();
    assert_eq!(on_postgres, columns);
    assert_eq!(postgres.values(VERSIONS), versions);
}

#[test]
fn every_table_of_sqlite_is_strict() {
    let base = Base::sqlite();
    drop(base.open());
    let lax = base.values(
        "SELECT name AS value FROM pragma_table_list
         WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'
             AND name NOT LIKE 'search\\_parts\\_%' ESCAPE '\\'",
    );
    assert_eq!(lax, Vec::<String>::new());
}

#[test]
fn texts_of_postgres_are_compared_by_bytes_as_on_sqlite() {
    let Some(base) = Base::postgres() else { return };
    drop(base.open());
    let other = base.values(
        "SELECT table_name || '.' || column_name AS value FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'",
    );
    assert_eq!(other, Vec::<String>::new());
}
