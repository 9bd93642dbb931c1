//! TLS to PostgreSQL: what each `sslmode` reaches, what it refuses, and what is said about it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use dango_auth_store::{Location, Store, StoreError, StoreOptions};
use dango_testbase::certificates::{Authority, Certificate};
use dango_testbase::postgres::Cluster;
use dango_testbase::programs::Program;
use dango_testbase::skip;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::backends::keys;

/// Over TLS anybody may come, `careful` with a certificate and `guarded` with a password; without it nobody.
const RULES: &str = "
hostssl all careful 127.0.0.1/32 cert
hostssl all guarded 127.0.0.1/32 scram-sha-256
hostssl all all     127.0.0.1/32 trust
";

/// A cluster on loopback, and the authority that signed its certificate.
struct Place {
    // Named first to be stopped first.
    cluster: Cluster,
    authority: Authority,
    port: u16,
    folder: tempfile::TempDir,
}

impl Place {
    /// With TLS under a certificate that the authority makes, or none.
    fn new(certify: impl FnOnce(&Authority) -> Option<Certificate>) -> Option<Self> {
        let initdb = skip::unless_installed(Program::Initdb)?;
        let authority = Authority::create()?;
        let cluster = Cluster::start(&initdb).unwrap();
        run(
            &cluster,
            "CREATE ROLE careful SUPERUSER LOGIN; CREATE ROLE guarded SUPERUSER LOGIN PASSWORD 'canary:1'",
        );
        let certificate = certify(&authority);
        let rules = if certificate.is_some() {
            RULES
        } else {
            "host all all 127.0.0.1/32 trust\n"
        };
        let known = certificate.is_some().then(|| authority.file());
        let port = cluster
            .listen(certificate.as_ref(), known.as_deref(), rules)
            .unwrap();
        Some(Self {
            cluster,
            authority,
            port,
            folder: tempfile::tempdir().unwrap(),
        })
    }

    fn url(&self, person: &str, host: &str, options: &str) -> String {
        format!(
            "postgres://{person}@{host}:{}/postgres?{options}",
            self.port
        )
    }

    /// `sslrootcert` with the authority's own certificate.
    fn root(&self) -> String {
        format!("sslrootcert={}", self.authority.file().display())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        file
    }

    /// `sslcert` and `sslkey` of somebody.
    fn own(&self, authority: &Authority, name: &str) -> String {
        let own = authority.certify_as(name, "DNS:client");
        let certificate = self.file("own.crt", &own.certificate);
        let key = self.file("own.key", &own.key);
        format!("sslcert={}&sslkey={}", certificate.display(), key.display())
    }
}

#[allow(clippy::disallowed_methods)] // a look behind the store's back
fn run(cluster: &Cluster, sql: &str) {
    let mut connection = PgConnection::establish(&cluster.url()).unwrap();
    connection.batch_execute(sql).unwrap();
}

fn open(url: &str) -> Result<Store, StoreError> {
    Store::open(&StoreOptions::new(Location::Postgres(url.to_owned()), keys(1)).creating())
}

