//! The Debian package: built, installed by dpkg below another root, started as its unit says, and taken out again.

use std::path::Path;
use std::process::{Command, Output};

use dango_testkit::http::{Anonymous, Client as _};
use dango_testkit::process::Running;
use dango_testkit::programs::on_path;
use dango_testkit::skip;
use serde_json::json;

use super::{DIST, Machine, xtask};
use crate::installation::PASSWORD;

/// The path of a freshly built package; none where a program is missing.
fn package() -> Option<String> {
    if on_path("cargo-deb").is_none() || on_path("dpkg").is_none() {
        skip::report("cargo-deb or dpkg is missing: cargo install --locked cargo-deb, on Debian");
        return None;
    }
    let _ = &*DIST;
    let output = xtask(&["deb", "--no-build", "--profile", "dev"]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    let is_package = |line: &&str| Path::new(line).extension().is_some_and(|end| end == "deb");
    said.lines().find(is_package).map(str::to_owned)
}

impl Machine {
    /// Runs dpkg on this root alone. What the package depends on is on the real machine.
    fn dpkg(&self, words: &[&str]) -> Output {
        let mut command = Command::new("dpkg");
        let path = std::env::var("PATH").unwrap();
        command
            .env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .arg(format!("--root={}", self.root.path().display()))
            .args([
                "--force-not-root",
                "--force-depends",
                "--force-script-chrootless",
            ])
            .args(words);
        command.output().unwrap()
    }

    /// Makes dpkg's own files, with nothing installed.
    fn prepare_dpkg(&self) {
        for folder in ["info", "updates", "triggers"] {
            std::fs::create_dir_all(self.path("var/lib/dpkg").join(folder)).unwrap();
        }
        std::fs::write(self.path("var/lib/dpkg/status"), "").unwrap();
    }

    /// The unit's command line below this root.
    fn service(&self) -> Command {
        let unit = self.path("usr/lib/systemd/system/dango-server.service");
        let unit = std::fs::read_to_string(unit).unwrap();
        let lines = || unit.lines();
        let line = lines()
            .find_map(|line| line.strip_prefix("ExecStart="))
            .unwrap();
        let root = self.root.path().display().to_string();
        let mut words = line.split(' ').map(|word| match word {
            path if path.starts_with('/') => format!("{root}{path}"),
            word => word.to_owned(),
        });
        let mut command = Command::new(words.next().unwrap());
        command.args(words).env("DANGO_LISTEN", &self.listen);
        command
    }
}

#[test]
fn the_debian_package_is_installed_serves_as_its_unit_says_and_goes_again() {
    let Some(package) = package() else {
        return;
    };
    let machine = Machine::new();
    machine.prepare_dpkg();
    let installed = machine.dpkg(&["--install", &package]);
    assert!(installed.status.success(), "{installed:?}");
    let status = machine.dpkg(&["--status", "dango-auth"]);
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    for line in ["Status: install ok installed", "libc6", "adduser"] {
        assert!(status.contains(line), "no {line} in {status}");
    }
    for file in [
        "usr/bin/dango",
        "usr/share/man/man1/dango-server.1.gz",
        "usr/share/bash-completion/completions/dango",
        "usr/share/zsh/vendor-completions/_dango",
        "usr/share/fish/vendor_completions.d/dango.fish",
    ] {
        assert!(machine.path(file).exists(), "{file}");
    }

    // What systemd makes from `StateDirectory=`.
    std::fs::create_dir_all(machine.path("var/lib/dango-auth")).unwrap();
    let mut server = Running::start(machine.service().env("DANGO_ADMIN_PASSWORD", PASSWORD));
    let _ = server.wait_for_line("listens on");
    let visitor = Anonymous::new(&format!("http://{}", machine.listen));
    let body = json!({"username": "admin@localhost", "password": PASSWORD});
    let answer = visitor.post("/api/v1/auth/login", &body);
    assert_eq!(answer.status, 200, "{}", server.output());
    assert!(server.stop().success(), "{}", server.output());

    let removed = machine.dpkg(&["--remove", "dango-auth"]);
    assert!(removed.status.success(), "{removed:?}");
    assert!(!machine.path("usr/bin/dango").exists());
    let kept = machine.path("var/lib/dango-auth/.dango/auth.db");
    assert!(kept.exists(), "what the server keeps stays");
}
