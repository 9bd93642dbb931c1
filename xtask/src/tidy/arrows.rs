//! The arrows between crates only point left, and some libraries live behind one door.

use super::Finding;
use crate::workspace::{Dependency, File, Package};

/// Every published crate with the crates of ours that it may depend on.
const ARROWS: [(&str, &[&str]); 6] = [
    ("dango-auth-core", &[]),
    ("dango-auth-store", &["dango-auth-core"]),
    ("dango-auth", &["dango-auth-core", "dango-auth-store"]),
    ("dango-auth-actix", &["dango-auth-core", "dango-auth"]),
    (
        "dango-server",
        &["dango-auth-core", "dango-auth", "dango-auth-actix"],
    ),
    ("dango-cli", &["dango-auth-core", "dango-auth"]),
];

/// Libraries, by the start of their name, and the only published crates that may use them.
const DOORS: [(&str, &[&str]); 7] = [
    ("diesel", &["dango-auth-store"]),
    ("libsqlite3-sys", &["dango-auth-store"]),
    ("pq-sys", &["dango-auth-store"]),
    ("r2d2", &["dango-auth-store"]),
    ("actix", &["dango-auth-actix", "dango-server"]),
    ("clap", &["dango-server", "dango-cli"]),
    (
        "tokio",
        &[
            "dango-auth-store",
            "dango-auth",
            "dango-auth-actix",
            "dango-server",
        ],
    ),
];

/// Sources of randomness, network and async, which the core must not even link.
const NOT_IN_CORE: [&str; 5] = ["getrandom", "rand", "ureq", "tracing", "tempfile"];

/// Checks the dependencies of every published crate; those of tests and tools are free.
pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages
        .iter()
        .filter(|package| package.published)
        .flat_map(check_package)
        .collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let manifest = format!("crates/{}/Cargo.toml", package.name);
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
        return vec![Finding::new(
            &manifest,
            1,
            "a published crate that the table of arrows lacks",
        )];
    };
    let used = package.dependencies.iter().filter(|on| !on.development);
    used.filter_map(|on| offence(&package.name, allowed, on))
        .map(|message| Finding::new(&manifest, 1, message))
        .collect()
}

fn offence(package: &str, allowed: &[&str], on: &Dependency) -> Option<String> {
    let name = on.name.as_str();
    if on.ours {
        return (!allowed.contains(&name)).then(|| format!("{package} may not depend on {name}"));
    }
    if package == "dango-auth-core" && NOT_IN_CORE.contains(&name) {
        return Some(format!("{name} has no place in the core"));
    }
    let (_, users) = DOORS.iter().find(|(start, _)| name.starts_with(start))?;
    (!users.contains(&package)).then(|| format!("{name} belongs to {} only", users.join(", ")))
}

/// Every manifest takes the workspace's lints, unless it is a workspace of its own and cannot.
pub(super) fn check_lints(files: &[File]) -> Vec<Finding> {
    let manifests = files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests
        .filter(|file| !file.text.contains("\n[workspace]\n"))
        .filter(|file| !file.text.contains("[lints]\nworkspace = true"))
        .map(|file| Finding::new(&file.path, 1, "does not take the workspace's lints"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn offences(package: &str, name: &str, ours: bool, development: bool) -> usize {
        let on = Dependency {
            name: name.to_owned(),
            ours,
            development,
        };
        check(&[Package {
            name: package.to_owned(),
            published: true,
            dependencies: vec![on],
        }])
        .len()
    }

    #[test]
    fn an_arrow_to_the_right_is_found() {
        assert_eq!(
            offences("dango-auth-core", "dango-auth-store", true, false),
            1
        );
        assert_eq!(offences("dango-auth", "dango-auth-actix", true, false), 1);
        assert_eq!(offences("dango-server", "dango-auth-store", true, false), 1);
        assert_eq!(offences("dango-server", "dango-auth", true, false), 0);
    }

    #[test]
    fn a_library_behind_the_wrong_door_is_found() {
        assert_eq!(offences("dango-auth", "diesel", false, false), 1);
        assert_eq!(offences("dango-auth", "actix-web", false, false), 1);
        assert_eq!(offences("dango-auth-actix", "clap", false, false), 1);
        assert_eq!(offences("dango-auth-core", "getrandom", false, false), 1);
        assert_eq!(
            offences("dango-auth-store", "diesel_migrations", false, false),
            0
        );
    }

    #[test]
    fn tests_may_use_what_they_like() {
        assert_eq!(offences("dango-auth-core", "dango-testkit", true, true), 0);
    }

    #[test]
    fn a_new_published_crate_must_be_placed() {
        let package = Package {
            name: "new".to_owned(),
            published: true,
            dependencies: Vec::new(),
        };
        assert_eq!(check(&[package]).len(), 1);
    }

    #[test]
    fn a_manifest_without_the_lints_is_found() {
        let good = sample("crates/a/Cargo.toml", "[lints]\nworkspace = true\n");
        let bad = sample("crates/b/Cargo.toml", "[package]\n");
        let apart = sample("fuzz/Cargo.toml", "[package]\n\n[workspace]\n");
        assert_eq!(check_lints(&[good, bad, apart]).len(), 1);
    }
}
