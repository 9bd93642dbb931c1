//! Identifiers: one UUID newtype per concept, so that ids of different things cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct IdError;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a version 4 id of 16 random bytes.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }

            /// Takes over an id that exists already, for example one read from the store.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Reads the hyphenated form and nothing else, so that one id has one spelling.
            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 36 {
                    return Err(IdError);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| IdError)
            }
        }
    };
}

id_type! {
    /// Names a user for as long as the account exists.
    UserId
}
id_type! {
    /// Names one session.
    SessionId
}
id_type! {
    /// Names one API key.
    ApiKeyId
}
id_type! {
    /// Names a workspace; survives renaming.
    WorkspaceId
}
id_type! {
    /// Names a device that a person signed in from before.
    DeviceId
}
id_type! {
    /// Names one recovery code.
    RecoveryCodeId
}

/// Counts the changes of one record; the value behind `ETag` and `If-Match` (RFC 9110 §8.8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(i64);

impl Version {
    /// The version of a record that is not stored yet.
    pub const NEW: Self = Self(0);

    /// Takes over a stored version.
    pub const fn from_stored(value: i64) -> Self {
        Self(value)
    }

    /// The number behind it.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_exactly_one_spelling() {
        let id = UserId::from_random([7; 16]);
        assert_eq!(id.to_string().parse::<UserId>(), Ok(id));
        let bare = id.as_uuid().simple().to_string();
        assert_eq!(bare.parse::<UserId>(), Err(IdError));
        assert_eq!(format!("{{{id}}}").parse::<UserId>(), Err(IdError));
        assert_eq!("nonsense".parse::<UserId>(), Err(IdError));
    }
}
