//! Local addresses with parameters.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A path with the parameters that have a value.
pub(crate) fn with<'a>(path: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = parameters
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
            format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
        })
        .collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_parameter() {
        let address = with(
            "/users",
            [("q", "a&role=admin#x"), ("role", "")].into_iter(),
        );
        assert_eq!(address, "/users?q=a%26role%3Dadmin%23x");
        assert_eq!(with("/users", std::iter::empty()), "/users");
    }
}
