//! Fetching axe-core, whose rules the pages are checked against in the browser.
//!
//! It is a package of npm's, pinned with its checksum in `crates/dango-browser/axe/`, and part of nothing
//! that is published.

use std::path::Path;
use std::process::Command;

use dango_testbase::{axe, generated, programs};

use crate::{Failure, step};

/// Fetches the pinned version unless it is there already; without it its tests are skipped.
pub(super) fn prepare(no_install: bool) {
    let lock = generated::repository().join("crates/dango-browser/axe");
    if is_current(&lock) {
        return;
    }
    let fetched = if no_install {
        Err("--no-install".into())
    } else {
        fetch(&lock)
    };
    if let Err(obstacle) = fetched {
        println!("not fetching axe-core: {obstacle}");
    }
}

fn is_current(lock: &Path) -> bool {
    let read = |folder: &Path| std::fs::read(folder.join("package-lock.json")).ok();
    axe::file().is_file() && read(lock) == read(&axe::folder())
}

fn fetch(lock: &Path) -> Result<(), Failure> {
    let npm = programs::on_path("npm").ok_or("npm is missing: install the package `npm`")?;
    let folder = axe::folder();
    std::fs::create_dir_all(&folder)?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(lock.join(name), folder.join(name))?;
    }
    step::announce("fetching axe-core");
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    step::run(Command::new(npm).args(quiet).current_dir(&folder))
}
