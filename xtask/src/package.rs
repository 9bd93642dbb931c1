//! What would be uploaded for each published crate: complete metadata, and the files it needs.

use crate::{Failure, step, workspace};

/// Members that a published crate's manifest must have in the end.
const METADATA: [&str; 6] = [
    "description",
    "license",
    "readme",
    "rust_version",
    "keywords",
    "categories",
];

/// Checks every published crate, without building or uploading anything.
pub(crate) fn check() -> Result<(), Failure> {
    let mut lacks = Vec::new();
    let mut names = Vec::new();
    for manifest in workspace::manifests()? {
        if !manifest.published {
            continue;
        }
        for member in METADATA {
            if !manifest.has(member) {
                lacks.push(format!("{} has no {member}", manifest.name));
            }
        }
        names.push(manifest.name);
    }
    if !lacks.is_empty() {
        return Err(lacks.join("; ").into());
    }
    let mut package = step::cargo(["package", "--no-verify", "--allow-dirty", "--quiet"]);
    for name in &names {
        package.args(["--package", name]);
    }
    step::run(&mut package)
}
