//! Nothing of one machine in the repository: paths, registry hosts, unaccepted snapshots.

use super::Finding;
use crate::workspace::File;

/// Folders that exist on somebody's machine only.
const MACHINE_FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// Hosts from which a machine fetches packages; where from is not the project's business.
const REGISTRY_HOSTS: [&str; 6] = [
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("deb.", "debian.org"),
    concat!("registry.", "npmjs.org"),
    concat!("pypi", ".org"),
    concat!("proxy.", "golang.org"),
];

/// The one source of packages in the lock file.
const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.path.ends_with(".snap.new") || file.path.ends_with(".pending-snap") {
        findings.push(Finding::new(
            &file.path,
            1,
            "a snapshot nobody has accepted",
        ));
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        let host = REGISTRY_HOSTS.iter().find(|host| line.contains(**host));
        if let Some(host) = host {
            findings.push(Finding::new(
                &file.path,
                number,
                format!("the registry host {host}"),
            ));
        }
        if MACHINE_FOLDERS
            .iter()
            .any(|folder| names_folder(line, folder))
        {
            findings.push(Finding::new(
                &file.path,
                number,
                "a path of somebody's machine",
            ));
        }
        if file.path == "Cargo.lock" && is_foreign_source(line) {
            findings.push(Finding::new(&file.path, number, "a package from elsewhere"));
        }
    }
    findings
}

/// Whether an absolute path into the folder occurs; `a/work/b` is no such path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|letter| !letter.is_alphanumeric() && !"._-}~*)/".contains(letter))
    })
}

fn is_foreign_source(line: &str) -> bool {
    line.strip_prefix("source = ")
        .is_some_and(|source| source.trim_matches('"') != INDEX)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn offences(path: &str, text: &str) -> usize {
        check(&sample(path, text)).len()
    }

    #[test]
    fn machine_paths_are_found() {
        assert_eq!(offences("README.md", concat!("see `/wo", "rk/x`")), 1);
        assert_eq!(offences("a.rs", concat!("open(\"/ro", "ot/.cargo\")")), 1);
        assert_eq!(
            offences("a.sh", concat!("ls $here/wo", "rk/x a/ro", "ot/b")),
            0
        );
    }

    #[test]
    fn registry_hosts_and_foreign_packages_are_found() {
        assert_eq!(
            offences("a.toml", concat!("index = \"https://index.", "crates.io\"")),
            1
        );
        assert_eq!(
            offences("Cargo.lock", "source = \"registry+https://mirror.example\""),
            1
        );
        assert_eq!(offences("Cargo.lock", &format!("source = \"{INDEX}\"")), 0);
    }

    #[test]
    fn unaccepted_snapshots_are_found() {
        assert_eq!(offences("crates/x/src/snapshots/a.snap.new", ""), 1);
        assert_eq!(offences("crates/x/src/snapshots/a.snap", ""), 0);
    }
}
