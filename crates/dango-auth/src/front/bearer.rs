//! The token of a Bearer header (RFC 6750 §2.1).

/// The token of the Bearer header among the lines of `Authorization`, if there is one.
///
/// The scheme word is case-insensitive (RFC 9110 §11.1). It is empty, so that it fits nothing, where there are
/// two such headers or the token is not text: a Bearer header that is present decides alone (contract §4).
pub fn bearer_token<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Option<&'a str> {
    let mut found = None;
    for line in lines {
        let (scheme, rest) = match line.iter().position(|byte| *byte == b' ') {
            Some(at) => line.split_at(at),
            None => (line, &b""[..]),
        };
        if !scheme.eq_ignore_ascii_case(b"bearer") {
            continue;
        }
        let token = std::str::from_utf8(rest).map(str::trim).unwrap_or_default();
        found = Some(if found.is_some() { "" } else { token });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token<'a>(lines: &[&'a str]) -> Option<&'a str> {
        bearer_token(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn the_scheme_is_read_in_any_case_and_the_token_without_spaces() {
        assert_eq!(token(&["Bearer x"]), Some("x"));
        assert_eq!(token(&["bEaReR   x "]), Some("x"));
        assert_eq!(token(&["Basic YTpi", "Bearer x"]), Some("x"));
    }

    #[test]
    fn two_headers_or_none_of_text_fit_nothing() {
        assert_eq!(token(&["Bearer a", "Bearer b"]), Some(""));
        assert_eq!(token(&["Bearer"]), Some(""));
        assert_eq!(bearer_token([&b"Bearer \xff"[..]]), Some(""));
    }

    #[test]
    fn other_schemes_are_nothing() {
        assert_eq!(token(&["Basic YTpi"]), None);
        assert_eq!(token(&["x"]), None);
        assert_eq!(token(&[]), None);
    }
}
