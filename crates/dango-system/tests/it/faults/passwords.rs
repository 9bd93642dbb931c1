//! Passwords of the database: from files, and never shown.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use dango_testbase::postgres::Cluster;
use dango_testkit::postgres::sql_at;
use dango_testkit::programs::Program;
use dango_testkit::skip;

use crate::installation::{ADMIN, Installation};

const SECRET: &str = "canary-password";

/// A cluster with somebody who needs a password, and their URL without it.
fn guarded() -> Option<(Cluster, String)> {
    let cluster = Cluster::start(&skip::unless_installed(Program::Initdb)?).unwrap();
    let role = format!("create role dango superuser login password '{SECRET}'");
    sql_at(&cluster.url(), &role);
    let file = cluster.folder().join("data/pg_hba.conf");
    let rules = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("local all dango scram-sha-256\n{rules}")).unwrap();
    sql_at(&cluster.url(), "select pg_reload_conf()");
    let folder = cluster.folder().display();
    let url = format!("postgres://dango@/postgres?host={folder}");
    Some((cluster, url))
}

fn private(file: &Path, text: &str) {
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_password_comes_from_a_file_and_is_shown_nowhere() {
    let Some((_cluster, url)) = guarded() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let with_password = |secret: &str| url.replace("dango@", &format!("dango:{secret}@"));
    let (passwords, whole) = (folder.path().join("pgpass"), folder.path().join("url"));
    private(&passwords, &format!("*:*:*:dango:{SECRET}\n"));
    private(&whole, &format!("{}\n", with_password(SECRET)));
    let by_password_file = Installation::on_url(&url)
        .with("PGPASSFILE", &passwords.display().to_string())
        .ready();
    let by_url_file =
        Installation::on_variable("DANGO_DATABASE_URL_FILE", &whole.display().to_string());
    for place in [by_password_file, by_url_file] {
        let server = place.server(0);
        let _ = server
            .try_sign_in(ADMIN, crate::installation::PASSWORD)
            .expect(200);
        let output = server.output();
        assert!(!output.contains(SECRET), "{output}");
    }
    for wrong in [
        url.clone(),
        with_password("canary-wrong"),
        with_password("canary%zz"),
        format!("{url}&password=canary-wrong"),
    ] {
        let place = Installation::on_url(&wrong);
        let refused = place.run(&["auth", "list-users"]);
        assert_ne!(refused.code, 0, "{refused:?}");
        assert!(!format!("{refused:?}").contains("canary"), "{refused:?}");
        let server = place.server_command(0).output().unwrap();
        assert!(!server.status.success());
        let said = String::from_utf8_lossy(&[server.stdout, server.stderr].concat()).into_owned();
        assert!(!said.contains("canary"), "{said}");
    }
}
