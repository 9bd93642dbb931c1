//! What the workspace consists of: its files as git knows them, its packages as cargo knows them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Failure, step};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A file of the repository.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Its text; empty when it is not text.
    pub(crate) text: String,
}

impl File {
    /// Whether the file is Rust source.
    pub(crate) fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    /// Whether the file's name ends with a dot and that extension.
    pub(crate) fn has_extension(&self, wanted: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|extension| extension == wanted)
    }
}

/// Every file that is tracked, or new and not ignored.
///
/// In a copy without git's folder, everything but what builds and runs leave behind.
pub(crate) fn files() -> Result<Vec<File>, Failure> {
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let paths: Vec<String> = match step::output(git.current_dir(root())) {
        Ok(list) => list.split_terminator('\0').map(str::to_owned).collect(),
        Err(_) => walk(&root(), "")?,
    };
    let read = |path: String| {
        // A file deleted but not yet committed is still listed.
        let bytes = std::fs::read(root().join(&path)).ok()?;
        Some(File {
            path,
            text: String::from_utf8(bytes).unwrap_or_default(),
        })
    };
    Ok(paths.into_iter().filter_map(read).collect())
}

fn walk(folder: &Path, prefix: &str) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_file() {
            paths.push(path);
        } else if ![".git", "target", ".dango", "screenshots"].contains(&path.as_str()) {
            paths.extend(walk(&entry.path(), &format!("{path}/"))?);
        }
    }
    Ok(paths)
}

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Whether it may be published.
    pub(crate) published: bool,
    /// What it depends on.
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a package depends on.
#[derive(Debug)]
pub(crate) struct Dependency {
    /// Name of the package depended on.
    pub(crate) name: String,
    /// Whether only tests, examples and benches use it.
    pub(crate) development: bool,
    /// Whether it is a package of this workspace.
    pub(crate) ours: bool,
}

/// A package's manifest with everything it inherits.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// The package's name.
    pub(crate) name: String,
    /// Whether it may be published.
    pub(crate) published: bool,
    members: Value,
}

impl Manifest {
    /// Whether it says something under that name.
    pub(crate) fn has(&self, member: &str) -> bool {
        match self.members.get(member) {
            None | Some(Value::Null) => false,
            Some(Value::Array(list)) => !list.is_empty(),
            Some(_) => true,
        }
    }
}

/// A package that `Cargo.lock` names.
#[derive(Debug)]
pub(crate) struct Locked {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// The oldest Rust it states.
    pub(crate) rust_version: Option<String>,
}

/// Every package that `Cargo.lock` names.
pub(crate) fn locked() -> Result<Vec<Locked>, Failure> {
    let locked = |value: &Value| Locked {
        name: text(value, "name"),
        version: text(value, "version"),
        rust_version: Some(text(value, "rust_version")).filter(|text| !text.is_empty()),
    };
    let words = ["metadata", "--locked", "--format-version", "1"];
    Ok(listed(&words)?.iter().map(locked).collect())
}

/// Every package's manifest, from `cargo metadata`.
pub(crate) fn manifests() -> Result<Vec<Manifest>, Failure> {
    let manifest = |value: Value| Manifest {
        name: text(&value, "name"),
        published: value.get("publish").is_none_or(Value::is_null),
        members: value,
    };
    Ok(metadata()?.into_iter().map(manifest).collect())
}

/// Every package of the workspace, from `cargo metadata`.
pub(crate) fn packages() -> Result<Vec<Package>, Failure> {
    Ok(metadata()?.iter().map(package).collect())
}

fn metadata() -> Result<Vec<Value>, Failure> {
    listed(&["metadata", "--no-deps", "--format-version", "1"])
}

fn listed(words: &[&str]) -> Result<Vec<Value>, Failure> {
    let metadata: Value = serde_json::from_str(&step::output(&mut step::cargo(words))?)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    Ok(packages.ok_or("cargo metadata lists no packages")?.clone())
}

fn package(value: &Value) -> Package {
    let dependencies = value.get("dependencies").and_then(Value::as_array);
    Package {
        name: text(value, "name"),
        // `publish = false` is an empty list of registries.
        published: value.get("publish").is_none_or(Value::is_null),
        dependencies: dependencies.into_iter().flatten().map(dependency).collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text(value, "name"),
        development: text(value, "kind") == "dev",
        ours: value.get("path").is_some(),
    }
}

fn text(value: &Value, member: &str) -> String {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walking_finds_what_git_lists_and_no_build() {
        let paths = walk(&root(), "").unwrap();
        assert!(paths.iter().any(|path| path == "xtask/src/workspace.rs"));
        assert!(!paths.iter().any(|path| path.starts_with("target/")));
    }

    #[test]
    fn the_workspace_knows_its_packages() {
        let packages = packages().unwrap();
        let named = |name: &str| {
            packages
                .iter()
                .find(|package| package.name == name)
                .unwrap()
        };
        assert!(named("dango-auth-core").published);
        assert!(!named("xtask").published);
        let store = &named("dango-auth-store").dependencies;
        assert!(
            store
                .iter()
                .any(|on| on.name == "dango-auth-core" && on.ours && !on.development)
        );
    }
}
