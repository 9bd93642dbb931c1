//! Programs that come as packages of Python, each in a folder of its own.

use std::process::Command;

use dango_testbase::programs::{self, Program, Source};

use crate::{Failure, step};

/// Whether this machine's Python can make such folders.
pub(super) fn is_able() -> bool {
    let ask = ["-c", "import ensurepip, venv"];
    step::output(Command::new("python3").args(ask)).is_ok()
}

/// Installs those of the missing programs that are packages of Python.
pub(super) fn install(missing: &[Program]) {
    for program in missing {
        if let Source::Python(package) = program.source()
            && let Err(failure) = install_one(*program, package)
        {
            println!("{program} could not be installed: {failure}");
        }
    }
}

fn install_one(program: Program, package: &str) -> Result<(), Failure> {
    let folder = programs::tools().join(program.to_string());
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    let mut fetch = Command::new(folder.join("bin/pip"));
    fetch.args(["install", "--quiet", "--disable-pip-version-check", package]);
    for mut command in [make, fetch] {
        step::announce(&step::shown(&command));
        step::run(&mut command)?;
    }
    Ok(())
}
