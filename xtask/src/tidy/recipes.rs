//! The recipes of `CONTRIBUTING.md` speak of what is there: names stand in the files they link, tools exist.

use super::Finding;
use super::links::{links, resolved};
use crate::workspace::File;

/// The page with the recipes.
const PAGE: &str = "CONTRIBUTING.md";

/// Where the project's own tools are listed.
const TOOLS: &str = "xtask/src/main.rs";

/// Checks each paragraph that begins like `**A route.**`.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut line = 1;
    for paragraph in page.text.split("\n\n") {
        if paragraph.starts_with("**A") {
            let complaints = complaints(paragraph, files).into_iter();
            findings.extend(complaints.map(|what| Finding::new(PAGE, line, what)));
        }
        line += paragraph.lines().count() + 1;
    }
    findings
}

fn complaints(recipe: &str, files: &[File]) -> Vec<String> {
    let linked: Vec<_> = links(recipe)
        .filter_map(|(_, target)| resolved(PAGE, target))
        .collect();
    let known = |name: &str| {
        let stands = |file: &File| file.text.contains(name);
        let near = |file: &&File| {
            linked
                .iter()
                .any(|path| file.path == path.to_string_lossy())
        };
        files.iter().filter(near).any(stands)
    };
    let mut complaints = Vec::new();
    if linked.is_empty() {
        complaints.push("a recipe links no file".to_owned());
    }
    for span in spans(recipe) {
        if let Some(tool) = span.strip_prefix("cargo xtask ") {
            if !is_tool(tool, files) {
                complaints.push(format!("there is no `{span}`"));
            }
        } else if is_name(span) && !known(span.trim_end_matches("()")) {
            complaints.push(format!("`{span}` stands in none of the linked files"));
        }
    }
    complaints
}

/// What stands between backticks, outside of links.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split('`').collect::<Vec<_>>();
    let inside = (1..parts.len()).step_by(2);
    let spans: Vec<&str> = inside
        .filter(|at| !parts.get(at + 1).is_some_and(|rest| rest.starts_with("](")))
        .filter_map(|at| parts.get(at).copied())
        .collect();
    spans.into_iter()
}

/// Whether it is a name in code: a word, perhaps called.
fn is_name(span: &str) -> bool {
    let word = span.trim_end_matches("()");
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_tool(tool: &str, files: &[File]) -> bool {
    let name = tool.split(' ').next().unwrap_or_default();
    let tools = files.iter().find(|file| file.path == TOOLS);
    tools.is_some_and(|file| file.text.to_lowercase().contains(&format!("    {name}(")))
        || tools.is_some_and(|file| file.text.to_lowercase().contains(&format!("    {name},")))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn found(recipe: &str) -> Vec<String> {
        let files = [
            sample(PAGE, &format!("# Recipes\n\n{recipe}\n")),
            sample("src/keys.rs", "pub fn command() {}"),
            sample(
                TOOLS,
                "enum Tool {\n    Docs(docs::Options),\n    Tidy,\n}\n",
            ),
        ];
        check(&files)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_recipe_that_is_true_is_left_alone() {
        let text = "**A setting.** `command` in [`keys.rs`](src/keys.rs), then `cargo xtask docs` and `cargo xtask tidy`.";
        assert!(found(text).is_empty());
        assert!(found("Prose with `nonsense`.").is_empty());
    }

    #[test]
    fn names_tools_and_files_that_are_gone_are_found() {
        let text =
            "**A setting.** `commands()` in [`keys.rs`](src/keys.rs), then `cargo xtask doc`.";
        assert_eq!(
            found(text),
            [
                "`commands()` stands in none of the linked files",
                "there is no `cargo xtask doc`"
            ]
        );
        assert_eq!(found("**A route.** Somewhere."), ["a recipe links no file"]);
    }
}
