//! The Metabase server that follows users and roles.

use dango_auth_core::{EmailAddress, Secret};

/// The settings of the group `metabase` as they are written.
#[derive(Debug, Clone, Default)]
pub struct MetabaseSettings {
    /// The server's address, without a closing slash.
    pub url: Option<String>,
    /// An API key of Metabase.
    pub api_key: Option<Secret>,
    /// The email of a Metabase administrator.
    pub email: Option<EmailAddress>,
    /// That administrator's password.
    pub password: Option<Secret>,
    /// The database whose query rights follow roles.
    pub database_id: Option<u32>,
}

/// A Metabase server with the means to sign in there.
#[derive(Debug, Clone)]
pub struct MetabaseTarget {
    /// The server's address, without a closing slash.
    pub url: String,
    /// How to sign in.
    pub sign_in: MetabaseSignIn,
    /// The database whose query rights follow roles.
    pub database_id: Option<u32>,
}

/// How to sign in to Metabase.
#[derive(Debug, Clone)]
pub enum MetabaseSignIn {
    /// By API key.
    ApiKey(Secret),
    /// As an administrator.
    Administrator {
        /// The email address.
        email: EmailAddress,
        /// The password.
        password: Secret,
    },
}

impl MetabaseSettings {
    /// The server to follow; nothing when none is configured.
    pub fn target(&self) -> Option<MetabaseTarget> {
        let url = self.url.clone()?;
        let by_key = self.api_key.clone().map(MetabaseSignIn::ApiKey);
        let sign_in = by_key.or_else(|| {
            let (email, password) = (self.email.clone()?, self.password.clone()?);
            Some(MetabaseSignIn::Administrator { email, password })
        })?;
        Some(MetabaseTarget {
            url,
            sign_in,
            database_id: self.database_id,
        })
    }

    /// What is missing or too much: the setting at fault and the message.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let given = [
            ("metabase.api_key", self.api_key.is_some()),
            ("metabase.email", self.email.is_some()),
            ("metabase.password", self.password.is_some()),
            ("metabase.database_id", self.database_id.is_some()),
        ];
        if self.url.is_none() {
            let orphan = given.into_iter().find(|(_, is_given)| *is_given);
            return orphan.map(|(name, _)| (name, "needs metabase.url"));
        }
        match (&self.api_key, &self.email, &self.password) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => None,
            (Some(_), _, _) => Some((
                "metabase.api_key",
                "cannot stand beside metabase.email and metabase.password",
            )),
            (None, _, _) => Some((
                "metabase.url",
                "needs metabase.api_key, or metabase.email and metabase.password",
            )),
        }
    }
}
