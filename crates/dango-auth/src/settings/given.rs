//! A value as some layer gives it, before anyone knows whether it fits its key.

use serde_json::Value;

/// The longest piece of a refused value that an error repeats, in characters.
const ECHO_LIMIT: usize = 40;

/// A value from the file, the environment, an option or the database.
///
/// Scalars stay text, exactly as written, until their key says how to read them. So a password of digits keeps its
/// leading zeros, and every layer is read by the same few functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    Nothing,
    Scalar { text: String, quoted: bool },
    List(Vec<Given>),
    Mapping,
}

impl Given {
    /// A value that has no quotes to tell text from numbers: a variable, an option, a default.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Scalar {
            text: text.into(),
            quoted: false,
        }
    }

    pub(super) fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(flag) => Self::plain(flag.to_string()),
            Value::Number(number) => Self::plain(number.to_string()),
            Value::String(text) => Self::Scalar {
                text: text.clone(),
                quoted: true,
            },
            Value::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Value::Object(_) => Self::Mapping,
        }
    }

    /// `true` or `false`, in any of the spellings of YAML 1.1 (`yes`, `off`, …).
    pub(super) fn flag(&self) -> Result<bool, String> {
        if let Self::Scalar {
            text,
            quoted: false,
        } = self
        {
            match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => return Ok(true),
                "false" | "no" | "off" => return Ok(false),
                _ => {}
            }
        }
        Err(format!("must be true or false, not {}", self.described()))
    }

    /// A decimal whole number within bounds. Leading zeros are refused: YAML 1.1 reads them as octal.
    pub(super) fn number(&self, min: u32, max: u32, unit: &str) -> Result<u32, String> {
        let refused = || {
            let unit = if unit.is_empty() {
                String::new()
            } else {
                format!(" of {unit}")
            };
            format!(
                "must be a whole number{unit} from {min} to {max}, not {}",
                self.described()
            )
        };
        let Self::Scalar {
            text,
            quoted: false,
        } = self
        else {
            return Err(refused());
        };
        let decimal = text.bytes().all(|byte| byte.is_ascii_digit());
        if !decimal || (text.len() > 1 && text.starts_with('0')) {
            return Err(refused());
        }
        text.parse()
            .ok()
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(refused)
    }

    /// Text that is not empty.
    pub(super) fn text(&self) -> Result<&str, String> {
        match self {
            Self::Scalar { text, .. } if text.trim().is_empty() => {
                Err("must not be empty".to_owned())
            }
            Self::Scalar { text, .. } => Ok(text),
            Self::Nothing | Self::List(_) | Self::Mapping => {
                Err(format!("must be text, not {}", self.described()))
            }
        }
    }

    /// A list of texts; one scalar is a list separated by commas.
    pub(super) fn items(&self) -> Result<Vec<&str>, String> {
        match self {
            Self::Scalar { text, .. } => {
                let items = text.split(',').map(str::trim);
                Ok(items.filter(|item| !item.is_empty()).collect())
            }
            Self::List(items) => items.iter().map(|item| Ok(item.text()?.trim())).collect(),
            Self::Nothing | Self::Mapping => {
                Err(format!("must be a list, not {}", self.described()))
            }
        }
    }

    fn described(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Scalar { text, quoted: true } => format!("the text {}", echo(text)),
            Self::Scalar {
                text,
                quoted: false,
            } => echo(text),
            Self::List(_) => "a list".to_owned(),
            Self::Mapping => "a mapping".to_owned(),
        }
    }
}

/// A refused value in quotes, shortened, control characters made visible.
pub(super) fn echo(text: &str) -> String {
    let mut shown: String = text.chars().take(ECHO_LIMIT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_decimal_and_within_bounds() {
        assert_eq!(Given::plain("15").number(1, 100, ""), Ok(15));
        for bad in [
            "0",
            "101",
            "-3",
            "+5",
            "1.0",
            "1e1",
            "0x10",
            "010",
            "1_0",
            "",
            "99999999999999999999",
        ] {
            assert!(Given::plain(bad).number(1, 100, "").is_err(), "{bad}");
        }
        let quoted = Given::Scalar {
            text: "15".into(),
            quoted: true,
        };
        let error = quoted.number(1, 100, "minutes").unwrap_err();
        assert_eq!(
            error,
            "must be a whole number of minutes from 1 to 100, not the text \"15\""
        );
    }

    #[test]
    fn flags_take_the_spellings_of_yaml_and_no_numbers() {
        for (text, flag) in [
            ("true", true),
            ("Yes", true),
            ("ON", true),
            ("false", false),
            ("no", false),
        ] {
            assert_eq!(Given::plain(text).flag(), Ok(flag));
        }
        assert_eq!(
            Given::plain("1").flag().unwrap_err(),
            "must be true or false, not \"1\""
        );
    }

    #[test]
    fn lists_are_lists_or_one_text_with_commas() {
        let one = Given::plain("10.0.0.0/8, ::1,");
        let list = Given::List(vec![Given::plain("10.0.0.0/8 "), Given::plain("::1")]);
        assert_eq!(one.items(), Ok(vec!["10.0.0.0/8", "::1"]));
        assert_eq!(list.items(), one.items());
        assert_eq!(Given::plain("").items(), Ok(Vec::new()));
        assert!(Given::Mapping.items().is_err());
        assert!(Given::List(vec![Given::Mapping]).items().is_err());
    }

    #[test]
    fn a_refused_value_is_repeated_short_and_without_control_characters() {
        assert_eq!(echo("a\u{1b}[31m"), "\"a\\u{1b}[31m\"");
        assert_eq!(echo(&"x".repeat(99)).chars().count(), 43);
    }
}
