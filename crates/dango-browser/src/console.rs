//! What pages wrote on the console.

use serde_json::Value;

/// An entry that no page may cause, in words.
pub(crate) fn complaint(entry: &Value) -> Option<String> {
    let message = entry["message"].as_str().unwrap_or_default();
    let level = entry["level"].as_str().unwrap_or_default();
    let bad = matches!(level, "SEVERE" | "WARNING") || message.contains("[DOM]");
    (bad && !is_a_refusal(message) && !is_about_plain_http(message))
        .then(|| format!("{level} {message}"))
}

/// A page that answers 403 or 404 is as it should be; a stylesheet or script that does is not.
fn is_a_refusal(message: &str) -> bool {
    message.contains("Failed to load resource: the server responded with a status of")
        && !message.contains("/static/")
}

/// Over plain HTTP the browser leaves out some protections, and says so.
fn is_about_plain_http(message: &str) -> bool {
    message.contains("the URL's origin was untrustworthy")
        || message.contains("Not supported for insecure origins")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_bad(level: &str, message: &str) -> bool {
        complaint(&json!({"level": level, "message": message})).is_some()
    }

    #[test]
    fn a_broken_policy_is_bad_and_a_refused_page_is_not() {
        assert!(is_bad("SEVERE", "http://x/ Applying inline style violates"));
        assert!(is_bad(
            "DEBUG",
            "http://x/ 0:0 \"[DOM] Password field is not"
        ));
        let refused = "Failed to load resource: the server responded with a status of 403 ()";
        assert!(!is_bad("SEVERE", &format!("http://x/settings - {refused}")));
        let missing = format!("http://x/static/dango.css - {refused}");
        assert!(is_bad("SEVERE", &missing));
        assert!(!is_bad("INFO", "hello"));
    }
}
