//! The workspace's own programs, freshly built.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use crate::{generated, variables};

/// Path of the `dango` command.
pub fn dango() -> PathBuf {
    built("dango-cli", "dango")
}

/// Path of the server.
pub fn dango_server() -> PathBuf {
    built("dango-server-program", "dango-server")
}

/// Path of a program of the workspace.
///
/// Under `cargo xtask test` all programs have just been built. Otherwise the program is built on first
/// use, so that a test never runs against yesterday's.
///
/// # Panics
/// When the build fails.
pub fn built(package: &str, program: &str) -> PathBuf {
    static BUILT: LazyLock<Mutex<BTreeMap<String, PathBuf>>> = LazyLock::new(Mutex::default);
    let mut built = BUILT.lock().expect("an earlier build failed");
    let path = built.entry(program.to_owned()).or_insert_with(|| {
        let path = profile_folder().join(program);
        if !variables::is_on(variables::BINARIES_BUILT) || !path.is_file() {
            build(package, program);
        }
        assert!(path.is_file(), "{} was not built", path.display());
        path
    });
    path.clone()
}

/// The folder of the running test's profile: test binaries lie in its `deps`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    let deps = test.parent().expect("a program lies in a folder");
    if deps.ends_with("deps") {
        deps.parent().unwrap_or(deps).to_path_buf()
    } else {
        // Documentation tests run from a temporary folder.
        generated::repository().join("target/debug")
    }
}

fn build(package: &str, program: &str) {
    let cargo = variables::value("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", package, "--bin", program]);
    if profile_folder().ends_with(Path::new("release")) {
        command.arg("--release");
    }
    let output = command
        .current_dir(generated::repository())
        .output()
        .expect("cannot start cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cannot build {program}: {said}");
}
