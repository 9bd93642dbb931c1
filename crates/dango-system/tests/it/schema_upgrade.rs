//! Programs that start at the same moment on an older database bring it up to date once.

use std::path::PathBuf;

use dango_testkit::generated;
use dango_testkit::http::Client as _;
use dango_testkit::programs::Program;
use dango_testkit::skip;

use crate::campaign::{Job, Tally, together, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::server::Server;

const ANN: &str = "ann@example.org";
const LEDGER: &str = "__diesel_schema_migrations";

on_both_databases![an_older_database_is_brought_up_to_date_once];

/// The folders of the migrations in their order.
fn migrations(backend: &str) -> Vec<PathBuf> {
    let name = if backend == "SQLite" {
        "sqlite"
    } else {
        "postgres"
    };
    let folder = generated::repository().join("crates/dango-auth-store/migrations");
    let entries = std::fs::read_dir(folder.join(name)).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// SQL that makes the schema of the release before, with its ledger.
fn older_schema(backend: &str) -> String {
    let mut folders = migrations(backend);
    folders.pop();
    let mut sql = format!(
        "CREATE TABLE {LEDGER} (version VARCHAR(50) PRIMARY KEY NOT NULL, \
         run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\n"
    );
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let version = name.split('_').next().unwrap();
        let up = std::fs::read_to_string(folder.join("up.sql")).unwrap();
        // A setting of the index of names, no part of the schema; the sqlite3 of Debian 12 does not know it.
        sql.extend(
            up.split_inclusive('\n')
                .filter(|line| !line.contains("'secure-delete'")),
        );
        sql.extend([
            "\nINSERT INTO ",
            LEDGER,
            " (version) VALUES ('",
            version,
            "');\n",
        ]);
    }
    sql
}

/// Statements that copy every row into the tables of the older schema, in the columns it has; the log, whose
/// rows nobody may change, starts anew, and the index of names is made by its triggers.
fn copies(columns: &str, from: &str) -> String {
    let tables = columns.lines().filter_map(|line| line.split_once('|'));
    let is_copied = |table: &str| !table.starts_with("audit_") && !table.starts_with("search_");
    let tables = tables.filter(|(table, _)| is_copied(table));
    let copy = |(table, columns): (&str, &str)| {
        format!(
            "DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM {from}.{table};\n"
        )
    };
    tables.map(copy).collect()
}

/// Puts the same people into a database as the release before would have left it.
fn age(place: &Installation) {
    let older = older_schema(place.backend());
    if place.backend() == "SQLite" {
        let newer = place.file("newer.db");
        place.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        std::fs::rename(place.file("auth.db"), &newer).unwrap();
        place.sql(&older);
        let columns = place.sql(
            "SELECT m.name, group_concat('\"' || c.name || '\"') FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' GROUP BY m.name",
        );
        let attach = format!("ATTACH '{}' AS newer;", newer.display());
        place.sql(&format!("{attach}{}", copies(&columns, "newer")));
        std::fs::remove_file(newer).unwrap();
    } else {
        place.sql("ALTER SCHEMA public RENAME TO newer; CREATE SCHEMA public");
        place.sql(&older);
        let columns = place.sql(
            "SELECT table_name, string_agg(quote_ident(column_name), ',') FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' GROUP BY table_name",
        );
        let copies = copies(&columns, "newer");
        place.sql(&format!(
            "SET session_replication_role = replica; {copies} DROP SCHEMA newer CASCADE"
        ));
    }
    // What was remembered of the newer log's end outside of the database.
    for number in 0..3 {
        let _ = std::fs::remove_file(place.home(number).join(".dango/audit.anchors"));
    }
}

fn versions(place: &Installation) -> usize {
    place
        .sql(&format!("SELECT version FROM {LEDGER}"))
        .lines()
        .count()
}

fn an_older_database_is_brought_up_to_date_once(place: Installation) {
    if skip::unless_installed(Program::Sqlite3).is_none() {
        return;
    }
    let place = place.ready();
    place.ok(&["auth", "add-user", ANN, "--role", "editor"]);
    let all = migrations(place.backend()).len();
    let mut tally = Tally::new("an older schema brought up to date", place.backend());
    for round in turns(2, 50) {
        age(&place);
        assert_eq!(versions(&place), all - 1);
        let servers = start_at_once(&place);
        let (now, people) = (versions(&place), place.json(&["auth", "list-users"]));
        let people = people.as_array().unwrap().len();
        let known = |server: &Server| server.try_sign_in(ADMIN, PASSWORD).status == 200;
        let right = now == all && people == 2 && servers.iter().all(known);
        tally.count(right, || {
            format!("round {round}: {now} migrations, {people} people")
        });
        place.ok(&["auth", "audit", "--verify"]);
        if round == 0 {
            a_newer_schema_is_left_alone(&place, &servers);
        }
    }
    tally.finish();
}

/// Three servers and two commands.
fn start_at_once(place: &Installation) -> Vec<Server> {
    let server = |number: usize| Box::new(move || Some(place.server(number))) as Job<'_, _>;
    let command = || {
        Box::new(move || {
            place.ok(&["auth", "list-users"]);
            None
        }) as Job<'_, _>
    };
    let all = vec![server(0), server(1), server(2), command(), command()];
    together::<Option<Server>>(all)
        .into_iter()
        .flatten()
        .collect()
}

/// Whoever starts is refused; whoever runs, as in a rolling upgrade, runs on.
fn a_newer_schema_is_left_alone(place: &Installation, servers: &[Server]) {
    place.sql(&format!("INSERT INTO {LEDGER} (version) VALUES ('9999')"));
    let refused = place.run(&["auth", "list-users"]);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(
        refused.err.contains("newer than this program"),
        "{refused:?}"
    );
    let output = place.server_command(1).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(
        !output.status.success() && said.contains("newer than this program"),
        "{said}"
    );
    for server in servers {
        assert_eq!(server.anonymous().get("/readyz").status, 200);
        assert_eq!(server.try_sign_in(ADMIN, PASSWORD).status, 200);
    }
    place.sql(&format!("DELETE FROM {LEDGER} WHERE version = '9999'"));
}
