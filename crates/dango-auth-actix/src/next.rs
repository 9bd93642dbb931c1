//! Where to go after signing in: a path of this server and nothing else (`ASVS 3.7.2`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays readable in a `next` parameter.
const READABLE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The address of the sign-in page that leads back to `path` afterwards.
pub fn login_address(path: Option<&str>) -> String {
    match path.and_then(local_path) {
        None => "/login".to_owned(),
        Some(path) => format!("/login?next={}", utf8_percent_encode(path, READABLE)),
    }
}

/// Gives `text` back if it is a path of this server, also when read with one more decoding.
///
/// `//host`, `/\host` and anything with control characters lead elsewhere in some browser.
pub fn local_path(text: &str) -> Option<&str> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (is_local(text) && is_local(&decoded)).then_some(text)
}

fn is_local(text: &str) -> bool {
    let mut letters = text.chars();
    let rooted = letters.next() == Some('/');
    let single = !matches!(letters.next(), Some('/' | '\\'));
    rooted && single && text.len() <= 2048 && !text.chars().any(|c| c.is_control() || c == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_returned_to() {
        for good in ["/", "/settings/users?q=a%20b", "/a//b", "/ä"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/a\nb",
            "/a%0ab",
            "/\tevil",
            "javascript:alert(1)",
            "/%ff",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_way_back_is_one_parameter_whatever_the_path_holds() {
        assert_eq!(login_address(Some("/")), "/login?next=/");
        assert_eq!(login_address(Some("//evil")), "/login");
        assert_eq!(
            login_address(Some("/settings/users?q=a&b=c")),
            "/login?next=/settings/users%3Fq%3Da%26b%3Dc"
        );
    }
}
