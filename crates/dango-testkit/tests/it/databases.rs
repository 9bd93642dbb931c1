//! Databases of one's own.

use dango_testkit::postgres::Database;

#[test]
fn every_test_has_a_database_of_its_own() {
    let (Some(mine), Some(yours)) = (Database::create(), Database::create()) else {
        return;
    };
    mine.sql("create table people (name text)");
    mine.sql("insert into people values ('ann')");
    assert_eq!(mine.sql("select count(*), min(name) from people"), "1|ann");
    assert_eq!(
        yours.sql("select count(*) from pg_tables where tablename = 'people'"),
        "0"
    );
}

#[test]
fn a_database_is_gone_when_dropped() {
    let (Some(dropped), Some(other)) = (Database::create(), Database::create()) else {
        return;
    };
    let sql = format!(
        "select count(*) from pg_database where datname = '{}'",
        dropped.name()
    );
    assert_eq!(other.sql(&sql), "1");
    drop(dropped);
    assert_eq!(other.sql(&sql), "0");
}

#[test]
fn a_confirmed_commit_is_not_forgotten_by_the_settings() {
    let Some(database) = Database::create() else {
        return;
    };
    assert_eq!(database.sql("show synchronous_commit"), "on");
}
