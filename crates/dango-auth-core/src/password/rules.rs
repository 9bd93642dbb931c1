//! Which passwords may be chosen.

use std::fmt;

use super::{Password, blocklist};

/// The lowest minimum anyone may set (contract §6, ASVS 6.2.1).
const LEAST_MIN_LENGTH: u32 = 8;
/// The highest minimum: 256 code points of four bytes are the longest password there is.
const MOST_MIN_LENGTH: u32 = 256;
/// Ten years; longer is "off".
const MOST_AGE_DAYS: u32 = 3_650;
/// A shorter part of a name says nothing about a password.
const SHORTEST_NAME: usize = 3;

/// The product's name and the role names: refused alone, or with digits and punctuation around them
/// (ASVS 6.1.2), but fine inside a longer password.
const CONTEXT_WORDS: [&str; 9] = [
    "dango",
    "dango-auth",
    "dangoauth",
    "admin",
    "manager",
    "developer",
    "editor",
    "operator",
    "viewer",
];

/// What a new password must satisfy: a length, and not being easy to guess; nothing about its composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    min_length: u32,
    max_age_days: u32,
}

/// Rules outside the range that makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRulesError {
    /// `password.min_length` out of range.
    #[error("password.min_length must be {LEAST_MIN_LENGTH} to {MOST_MIN_LENGTH}, not {0}")]
    MinLength(u32),
    /// `password.max_age_days` out of range.
    #[error("password.max_age_days must be 0 (off) to {MOST_AGE_DAYS}, not {0}")]
    MaxAge(u32),
}

impl PasswordRules {
    /// Rules from the configuration: minimum length in code points, and days until a change is due (0 is off).
    ///
    /// # Errors
    /// A minimum below 8 or above 256, an age over ten years.
    pub fn new(min_length: u32, max_age_days: u32) -> Result<Self, PasswordRulesError> {
        if !(LEAST_MIN_LENGTH..=MOST_MIN_LENGTH).contains(&min_length) {
            return Err(PasswordRulesError::MinLength(min_length));
        }
        if max_age_days > MOST_AGE_DAYS {
            return Err(PasswordRulesError::MaxAge(max_age_days));
        }
        Ok(Self {
            min_length,
            max_age_days,
        })
    }

    /// The minimum length in code points.
    pub fn min_length(&self) -> u32 {
        self.min_length
    }

    /// Days until a change is due; 0 is off.
    pub fn max_age_days(&self) -> u32 {
        self.max_age_days
    }

    /// Tells whether somebody with these names may choose this password.
    ///
    /// `names` are the account's login name and email, and the host people know the service by. Their part
    /// before an `@` may not occur in the password when it has three characters or more; case does not matter.
    ///
    /// # Errors
    /// Every reason at once, in the order length, characters, common, names.
    pub fn check(&self, password: &Password, names: &[&str]) -> Result<(), WeakPassword> {
        let normalized = password.normalized();
        let mut issues = Vec::new();
        if normalized.chars().count() < self.min_length as usize {
            issues.push(PasswordIssue::TooShort {
                min_length: self.min_length,
            });
        }
        if normalized.chars().any(char::is_control) {
            issues.push(PasswordIssue::ControlCharacter);
        }
        if blocklist::is_common(&normalized) {
            issues.push(PasswordIssue::Common);
        }
        let lower = zeroize::Zeroizing::new(normalized.to_lowercase());
        if names.iter().any(|name| is_like_name(&lower, name)) {
            issues.push(PasswordIssue::LikeName);
        } else if is_context_word(&lower) {
            issues.push(PasswordIssue::LikeService);
        }
        if issues.is_empty() {
            Ok(())
        } else {
            Err(WeakPassword(issues))
        }
    }
}

impl Default for PasswordRules {
    /// Eight code points, no expiry (contract §6).
    fn default() -> Self {
        Self {
            min_length: LEAST_MIN_LENGTH,
            max_age_days: 0,
        }
    }
}

/// One reason why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordIssue {
    /// Fewer code points than the minimum.
    TooShort {
        /// The minimum.
        min_length: u32,
    },
    /// A control character, NUL among them: a slip of a paste or a probe, and on no keyboard.
    ControlCharacter,
    /// On the list of commonly used passwords.
    Common,
    /// Equal to, or containing, one of the account's own names.
    LikeName,
    /// The product's name or a role's, with nothing but digits and punctuation around it.
    LikeService,
}

impl PasswordIssue {
    /// The stable code of this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::ControlCharacter => "control_character",
            Self::Common => "too_common",
            Self::LikeName => "like_name",
            Self::LikeService => "like_service",
        }
    }
}

impl fmt::Display for PasswordIssue {
    /// A sentence for the person who chooses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { min_length } => {
                write!(f, "Use at least {min_length} characters.")
            }
            Self::ControlCharacter => {
                f.write_str("Use no control characters, such as tabs or line breaks.")
            }
            Self::Common => f.write_str("This password is on the list of commonly used passwords."),
            Self::LikeName => {
                f.write_str("The password must not contain your name or email address.")
            }
            Self::LikeService => {
                f.write_str("The password must not be the name of this service or of a role.")
            }
        }
    }
}

/// The reasons why a password may not be chosen, at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password is too weak")]
pub struct WeakPassword(Vec<PasswordIssue>);

