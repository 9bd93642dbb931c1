//! What `cargo xtask dist` makes, installed into scratch folders and started.

mod completions;
mod container;
mod debian;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use dango_testkit::programs::on_path;
use dango_testkit::{binaries, generated, ports, skip};
use tempfile::TempDir;

use crate::installation::PASSWORD;

/// The collected files, of the programs as the tests build them.
static DIST: LazyLock<PathBuf> = LazyLock::new(|| {
    let _ = (binaries::dango(), binaries::dango_server());
    let output = xtask(&["dist", "--no-build", "--profile", "dev"]);
    assert!(output.status.success(), "{output:?}");
    generated::repository().join("target/dist-files")
});

fn xtask(words: &[&str]) -> Output {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet", "--package", "xtask", "--"])
        .args(words);
    command
        .current_dir(generated::repository())
        .output()
        .unwrap()
}

#[test]
fn programs_pages_completions_unit_and_installer_are_collected() {
    for file in [
        "bin/dango",
        "bin/dango-server",
        "install.sh",
        "lib/systemd/system/dango-server.service",
        "share/man/man1/dango-server.1",
        "share/man/man1/dango-auth-add-user.1",
        "share/bash-completion/completions/dango",
        "share/zsh/vendor-completions/_dango-server",
        "share/fish/vendor_completions.d/dango.fish",
    ] {
        let about = std::fs::metadata(DIST.join(file));
        assert!(
            about.is_ok_and(|about| about.len() > 0),
            "{file} is missing or empty"
        );
    }
}

#[test]
fn the_unit_is_sound_and_tight() {
    let Some(systemd) = on_path("systemd-analyze") else {
        skip::report("systemd-analyze is missing: install the package `systemd`");
        return;
    };
    let unit =
        std::fs::read_to_string(DIST.join("lib/systemd/system/dango-server.service")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("dango-server.service");
    let program = DIST.join("bin/dango-server").display().to_string();
    std::fs::write(&copy, unit.replace("/usr/bin/dango-server", &program)).unwrap();
    let analyze = |words: &[&str]| {
        let output = Command::new(&systemd)
            .args(words)
            .arg(&copy)
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = analyze(&["verify", "--man=no"]);
    assert!(!said.contains("dango-server.service"), "{said}");
    // Out of 100; an ordinary service has more than 90.
    let _ = analyze(&["security", "--offline=true", "--threshold=20"]);
}

/// A folder as the root of a machine.
struct Machine {
    root: TempDir,
    listen: String,
}

impl Machine {
    fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            listen: ports::free_address().to_string(),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Runs the installer with the programs of a folder.
    fn install(&self, from: &Path) -> Output {
        let mut command = Command::new(DIST.join("install.sh"));
        command
            .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168")
            .env("DANGO_AUTH__HASHING__ITERATIONS", "5")
            .args(["--yes", "--email", "ann@example.org", "--password-stdin"])
            .args(["--listen", &self.listen])
            .arg("--from")
            .arg(from)
            .arg("--root")
            .arg(self.root.path());
        let mut running = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = running.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, format!("{PASSWORD}\n").as_bytes()).unwrap();
        drop(input);
        running.wait_with_output().unwrap()
    }

    /// Every file, without the programs' own.
    fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    walk(&entry.path(), found);
                } else {
                    found.push(entry.path());
                }
            }
        }
        let mut found = Vec::new();
        walk(self.root.path(), &mut found);
        found.sort();
        found
    }
}

#[test]
fn the_installer_makes_an_administrator_who_can_sign_in() {
    let machine = Machine::new();
    let output = machine.install(&DIST);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("ann@example.org can sign in"), "{said}");
    assert!(!said.contains(PASSWORD), "{said}");
    for file in [
        "usr/bin/dango",
        "etc/systemd/system/dango-server.service",
        "var/lib/dango-auth/.dango/auth.db",
    ] {
        assert!(machine.path(file).exists(), "{file}");
    }
    // Again: the same person, nothing lost.
    let output = machine.install(&DIST);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_installer_takes_everything_back_when_the_sign_in_cannot_be_proved() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.path("usr/bin")).unwrap();
    std::fs::write(machine.path("usr/bin/dango"), "what was there before").unwrap();
    let before = machine.files();
    let broken = tempfile::tempdir().unwrap();
    for folder in ["bin", "lib", "share"] {
        let copied = Command::new("cp")
            .arg("-r")
            .arg(DIST.join(folder))
            .arg(broken.path())
            .status();
        assert!(copied.unwrap().success());
    }
    std::fs::write(
        broken.path().join("bin/dango-server"),
        "#!/bin/sh\nexit 1\n",
    )
    .unwrap();
    let output = machine.install(broken.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("taking everything back"), "{said}");
    assert_eq!(machine.files(), before, "{said}");
    let kept = std::fs::read_to_string(machine.path("usr/bin/dango")).unwrap();
    assert_eq!(kept, "what was there before");
}
