//! Rust source as a flat list of tokens with their lines, so that comments and strings cannot be mistaken for code.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token's text and line. Delimiters are tokens of their own.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
}

/// The tokens of a file; none when it is not Rust (the compiler will say so).
pub(super) fn of(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    if let Ok(stream) = source.parse::<TokenStream>() {
        flatten(stream, &mut tokens);
    }
    tokens
}

/// Lines on which the given texts follow each other as tokens.
pub(super) fn lines_of(tokens: &[Token], sequence: &[&str]) -> Vec<usize> {
    let matches = |window: &&[Token]| window.iter().map(|token| &token.text).eq(sequence);
    let first_line = |window: &[Token]| window.first().map(|token| token.line);
    tokens
        .windows(sequence.len())
        .filter(matches)
        .filter_map(first_line)
        .collect()
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                let end = group.span_close().end().line;
                tokens.push(Token {
                    text: open.to_owned(),
                    line,
                });
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: end,
                });
            }
            other => tokens.push(Token {
                text: other.to_string(),
                line,
            }),
        }
    }
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_not_code() {
        let tokens = of("// a :: b\nlet x = \"a::b\";\nlet y = a::b;");
        assert_eq!(lines_of(&tokens, &["a", ":", ":", "b"]), [3]);
    }
}
