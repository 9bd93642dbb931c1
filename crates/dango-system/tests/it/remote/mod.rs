//! The command line on a laptop, a server behind nginx with TLS.

mod laptop;
mod loss;
mod refusals;
mod verbs;

use dango_testkit::certificates::Authority;
use dango_testkit::nginx::Nginx;
use serde_json::Value;

use crate::installation::{ADMIN, Installation};
use crate::server::Server;
use laptop::Laptop;

/// What the proxy does: says who asks, and keeps the address people use.
const PROXY: &str = "
location / {
    proxy_pass @server@;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
}
";

/// A server far away, and what it takes to trust it.
pub(crate) struct Site {
    pub(crate) place: Installation,
    pub(crate) server: Server,
    pub(crate) nginx: Nginx,
    pub(crate) authority: Authority,
}

impl Site {
    /// A ready installation behind nginx; none where a program is missing.
    pub(crate) fn open(place: Installation) -> Option<Self> {
        let authority = Authority::create()?;
        let place = place.with("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1");
        let place = place.ready();
        let server = place.server(1);
        let nginx = proxy(server.url(), &authority)?;
        Some(Self {
            place,
            server,
            nginx,
            authority,
        })
    }

    /// The same on SQLite.
    pub(crate) fn on_sqlite() -> Option<Self> {
        Self::open(Installation::on_sqlite())
    }

    /// A key of somebody's, made on the server.
    pub(crate) fn key(&self, owner: &str) -> String {
        let made = self
            .place
            .json(&["auth", "key", "create", owner, "--name", "laptop"]);
        made["key"].as_str().unwrap().to_owned()
    }

    /// The command on a laptop of the administrator's, turned to the server.
    pub(crate) fn far(&self) -> impl Fn(&[&str]) -> Value {
        let laptop = self.laptop(ADMIN);
        move |words| laptop.json(&[words, &["--remote", "prod"]].concat())
    }

    /// A laptop that knows the server as `prod`, with a key of somebody's.
    pub(crate) fn laptop(&self, owner: &str) -> Laptop {
        let laptop = Laptop::new();
        let ca = self.authority.file();
        let words = ["remote", "add", "prod", &self.nginx.url(), "--ca-file"];
        let mut add = laptop.command(&[&words[..], &[ca.to_str().unwrap()]].concat());
        let run = crate::installation::Run::of(add.env("DANGO_REMOTE_KEY", self.key(owner)));
        assert_eq!(run.code, 0, "{run:?}");
        laptop
    }
}

/// nginx with TLS before an address.
pub(crate) fn proxy(server: &str, authority: &Authority) -> Option<Nginx> {
    let block = PROXY.replace("@server@", server);
    Nginx::start_with_tls(&block, &authority.certify())
}
