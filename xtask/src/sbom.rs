//! `cargo xtask sbom`: what the programs are made of, as a `CycloneDX` document (version 1.6).
//!
//! Only what is compiled into `dango` and `dango-server`, or runs while they are built, is in it; what tests need
//! is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::{Failure, step};

/// The packages that are shipped.
const PROGRAMS: [&str; 2] = ["dango-cli", "dango-server"];

/// Where the document goes.
#[derive(Args)]
pub(crate) struct Options {
    /// The file to write
    #[arg(long, default_value = "target/sbom.cdx.json")]
    out: PathBuf,
    /// The platform it is built for
    #[arg(long, default_value = "x86_64-unknown-linux-gnu")]
    target: String,
    /// Only print how many components there are
    #[arg(long)]
    count: bool,
}

/// Writes the document.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let arguments = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
    ];
    let mut command = step::cargo(arguments);
    command.arg(&options.target);
    let metadata: Value = serde_json::from_str(&step::output(&mut command)?)?;
    let parts = Parts::of(&metadata)?;
    println!("{}", parts.summary());
    if options.count {
        return Ok(());
    }
    let document = serde_json::to_string_pretty(&parts.document())?;
    if let Some(folder) = options.out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&options.out, document + "\n")?;
    println!("written to {}", options.out.display());
    Ok(())
}

/// The packages of the programs, by cargo's id, with what each depends on.
struct Parts {
    packages: BTreeMap<String, Value>,
    edges: BTreeMap<String, BTreeSet<String>>,
}

impl Parts {
    fn of(metadata: &Value) -> Result<Self, Failure> {
        let all: BTreeMap<&str, &Value> = list(metadata, "packages")
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        let nodes: BTreeMap<&str, &Value> = list(&metadata["resolve"], "nodes")
            .filter_map(|node| Some((node["id"].as_str()?, node)))
            .collect();
        let is_program = |package: &Value| {
            let name = package["name"].as_str().unwrap_or_default();
            PROGRAMS.contains(&name)
        };
        let mut open: Vec<&str> = all
            .iter()
            .filter_map(|(id, package)| is_program(package).then_some(*id))
            .collect();
        if open.len() != PROGRAMS.len() {
            return Err("the programs are not in the workspace".into());
        }
        let mut parts = Self {
            packages: BTreeMap::new(),
            edges: BTreeMap::new(),
        };
        while let Some(id) = open.pop() {
            let (Some(package), Some(node)) = (all.get(id), nodes.get(id)) else {
                return Err(format!("cargo says nothing about {id}").into());
            };
            if parts
                .packages
                .insert(id.to_owned(), (*package).clone())
                .is_some()
            {
                continue;
            }
            let needs: BTreeSet<&str> = list(node, "deps").filter_map(needed).collect();
            open.extend(needs.iter().copied());
            let needs = needs.into_iter().map(str::to_owned).collect();
            parts.edges.insert(id.to_owned(), needs);
        }
        Ok(parts)
    }

    fn foreign(&self) -> impl Iterator<Item = &Value> {
        self.packages
            .values()
            .filter(|package| !package["source"].is_null())
    }

    fn summary(&self) -> String {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for package in self.foreign() {
            *names.entry(text(package, "name")).or_default() += 1;
        }
        let twice: Vec<&str> = names
            .iter()
            .filter(|(_, count)| **count > 1)
            .map(|(name, _)| *name)
            .collect();
        format!(
            "{} crates of others and {} of our own; in more than one version: {}",
            self.foreign().count(),
            self.packages.len() - self.foreign().count(),
            if twice.is_empty() {
                "none".to_owned()
            } else {
                twice.join(", ")
            }
        )
    }

    fn document(&self) -> Value {
        let components: Vec<Value> = self.packages.values().map(component).collect();
        let link = |(id, needs): (&String, &BTreeSet<String>)| {
            let needs: Vec<String> = needs.iter().map(|id| self.reference(id)).collect();
            json!({"ref": self.reference(id), "dependsOn": needs})
        };
        let dependencies: Vec<Value> = self.edges.iter().map(link).collect();
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {"type": "application", "name": "dango-auth", "bom-ref": "dango-auth"},
                "tools": {"components": [{"type": "application", "name": "cargo xtask sbom"}]},
            },
            "components": components,
            "dependencies": dependencies,
        })
    }

    fn reference(&self, id: &str) -> String {
        self.packages.get(id).map(purl).unwrap_or_default()
    }
}

/// A dependency that is built into a program or runs while it is built.
fn needed(dependency: &Value) -> Option<&str> {
    let is_for_tests_only = list(dependency, "dep_kinds").all(|kind| kind["kind"] == "dev");
    if is_for_tests_only {
        None
    } else {
        dependency["pkg"].as_str()
    }
}

fn component(package: &Value) -> Value {
    let known = json!({
        "type": "library",
        "bom-ref": purl(package),
        "name": text(package, "name"),
        "version": text(package, "version"),
        "purl": purl(package),
    });
    let mut component: Map<String, Value> = known.as_object().cloned().unwrap_or_default();
    if let Some(license) = package["license"].as_str() {
        // Older manifests write a slash where SPDX has OR.
        component.insert(
            "licenses".to_owned(),
            json!([{"expression": license.replace('/', " OR ")}]),
        );
    }
    if let Some(place) = package["repository"].as_str() {
        component.insert(
            "externalReferences".to_owned(),
            json!([{"type": "vcs", "url": place}]),
        );
    }
    Value::Object(component)
}

fn purl(package: &Value) -> String {
    format!(
        "pkg:cargo/{}@{}",
        text(package, "name"),
        text(package, "version")
    )
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shipped_is_in_the_document() {
        let package = |id: &str, name: &str, source: Value| json!({"id": id, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "source": source});
        let needs = |id: &str, kind: Value| json!({"pkg": id, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [
                package("c", "dango-cli", Value::Null),
                package("s", "dango-server", Value::Null),
                package("x", "used", json!("registry")),
                package("b", "builds", json!("registry")),
                package("t", "tests", json!("registry")),
            ],
            "resolve": {"nodes": [
                {"id": "c", "deps": [needs("x", Value::Null), needs("t", json!("dev"))]},
                {"id": "s", "deps": [needs("b", json!("build"))]},
                {"id": "x", "deps": []}, {"id": "b", "deps": []}, {"id": "t", "deps": []},
            ]},
        });
        let parts = Parts::of(&metadata).unwrap();
        assert_eq!(
            parts.summary(),
            "2 crates of others and 2 of our own; in more than one version: none"
        );
        let document = parts.document();
        let names: Vec<&str> = list(&document, "components")
            .map(|part| text(part, "name"))
            .collect();
        assert_eq!(names, ["builds", "dango-cli", "dango-server", "used"]);
        assert_eq!(
            document["components"][0]["licenses"][0]["expression"],
            "MIT OR Apache-2.0"
        );
        assert_eq!(
            document["dependencies"][1]["dependsOn"],
            json!(["pkg:cargo/used@1.0.0"])
        );
    }
}