#[track_caller]
fn opens(url: &str) {
    let store = open(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    store.ready().unwrap();
}

/// Expects a refusal that says all of this, and no secret.
#[track_caller]
fn refused(url: &str, parts: &[&str]) {
    let error = open(url).map(drop).unwrap_err().to_string();
    for part in parts {
        assert!(error.contains(part), "{url}: {error}");
    }
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn every_mode_reaches_what_it_may_and_refuses_the_rest() {
    let Some(place) = Place::new(|authority| Some(authority.certify())) else {
        return;
    };
    let url = |host: &str, options: &str| place.url("postgres", host, options);
    let (root, port) = (place.root(), place.port);
    for options in ["", "sslmode=allow", "sslmode=prefer", "sslmode=require"] {
        opens(&url("127.0.0.1", options));
    }
    opens(&url(
        "localhost",
        "sslmode=require&ssl_min_protocol_version=TLSv1.3",
    ));
    for mode in ["require", "verify-ca", "verify-full"] {
        opens(&url("localhost", &format!("sslmode={mode}&{root}")));
        opens(&url("127.0.0.1", &format!("sslmode={mode}&{root}")));
    }
    // The server takes nobody without TLS.
    refused(
        &url("localhost", "sslmode=disable"),
        &["pg_hba.conf", "no encryption"],
    );
    // The certificate is not for this name.
    let elsewhere = |mode: &str| {
        url(
            "db9.test",
            &format!("sslmode={mode}&{root}&hostaddr=127.0.0.1"),
        )
    };
    opens(&elsewhere("verify-ca"));
    let at = format!("at \"db9.test\", port {port}");
    refused(
        &elsewhere("verify-full"),
        &[&at, "certificate is for another host: ", "localhost"],
    );
}

#[test]
fn an_authority_that_is_not_trusted_is_named_as_the_reason() {
    let (Some(place), Some(other)) = (
        Place::new(|authority| Some(authority.certify())),
        Authority::create(),
    ) else {
        return;
    };
    let url = |options: &str| place.url("postgres", "localhost", options);
    let other = format!("sslrootcert={}", other.file().display());
    for mode in ["require", "verify-ca", "verify-full"] {
        refused(
            &url(&format!("sslmode={mode}&{other}")),
            &["at \"localhost\"", "authority that is not trusted here"],
        );
    }
    for options in ["sslmode=verify-full", "sslrootcert=system"] {
        refused(&url(options), &["authority that is not trusted here"]);
    }
    refused(&url("sslmode=verify-ca"), &["needs sslrootcert"]);
}

#[test]
fn a_server_without_tls_is_used_only_where_that_is_allowed() {
    let Some(place) = Place::new(|_| None) else {
        return;
    };
    let url = |options: &str| place.url("postgres", "localhost", options);
    for mode in ["disable", "allow", "prefer"] {
        opens(&url(&format!("sslmode={mode}")));
    }
    for options in [
        "sslmode=require".to_owned(),
        format!("sslmode=verify-full&{}", place.root()),
    ] {
        refused(&url(&options), &["at \"localhost\"", "it offers no TLS"]);
    }
}

#[test]
fn a_client_certificate_is_shown_to_those_who_want_it() {
    let (Some(place), Some(other)) = (
        Place::new(|authority| Some(authority.certify())),
        Authority::create(),
    ) else {
        return;
    };
    let root = place.root();
    let url = |options: &str| {
        place.url(
            "careful",
            "localhost",
            &format!("sslmode=verify-full&{root}&{options}"),
        )
    };
    opens(&url(&place.own(&place.authority, "careful")));
    refused(&url(""), &["client certificate"]);
    refused(
        &url(&place.own(&place.authority, "somebody")),
        &["certificate authentication failed"],
    );
    refused(
        &url(&place.own(&other, "careful")),
        &["client certificate (UnknownCA)"],
    );
}

#[test]
fn passwords_work_over_tls_from_the_url_and_from_a_file() {
    let Some(place) = Place::new(|authority| Some(authority.certify())) else {
        return;
    };
    let root = format!("sslmode=verify-full&{}", place.root());
    opens(&place.url("guarded:canary%3A1", "localhost", &root));
    opens(&place.url(
        "guarded",
        "localhost",
        &format!("{root}&password=canary%3A1"),
    ));
    let line = format!("localhost:{}:*:guarded:canary\\:1\n", place.port);
    let file = place.file("passwords", &line);
    let by_file = format!("{root}&passfile={}", file.display());
    opens(&place.url("guarded", "localhost", &by_file));
    refused(
        &place.url("guarded", "127.0.0.1", &by_file),
        &["no password supplied"],
    );
    refused(
        &place.url("guarded:canary%3A2", "localhost", &root),
        &["at \"localhost\"", "password authentication failed"],
    );
}

#[test]
fn a_server_that_is_its_own_authority_is_trusted_when_it_is_named() {
    let Some(place) = Place::new(|authority| Some(authority.itself())) else {
        return;
    };
    let root = place.root();
    for mode in ["verify-ca", "verify-full"] {
        opens(&place.url("postgres", "localhost", &format!("sslmode={mode}&{root}")));
    }
    let url = place.url(
        "postgres",
        "127.0.0.1",
        &format!("sslmode=verify-full&{root}"),
    );
    refused(&url, &["certificate is for another host: localhost"]);
}

#[test]
fn of_several_hosts_the_one_that_can_be_used_is_found() {
    let Some(place) = Place::new(|authority| Some(authority.certify())) else {
        return;
    };
    let (port, root) = (place.port, place.root());
    let socket = place.cluster.folder().display();
    let url = |hosts: &str, ports: &str| {
        format!(
            "postgres://postgres@/postgres?host={hosts}&port={ports}&sslmode=verify-full&{root}"
        )
    };
    // Nobody listens at the first; the certificate of the second is for another name.
    opens(&url(
        "127.0.0.1,127.0.0.2,localhost",
        &format!("1,{port},{port}"),
    ));
    opens(&url(&format!("127.0.0.1,{socket}"), &format!("1,{port}")));
    refused(
        &url("127.0.0.1,localhost", "1,2"),
        &[
            "at \"127.0.0.1\", port 1 failed: nobody listens",
            "at \"localhost\", port 2 failed: nobody listens",
        ],
    );
}

#[test]
fn a_restarted_server_is_found_again() {
    let Some(place) = Place::new(|authority| Some(authority.certify())) else {
        return;
    };
    let url = place.url(
        "postgres",
        "localhost",
        &format!("sslmode=verify-full&{}", place.root()),
    );
    let store = open(&url).unwrap();
    place.cluster.halt().unwrap();
    let error = store.ready().unwrap_err();
    assert!(error.is_worth_retrying(), "{error}");
    place.cluster.resume().unwrap();
    let start = std::time::Instant::now();
    while let Err(error) = store.ready() {
        assert!(error.is_worth_retrying(), "{error}");
        assert!(
            start.elapsed() < std::time::Duration::from_secs(5),
            "{error}"
        );
    }
}
