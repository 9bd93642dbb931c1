//! A real nginx as reverse proxy, in a folder of its own, as the user who runs the test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use dango_testbase::certificates::Certificate;
use tempfile::TempDir;

use crate::process::Running;
use crate::programs::Program;
use crate::{ports, skip};

/// Everything around the `server` blocks; `@…@` are filled in.
const CONFIGURATION: &str = "
daemon off;
master_process off;
worker_processes 1;
pid @folder@/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path @folder@/body;
    proxy_temp_path @folder@/proxy;
    fastcgi_temp_path @folder@/fastcgi;
    uwsgi_temp_path @folder@/uwsgi;
    scgi_temp_path @folder@/scgi;
@sites@
}
";

/// One `server` block, as most tests want it.
const SITE: &str = "
    server {
        listen @address@@tls@;
@server@
    }
";

/// A running nginx; stopped and its folder removed when dropped.
#[derive(Debug)]
pub struct Nginx {
    address: SocketAddr,
    scheme: &'static str,
    // Dropped in this order: first the program, then the folder it works in.
    process: Running,
    folder: TempDir,
}

impl Nginx {
    /// Starts nginx with the given contents of a `server` block (without `listen`), or reports the skip.
    ///
    /// `@folder@` in it stands for a folder that is the server's own; `files` are put there first.
    ///
    /// # Panics
    /// When nginx refuses the configuration; in a strict run also when it is missing.
    pub fn start(server: &str, files: &[(&str, &str)]) -> Option<Self> {
        Self::run(&SITE.replace("@server@", server), files, "http")
    }

    /// The same with everything inside of the `http` block, upstreams and all; `@address@` stands for where
    /// it listens.
    ///
    /// # Panics
    /// As [`Nginx::start`].
    pub fn start_with(sites: &str) -> Option<Self> {
        Self::run(sites, &[], "http")
    }

    /// The same with TLS under a certificate.
    ///
    /// # Panics
    /// As [`Nginx::start`].
    pub fn start_with_tls(server: &str, certificate: &Certificate) -> Option<Self> {
        let files = [
            ("own.pem", certificate.certificate.as_str()),
            ("own.key", &certificate.key),
        ];
        let tls = "ssl_certificate @folder@/own.pem;\nssl_certificate_key @folder@/own.key;\n";
        let site = SITE.replace("@server@", &format!("{tls}{server}"));
        Self::run(&site, &files, "https")
    }

    fn run(sites: &str, files: &[(&str, &str)], scheme: &'static str) -> Option<Self> {
        let nginx = skip::unless_installed(Program::Nginx)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            write(&folder.path().join(name), text);
        }
        let address = ports::free_address();
        let configuration = folder.path().join("nginx.conf");
        let tls = if scheme == "https" { " ssl" } else { "" };
        let text = configured(sites, folder.path(), address).replace("@tls@", tls);
        write(&configuration, &text);
        let process = launch(&nginx, &configuration, folder.path(), address);
        Some(Self {
            address,
            scheme,
            process,
            folder,
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL without a slash at its end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The folder that `@folder@` stands for.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What nginx has complained about.
    pub fn output(&self) -> String {
        self.process.output()
    }
}

fn configured(sites: &str, folder: &Path, address: SocketAddr) -> String {
    CONFIGURATION
        .replace("@sites@", sites)
        .replace("@folder@", &folder.display().to_string())
        .replace("@address@", &address.to_string())
}

fn launch(nginx: &PathBuf, configuration: &Path, folder: &Path, address: SocketAddr) -> Running {
    let mut command = Command::new(nginx);
    command
        .arg("-e")
        .arg("stderr")
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(configuration);
    let mut process = Running::start(&mut command);
    process.wait_for_listener(address);
    process
}

fn write(path: &Path, text: &str) {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    std::fs::write(path, text).expect("a file");
}
