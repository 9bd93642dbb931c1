//! Fetching axe-core, whose rules the pages are checked against in the browser.
//!
//! It is a package of npm's, pinned with its checksum in `crates/dango-browser/axe/`, and part of nothing
//! that is published.

use std::collections::BTreeSet;
use std::fmt;
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

/// What the tests checked by the rules, from the log they keep.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pages: BTreeSet<String>,
    themes: BTreeSet<String>,
    checks: usize,
    violations: usize,
}

impl Checked {
    /// Reads the log: page, theme and number of violations in each line.
    pub(super) fn read(log: &str) -> Self {
        let mut checked = Self::default();
        for line in log.lines() {
            let mut parts = line.split('\t');
            let (Some(page), Some(theme), Some(count)) = (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            checked.pages.insert(page.to_owned());
            checked.themes.insert(theme.to_owned());
            checked.checks += 1;
            checked.violations += count.parse().unwrap_or(1);
        }
        checked
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "axe: {} states of pages, {} themes, {} checks, {} violations",
            self.pages.len(),
            self.themes.len(),
            self.checks,
            self.violations
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_once_and_violations_add_up() {
        let log = "home\tlight\t0\nhome\tdark\t2\nlogin\tlight\t0\nlogin\tdark\t1\n";
        assert_eq!(
            Checked::read(log).to_string(),
            "axe: 2 states of pages, 2 themes, 4 checks, 3 violations"
        );
    }
}
