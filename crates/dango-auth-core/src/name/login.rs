//! The names people sign in with.

use super::error::{NameError, Problem};
use super::normal::{MAX_RAW_BYTES, fold, is_forbidden, lowers_into_ascii, normalise};
use super::text::{Text, name_traits};

/// Longest plain login name, in characters (contract §1).
const MAX_PLAIN_CHARS: usize = 64;
/// Longest email address, in bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_EMAIL_BYTES: usize = 254;
/// Longest part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// Longest label of a domain, in bytes (RFC 1035 §2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// The unique login name of a user: a plain name or an email address, in normal form.
///
/// NFKC, lower case and trimmed. A plain name has 1-64 characters without blanks, control,
/// invisible or bidirectional marks; anything with an `@` must be an [`EmailAddress`].
/// Names whose normal form would silently become somebody else's (Kelvin sign for `k`) are refused.
#[derive(Clone)]
pub struct Username(Text);

impl Username {
    /// Checks and normalises a login name.
    ///
    /// # Errors
    /// [`NameError`] when the rule above is broken.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |problem| NameError::new("username", problem);
        let normal = normalise(text).map_err(refuse)?;
        if normal.contains('@') {
            check_email(&normal).map_err(refuse)?;
        } else if normal.chars().count() > MAX_PLAIN_CHARS {
            return Err(refuse(Problem::TooLong {
                max: MAX_PLAIN_CHARS,
                unit: "characters",
            }));
        }
        Ok(Self(normal.into()))
    }

    /// Whether the login name is an email address.
    pub fn is_email(&self) -> bool {
        self.as_str().contains('@')
    }

    /// The login name as an email address, when it is one.
    pub fn to_email(&self) -> Option<EmailAddress> {
        self.is_email().then(|| EmailAddress(self.0.clone()))
    }
}

/// An email address in normal form, 3-254 bytes.
///
/// The syntax is that of the HTML standard's email field, with letters outside ASCII allowed
/// (RFC 6531): one `@`, up to 64 bytes before it, a domain of labels behind it. A domain of one
/// label is fine (`admin@localhost`). Quoted local parts and address literals are not.
#[derive(Clone)]
pub struct EmailAddress(Text);

impl EmailAddress {
    /// Checks and normalises an address.
    ///
    /// # Errors
    /// [`NameError`] when it is no address by the rule above.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |problem| NameError::new("email", problem);
        let normal = normalise(text).map_err(refuse)?;
        check_email(&normal).map_err(refuse)?;
        Ok(Self(normal.into()))
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        self.as_str()
            .split_once('@')
            .map_or("", |(_, domain)| domain)
    }
}

impl From<EmailAddress> for Username {
    fn from(email: EmailAddress) -> Self {
        Self(email.0)
    }
}

/// What somebody typed as login name at sign-in, ready to be looked up.
///
/// Unlike [`Username`] it takes everything that is not too long, since an answer to nonsense must
/// look like the answer to a wrong password (contract §3.9). A good login name comes out exactly as
/// its [`Username`]; characters that no login name may hold become U+FFFD, so nonsense finds nobody.
#[derive(Clone)]
pub struct LoginName(Text);

impl LoginName {
    /// Normalises what was typed.
    ///
    /// # Errors
    /// [`NameError`] with code `too_long` beyond 1,024 bytes, typed or normalised; nothing else.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let too_long = || {
            let problem = Problem::TooLong {
                max: MAX_RAW_BYTES,
                unit: "bytes",
            };
            NameError::new("login name", problem)
        };
        let text = text.trim();
        if text.len() > MAX_RAW_BYTES {
            return Err(too_long());
        }
        let normal = match normalise(text) {
            Ok(normal) => normal,
            Err(_) => mark_nonsense(text),
        };
        if normal.len() > MAX_RAW_BYTES {
            return Err(too_long());
        }
        Ok(Self(normal.into()))
    }
}

/// SECURITY: the result of this must never equal a valid login name, hence the mark at its front.
fn mark_nonsense(text: &str) -> String {
    let is_bad = |c: char| is_forbidden(c) || lowers_into_ascii(c);
    let cleaned: String = text
        .chars()
        .map(|c| if is_bad(c) { '\u{FFFD}' } else { c })
        .collect();
    let folded = fold(&cleaned).replace(is_bad, "\u{FFFD}");
    if folded.contains('\u{FFFD}') {
        folded
    } else {
        format!("\u{FFFD}{folded}")
    }
}

fn check_email(text: &str) -> Result<(), Problem> {
    if text.len() > MAX_EMAIL_BYTES {
        return Err(Problem::TooLong {
            max: MAX_EMAIL_BYTES,
            unit: "bytes",
        });
    }
    let Some((local, domain)) = text.split_once('@') else {
        return Err(Problem::Email("it has no @"));
    };
    if domain.contains('@') {
        return Err(Problem::Email("it has more than one @"));
    }
    if local.is_empty() {
        return Err(Problem::Email("nothing stands before the @"));
    }
    if local.len() > MAX_LOCAL_BYTES {
        return Err(Problem::Email(
            "the part before the @ is longer than 64 bytes",
        ));
    }
    if let Some(c) = local.chars().find(|&c| !is_local_char(c)) {
        return Err(Problem::Character(c));
    }
    if domain.split('.').all(is_label) {
        Ok(())
    } else {
        Err(Problem::Email("the part behind the @ is not a domain name"))
    }
}

fn is_local_char(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c)
}

fn is_label(label: &str) -> bool {
    let is_inner = |c: char| {
        c == '-' || c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
    };
    !label.is_empty()
        && label.len() <= MAX_LABEL_BYTES
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(is_inner)
}

name_traits!(Username);
name_traits!(EmailAddress);
name_traits!(LoginName);
