//! The core stays pure: no clock, no randomness, no environment, no files, no async.
//!
//! Time and random bytes are arguments there. `arrows` keeps crates out of the core; this check keeps out
//! what the standard library and chrono would still offer.

use syn::UseTree;
use syn::visit::Visit;

use super::{Finding, tokens};
use crate::workspace::File;

const CORE: &str = "crates/dango-auth-core/src/";

/// Paths that the core may not name, by tokens without the colons.
const IMPURE: [&[&str]; 15] = [
    &["Utc", "now"],
    &["Local", "now"],
    &["SystemTime"],
    &["Instant", "now"],
    &["std", "env"],
    &["std", "fs"],
    &["std", "net", "TcpStream"],
    &["std", "process"],
    &["std", "thread"],
    &["env", "var"],
    &["getrandom"],
    &["OsRng"],
    &["SysRng"],
    &["thread_rng"],
    &["tokio"],
];

pub(super) fn check(file: &File) -> Vec<Finding> {
    if !file.path.starts_with(CORE) || !file.is_rust() {
        return Vec::new();
    }
    let named = named_paths(&file.text)
        .into_iter()
        .chain(imported_paths(&file.text));
    let impure = named.filter_map(|(line, path)| Some((line, impurity(&path)?)));
    let mut lines: Vec<_> = impure.collect();
    lines.sort();
    lines.dedup();
    let message =
        |what: &str| format!("`{what}` in the core, where everything comes as an argument");
    lines
        .iter()
        .map(|(line, what)| Finding::new(&file.path, *line, message(what)))
        .collect()
}

fn impurity(path: &[String]) -> Option<String> {
    let found = IMPURE
        .iter()
        .find(|words| path.windows(words.len()).any(|part| part == **words));
    found.map(|words| words.join("::"))
}

/// Every `a::b::c` (or single name) in the code.
fn named_paths(source: &str) -> Vec<(usize, Vec<String>)> {
    let mut paths: Vec<(usize, Vec<String>)> = Vec::new();
    let (mut colons, mut continues) = (0, false);
    for token in tokens::of(source) {
        if token.text == ":" {
            colons += 1;
            continues = colons == 2;
            continue;
        }
        match paths.last_mut() {
            Some((_, path)) if continues => path.push(token.text),
            _ => paths.push((token.line, vec![token.text])),
        }
        (colons, continues) = (0, false);
    }
    paths
}

/// Every path brought in by a `use`, groups taken apart.
fn imported_paths(source: &str) -> Vec<(usize, Vec<String>)> {
    let mut imports = Imports::default();
    if let Ok(file) = syn::parse_file(source) {
        imports.visit_file(&file);
    }
    imports.paths
}

#[derive(Default)]
struct Imports {
    paths: Vec<(usize, Vec<String>)>,
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.walk(&item.tree, &[]);
    }
}

impl Imports {
    fn walk(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.walk(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.keep(&name.ident, with(&name.ident)),
            UseTree::Rename(rename) => self.keep(&rename.ident, with(&rename.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.walk(tree, before)),
            UseTree::Glob(_) => {}
        }
    }

    fn keep(&mut self, name: &syn::Ident, path: Vec<String>) {
        self.paths.push((name.span().start().line, path));
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let findings = check(&sample("crates/dango-auth-core/src/lib.rs", text));
        findings.into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_clock_is_found() {
        assert_eq!(lines("fn now() -> T {\n    Utc::now()\n}"), [2]);
        assert_eq!(lines("fn now() { std::time::SystemTime::now(); }"), [1]);
    }

    #[test]
    fn a_grouped_import_is_taken_apart() {
        assert_eq!(
            lines("use std::{\n    collections::BTreeMap,\n    fs,\n};"),
            [3]
        );
        assert_eq!(lines("use std::{env::{self, var as read}};"), [1]);
    }

    #[test]
    fn randomness_and_async_are_found() {
        assert_eq!(
            lines("use getrandom::SysRng;\nasync fn a() { tokio::spawn(b()).await; }"),
            [1, 2]
        );
    }

    #[test]
    fn pure_code_and_other_crates_are_left_alone() {
        assert!(lines("/// Not `Utc::now()`.\nfn at(now: DateTime<Utc>) {}").is_empty());
        let elsewhere = sample("crates/dango-cli/src/main.rs", "use std::fs;");
        assert_eq!(check(&elsewhere), []);
    }
}
