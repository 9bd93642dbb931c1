//! Names that say what a thing is: no managers, helpers, utils or miscellanea.

use std::path::Path;

use super::{Finding, tokens};
use crate::workspace::File;

/// Words that no file, folder or module is named with.
const BANNED: [&str; 6] = ["manager", "helper", "helpers", "util", "utils", "misc"];

/// Endings that no type has.
const ENDINGS: [&str; 4] = ["Manager", "Helper", "Util", "Utils"];

pub(super) fn check(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let path = Path::new(&file.path).with_extension("");
    let parts = path.iter().filter_map(|part| part.to_str());
    let paths =
        parts.filter_map(|part| banned(part).map(|word| (1, format!("`{word}` in a path"))));
    let tokens = tokens::of(&file.text);
    let definitions = tokens.windows(2).filter_map(|pair| match pair {
        [keyword, name] => definition(&keyword.text, &name.text).map(|found| (name.line, found)),
        _ => None,
    });
    let findings = paths.chain(definitions);
    findings
        .map(|(line, what)| Finding::new(&file.path, line, format!("{what} says nothing")))
        .collect()
}

fn banned(name: &str) -> Option<&str> {
    name.split(['_', '-']).find(|word| BANNED.contains(word))
}

fn definition(keyword: &str, name: &str) -> Option<String> {
    match keyword {
        "mod" => banned(name).map(|word| format!("`{word}` in a module's name")),
        "struct" | "enum" | "trait" | "type" => {
            let ending = ENDINGS.iter().find(|ending| name.ends_with(**ending))?;
            Some(format!("`{ending}` at the end of `{name}`"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn empty_names_are_found() {
        let offences = |path: &str, text: &str| check(&sample(path, text)).len();
        assert_eq!(offences("crates/x/src/session_manager.rs", ""), 1);
        assert_eq!(offences("crates/x/tests/utils/mod.rs", ""), 1);
        assert_eq!(
            offences("crates/x/src/lib.rs", "mod utils { struct PathHelper; }"),
            2
        );
        assert_eq!(offences("crates/x/src/role.rs", "enum Role { Manager }"), 0);
    }
}
