//! Fields of HTML forms and parameters of queries.

use std::borrow::Cow;

use crate::problem::Problem;

/// The media type of HTML forms.
pub(crate) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Name and value pairs in the order they came; kept by the guard for [`crate::extract::Form`].
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// 400 when it is not UTF-8 behind its escapes; unlike browsers' readers, nothing is guessed.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let mut pairs = Vec::new();
        for pair in bytes
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let at = pair
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or(pair.len());
            let (name, value) = pair.split_at(at);
            pairs.push((decoded(name)?, decoded(value.get(1..).unwrap_or_default())?));
        }
        Ok(Self(pairs))
    }

    /// The value of a field that is there exactly once.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(other, _)| other == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// All pairs.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

impl std::fmt::Debug for Fields {
    /// Names only: a value may be a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

fn decoded(bytes: &[u8]) -> Result<String, Problem> {
    let spaced: Cow<'_, [u8]> = if bytes.contains(&b'+') {
        bytes
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect()
    } else {
        bytes.into()
    };
    let text = percent_encoding::percent_decode(&spaced).decode_utf8();
    text.map(Cow::into_owned)
        .map_err(|_| Problem::invalid("a field is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_found_when_they_are_there_once() {
        let fields = Fields::parse(b"email=%C3%A4%2Bb%40x.org&next=%2F&q=a+b&&flag&q=2").unwrap();
        assert_eq!(fields.get("email"), Some("ä+b@x.org"));
        assert_eq!(fields.get("flag"), Some(""));
        assert_eq!(fields.get("q"), None, "there twice");
        assert_eq!(fields.get("nothing"), None);
        assert!(Fields::parse(b"x=%ff").is_err());
    }

    #[test]
    fn values_are_not_printed() {
        let fields = Fields::parse(b"password=hunter2").unwrap();
        assert_eq!(format!("{fields:?}"), r#"["password"]"#);
    }
}
