//! `docs/security.md` names a test for each requirement; each of them is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The rows of the page's tables of requirements: the requirement and the cell with its tests.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    let (_, rest) = page.split_once("\n## Requirements\n").unwrap();
    let (tables, _) = rest.split_once("\n## ").unwrap();
    let lines = tables
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| requirement "));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [requirement, _, _, shown] = cells[..] else {
            panic!("a row has four cells: {line}")
        };
        let tests = shown.split('`').skip(1).step_by(2).map(str::to_owned);
        (requirement.to_owned(), tests.collect())
    };
    lines.map(row).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Whether a file has a function of a name that a test harness runs: by attribute or through a macro that lists it.
fn has_test(text: &str, name: &str) -> bool {
    let Some(at) = text.find(&format!("fn {name}(")) else {
        return false;
    };
    let before: Vec<&str> = text
        .get(..at)
        .unwrap()
        .trim_end()
        .lines()
        .rev()
        .take(6)
        .collect();
    let by_attribute = before.iter().any(|line| line.trim() == "#[test]");
    let is_listed = |at: usize| {
        let (front, rest) = text.split_at(at);
        let follows = rest.get(name.len()..).unwrap().chars().next();
        let before = front.chars().next_back();
        follows.is_some_and(|c| ",]}".contains(c))
            && before.is_some_and(|c| c.is_whitespace() || "[{".contains(c))
    };
    by_attribute || text.match_indices(name).any(|(at, _)| is_listed(at))
}

fn fault(named: &str) -> Option<String> {
    let Some((path, name)) = named.split_once("::") else {
        return Some(format!("{named} is no file::name"));
    };
    let place = [root().join("crates").join(path), root().join(path)];
    let text = place.iter().find_map(|path| fs::read_to_string(path).ok());
    match text {
        None => Some(format!("{path} does not exist")),
        Some(text) if !has_test(&text, name) => Some(format!("{path} has no test {name}")),
        Some(_) => None,
    }
}

#[test]
fn every_requirement_names_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows = rows(&page);
    assert!(rows.len() > 60, "{} rows", rows.len());
    let mut faults = Vec::new();
    for (requirement, tests) in rows {
        if tests.is_empty() {
            faults.push(format!("{requirement} names no test"));
        }
        faults.extend(tests.iter().filter_map(|test| fault(test)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    assert!(
        fault("xtask/tests/security_page.rs::every_requirement_names_tests_that_exist").is_none()
    );
    for bad in [
        "xtask/tests/security_page.rs::no_such_test",
        "xtask/tests/security_page.rs::root",
        "xtask/tests/nowhere.rs::x",
        "nothing",
    ] {
        assert!(fault(bad).is_some(), "{bad}");
    }
}
