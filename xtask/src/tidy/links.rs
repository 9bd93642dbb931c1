//! Links between pages lead somewhere.

use std::path::{Component, Path, PathBuf};

use super::Finding;
use crate::workspace::File;

/// Checks the links of all pages to files of the repository; the web and anchors are left alone.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let exists = |path: &Path| {
        files
            .iter()
            .any(|file| Path::new(&file.path).starts_with(path))
    };
    let pages = files.iter().filter(|file| file.has_extension("md"));
    pages
        .flat_map(|page| {
            let links = links(&page.text).filter_map(|(line, target)| {
                let path = resolved(&page.path, target)?;
                (!exists(&path))
                    .then(|| Finding::new(&page.path, line, format!("broken link: {target}")))
            });
            links.collect::<Vec<_>>()
        })
        .collect()
}

/// Targets of `[text](target)` outside code blocks, with their lines.
pub(super) fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    (1..).zip(text.lines()).flat_map(move |(number, line)| {
        in_code ^= line.trim_start().starts_with("```");
        let parts = if in_code { "" } else { line }.split("](").skip(1);
        parts.filter_map(move |rest| Some((number, rest.split_once(')')?.0)))
    })
}

/// The file a link leads to, from the root of the repository.
pub(super) fn resolved(page: &str, target: &str) -> Option<PathBuf> {
    let target = target
        .split('#')
        .next()
        .filter(|target| !target.is_empty())?;
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(target).components() {
        match part {
            // What leads out of the repository exists only on the writer's machine.
            Component::ParentDir if !path.pop() => path.push(".."),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn broken(text: &str) -> Vec<usize> {
        let page = sample("docs/page.md", text);
        let files = [
            page,
            sample("README.md", ""),
            sample("docs/adr/0001.md", ""),
        ];
        check(&files)
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn a_broken_link_is_found() {
        assert_eq!(
            broken("see [a](../README.md)\nand [b](missing.md), [c](adr/0001.md#x)"),
            [2]
        );
        assert_eq!(
            broken("[up](../../../README.md) [gone](../CHANGES.md)"),
            [1]
        );
    }

    #[test]
    fn folders_anchors_the_web_and_code_are_left_alone() {
        let text = "[a](adr) [b](#part) [c](https://example.org/x)\n```\nx[0](y)\n```\n";
        assert!(broken(text).is_empty());
    }
}