impl WeakPassword {
    /// One sentence per reason, for `issues` in the answer (contract §4).
    pub fn issues(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// The reasons themselves.
    pub fn reasons(&self) -> &[PasswordIssue] {
        &self.0
    }
}

/// `password` is in lower case already.
fn is_like_name(password: &str, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return false;
    }
    let part = name.split('@').next().unwrap_or_default();
    if CONTEXT_WORDS.contains(&part) && !name.contains('@') {
        // Somebody called like the product or a role may use the word inside a passphrase like anybody else.
        return trimmed(password) == part;
    }
    password == name || (part.chars().count() >= SHORTEST_NAME && password.contains(part))
}

fn is_context_word(password: &str) -> bool {
    CONTEXT_WORDS.contains(&trimmed(password))
}

/// Without digits, punctuation and blanks at both ends.
fn trimmed(password: &str) -> &str {
    password.trim_matches(|symbol: char| !symbol.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["ann.lee@example.org", "annlee", "auth.example.org"];

    fn issues(text: &str) -> Vec<PasswordIssue> {
        let password = Password::new(text).unwrap();
        match PasswordRules::default().check(&password, NAMES) {
            Ok(()) => Vec::new(),
            Err(weak) => weak.reasons().to_vec(),
        }
    }

    #[test]
    fn control_characters_are_refused_and_everything_else_goes() {
        let check = |text: &str| {
            let password = Password::new(text.to_owned()).unwrap();
            PasswordRules::default().check(&password, &[])
        };
        for text in ["orange\0lantern", "orange lantern\n", "orange\u{85}lantern"] {
            let refused = check(text).unwrap_err();
            assert_eq!(refused.0, [PasswordIssue::ControlCharacter], "{text:?}");
        }
        assert_eq!(check("ørange lantern \u{1f3ee}\u{200d}"), Ok(()));
    }

    #[test]
    fn length_is_counted_in_code_points() {
        let short = [PasswordIssue::TooShort { min_length: 8 }];
        assert_eq!(issues("kq7#vxz"), short);
        assert_eq!(issues("kq7#vxzw"), []);
        assert_eq!(issues("äöüßéàç"), short);
        assert_eq!(issues("äöüßéàçñ"), []);
        assert_eq!(issues("🦊🐝🌋🧊🪁🎻🧭🪐"), []);
        // Eight code points typed, four letters meant.
        assert_eq!(issues("e\u{301}a\u{301}o\u{301}u\u{301}"), short);
    }

    #[test]
    fn there_are_no_composition_rules() {
        for text in [
            &" ".repeat(40),
            "482915730264815",
            "correcthorsebatterystaple",
            "ALLUPPERCASEWORDS",
            "your-password",
            "min-8-chars",
            &"x".repeat(1_024),
        ] {
            assert_eq!(issues(text), [], "{text}");
        }
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for text in ["password", "PassWord1", "QWERTYUIOP", "Iloveyou1"] {
            assert_eq!(issues(text), [PasswordIssue::Common], "{text}");
        }
    }

    #[test]
    fn passwords_made_of_the_own_names_are_refused() {
        for text in [
            "ann.lee@example.org",
            "ANN.LEE@example.org",
            "my-ann.lee-password",
            "AnnLee2024!",
            "xxannleexx",
            "auth.example.org",
        ] {
            assert_eq!(issues(text), [PasswordIssue::LikeName], "{text}");
        }
        assert_eq!(issues("annie-likes-tea"), []);
    }

    #[test]
    fn a_name_of_two_letters_says_nothing() {
        let password = Password::new("a-journey-to-jo").unwrap();
        let rules = PasswordRules::default();
        assert!(rules.check(&password, &["jo", "jo@x.org", "", " "]).is_ok());
        assert!(rules.check(&password, &["journey@x.org"]).is_err());
    }

    #[test]
    fn the_service_and_role_names_are_refused_alone_but_not_inside() {
        for text in ["dango-auth", "Dango2024", "!developer!", "1234viewer5678"] {
            assert_eq!(issues(text), [PasswordIssue::LikeService], "{text}");
        }
        for text in ["dango-and-two-teas", "the viewer saw it"] {
            assert_eq!(issues(text), [], "{text}");
        }
        let rules = PasswordRules::default();
        let inside = Password::new("an-admin-of-old-times").unwrap();
        assert!(rules.check(&inside, &["admin", "dango"]).is_ok());
        assert!(rules.check(&inside, &["admin@localhost"]).is_err());
        let alone = Password::new("admin-2024-2024").unwrap();
        assert!(rules.check(&alone, &["admin"]).is_err());
    }

    #[test]
    fn every_reason_is_told_as_a_sentence() {
        let rules = PasswordRules::new(12, 0).unwrap();
        let password = Password::new("password").unwrap();
        let weak = rules.check(&password, &["pass@x.org"]).unwrap_err();
        assert_eq!(
            weak.issues(),
            [
                "Use at least 12 characters.",
                "This password is on the list of commonly used passwords.",
                "The password must not contain your name or email address.",
            ]
        );
        let codes: Vec<_> = weak.reasons().iter().map(|issue| issue.code()).collect();
        assert_eq!(codes, ["too_short", "too_common", "like_name"]);
    }

    #[test]
    fn the_minimum_can_be_raised_but_not_lowered() {
        assert_eq!(
            PasswordRules::new(7, 0),
            Err(PasswordRulesError::MinLength(7))
        );
        assert_eq!(
            PasswordRules::new(257, 0),
            Err(PasswordRulesError::MinLength(257))
        );
        assert_eq!(
            PasswordRules::new(8, 3_651),
            Err(PasswordRulesError::MaxAge(3_651))
        );
        assert_eq!(PasswordRules::new(8, 0), Ok(PasswordRules::default()));
        assert_eq!(PasswordRules::new(15, 90).unwrap().min_length(), 15);
    }
}
