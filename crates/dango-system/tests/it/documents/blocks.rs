//! The code blocks of a page.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The word behind the fence.
    pub(super) language: String,
    /// Its lines, moved left as far as the fence stands from the margin.
    pub(super) text: String,
}

/// All blocks in order, also those within lists.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    for line in page.lines() {
        let bare = line.trim_start();
        let margin = line.len() - bare.len();
        match (bare.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                let language = language.trim().to_owned();
                let text = String::new();
                open = Some((margin, Block { language, text }));
            }
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(_, block)| block)),
            (None, Some((margin, block))) => {
                block.text.push_str(line.get(*margin..).unwrap_or(bare));
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The text of all blocks of a language, one after the other.
pub(super) fn all(page: &str, language: &str) -> String {
    let of = |block: Block| (block.language == language).then_some(block.text);
    blocks(page).into_iter().filter_map(of).collect()
}

/// The first block of a language.
pub(super) fn first(page: &str, language: &str) -> String {
    let found = blocks(page)
        .into_iter()
        .find(|block| block.language == language);
    found.map(|block| block.text).unwrap_or_default()
}

#[test]
fn blocks_are_told_apart_by_language_and_moved_to_the_margin() {
    let page =
        "```sh\na\n```\ntext\n```console\n$ b\n```\n1. x\n\n   ```sh\n   c \\\n     d\n   ```\n";
    assert_eq!(all(page, "sh"), "a\nc \\\n  d\n");
    assert_eq!(first(page, "console"), "$ b\n");
    assert_eq!(first(page, "yaml"), "");
}
