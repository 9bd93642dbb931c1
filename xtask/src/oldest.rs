//! The oldest Rust: no dependency in `Cargo.lock` asks for a newer one than the workspace promises.

use crate::{Failure, workspace};

/// A version as numbers: major, minor, patch.
type Version = [u32; 3];

/// Compares what every locked package states with `rust-version` of the workspace.
pub(crate) fn check() -> Result<(), Failure> {
    let packages = workspace::locked()?;
    let promised = packages
        .iter()
        .find(|package| package.name == "dango-auth-core");
    let promised = promised.and_then(|package| package.rust_version.as_deref());
    let promised = promised.ok_or("the workspace states no rust-version")?;
    let oldest = version(promised).ok_or("the workspace's rust-version cannot be read")?;
    let newer = |package: &workspace::Locked| {
        let stated = package.rust_version.as_deref()?;
        // What cannot be read is looked at by somebody.
        let is_fine = version(stated).is_some_and(|stated| stated <= oldest);
        (!is_fine).then(|| format!("{} {} needs Rust {stated}", package.name, package.version))
    };
    let newer: Vec<String> = packages.iter().filter_map(newer).collect();
    if newer.is_empty() {
        println!("Rust {promised} is enough for {} packages", packages.len());
        return Ok(());
    }
    let text = format!("Rust {promised} is promised, but {}", newer.join("; "));
    Err(text.into())
}

fn version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(|part| part.parse().ok());
    let mut next = || numbers.next().unwrap_or(Some(0));
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(version("1.9") < version("1.10"));
        assert_eq!(version("1.89"), version("1.89.0"));
        assert_eq!(version("new"), None);
    }

    #[test]
    fn nothing_locked_needs_a_newer_rust_than_is_promised() {
        let checked = check();
        assert!(checked.is_ok(), "{checked:?}");
    }
}
