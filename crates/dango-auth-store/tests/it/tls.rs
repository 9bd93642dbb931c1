//! TLS to PostgreSQL, in a build with the feature `pg-tls`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use dango_auth_store::{Location, Store, StoreError, StoreOptions};
use dango_testbase::postgres::Cluster;
use dango_testbase::programs::Program;
use dango_testbase::skip;

use crate::backends::keys;

/// A free port on loopback; TLS is for TCP only.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Makes a certificate for `localhost`, which is its own authority.
fn certify(folder: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
    ]);
    openssl.args([
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]);
    openssl.args(["-keyout", "server.key", "-out", "server.crt"]);
    let made = openssl.current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let key = folder.join("server.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    // PostgreSQL wants to own its key.
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder).unwrap());
    std::os::unix::fs::chown(&key, Some(owner), None).unwrap();
}

fn open(url: String) -> Result<Store, StoreError> {
    Store::open(&StoreOptions::new(Location::Postgres(url), keys(1)).creating())
}

#[test]
fn a_server_is_reached_by_tls_and_its_certificate_is_looked_at() {
    let Some(initdb) = skip::unless_installed(Program::Initdb) else {
        return;
    };
    let cluster = Cluster::start(&initdb).unwrap();
    cluster.halt().unwrap();
    let data = cluster.folder().join("data");
    certify(&data);
    let port = free_port();
    let add = |name: &str, lines: &str| {
        let file = data.join(name);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text + lines).unwrap();
    };
    add(
        "postgresql.conf",
        &format!("ssl = on\nlisten_addresses = '127.0.0.1'\nport = {port}\n"),
    );
    add("pg_hba.conf", "hostnossl all all all reject\n");
    let hba = std::fs::read_to_string(data.join("pg_hba.conf")).unwrap();
    let strict = hba.replace("\nhost ", "\nhostssl ");
    std::fs::write(data.join("pg_hba.conf"), strict).unwrap();
    cluster.resume().unwrap();
    let url = |options: &str| format!("postgres://postgres@localhost:{port}/postgres?{options}");
    let ca = data.join("server.crt");
    let store = open(url("sslmode=require")).unwrap();
    store.ready().unwrap();
    let known = format!("sslmode=verify-full&sslrootcert={}", ca.display());
    open(url(&known)).unwrap().ready().unwrap();
    let stranger = url(&format!("{known}&hostaddr=127.0.0.1")).replace("localhost", "elsewhere");
    for refused in [stranger, url("sslmode=disable")] {
        let error = open(refused).map(drop).unwrap_err();
        assert!(error.is_unavailable(), "{error}");
    }
}
