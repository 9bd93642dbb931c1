//! No unfinished work: marks that stand for something to be done later.

use super::{Finding, tokens};
use crate::workspace::File;

/// Token sequences of unfinished work.
const CODE: [(&[&str], &str); 4] = [
    (&["todo", "!"], "todo!() is a stub"),
    (&["unimplemented", "!"], "unimplemented!() is a stub"),
    (&["dbg", "!"], "dbg!() is a leftover"),
    (&["#", "[", "ignore"], "an ignored test shows nothing"),
];

/// Words in comments that announce unfinished work.
const WORDS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

pub(super) fn check(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let tokens = tokens::of(&file.text);
    let code = CODE.iter().flat_map(|(sequence, message)| {
        let lines = tokens::lines_of(&tokens, sequence);
        lines
            .into_iter()
            .map(|line| Finding::new(&file.path, line, *message))
    });
    code.chain(comments(file)).collect()
}

fn comments(file: &File) -> impl Iterator<Item = Finding> {
    (1..).zip(file.text.lines()).filter_map(|(line, text)| {
        let comment = text.trim_start().strip_prefix("//")?;
        let word = WORDS.iter().find(|word| comment.contains(**word))?;
        Some(Finding::new(
            &file.path,
            line,
            format!("unfinished work: {word}"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn offences(text: &str) -> usize {
        check(&sample("crates/x/src/lib.rs", text)).len()
    }

    #[test]
    fn stubs_and_leftovers_are_found() {
        assert_eq!(offences("fn a() { todo!() }"), 1);
        assert_eq!(offences("fn a() { unimplemented!(\"later\") }"), 1);
        assert_eq!(offences("fn a() { dbg!(1); }"), 1);
        assert_eq!(offences("#[test]\n#[ignore = \"slow\"]\nfn a() {}"), 1);
        assert_eq!(offences(concat!("// TO", "DO: finish")), 1);
    }

    #[test]
    fn talking_about_them_is_allowed() {
        assert_eq!(
            offences("/// Never `todo!()`.\nfn ignore() { print(\"dbg!()\") }"),
            0
        );
    }
}
