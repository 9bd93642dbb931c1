//! The accessibility rules of axe-core, which `cargo xtask test` fetches.

use std::fmt::Write as _;

use dango_testkit::{axe, skip};
use serde_json::Value;

use crate::Browser;

/// Which rules count: WCAG 2.2 up to AA, and what axe calls best practice.
const OPTIONS: &str = r#"{"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}"#;

/// The rules, ready to be run in pages.
pub struct Axe {
    source: String,
}

impl Axe {
    /// Reads the rules, or reports the skip where they have not been fetched.
    ///
    /// # Panics
    /// Under `--strict` when there are none.
    pub fn load() -> Option<Self> {
        let file = axe::file();
        let source = std::fs::read_to_string(&file).ok();
        if source.is_none() {
            let file = file.display();
            skip::report(&format!(
                "axe-core is missing: `cargo xtask test` fetches {file}"
            ));
        }
        Some(Self { source: source? })
    }

    /// Checks the page as it stands; gives one line for each element that breaks a rule.
    ///
    /// # Panics
    /// When the rules cannot be run.
    pub fn violations(&self, browser: &Browser) -> Vec<String> {
        let present = browser.run("return typeof axe !== 'undefined';");
        if present != Value::Bool(true) {
            let _ = browser.run(&self.source);
        }
        let script =
            format!("return axe.run(document, {OPTIONS}).then((found) => found.violations);");
        let found = browser.run(&script);
        let rules = found.as_array().expect("axe gives a list");
        rules.iter().flat_map(lines).collect()
    }
}

fn lines(rule: &Value) -> Vec<String> {
    let nodes = rule["nodes"].as_array().cloned().unwrap_or_default();
    let line = |node: &Value| {
        let mut line = format!("{}: {}", rule["id"], node["html"]);
        let summary = node["failureSummary"].as_str().unwrap_or_default();
        let _ = write!(line, " ({})", summary.replace('\n', " "));
        line
    };
    nodes.iter().map(line).collect()
}
