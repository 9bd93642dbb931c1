//! Reading the database of the Dango data platform, for moving in from there.
//!
//! The file is copied first, together with what SQLite keeps beside it, so that the other program's
//! data is not touched and a folder without write permission can be read.

use std::fs;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};

use crate::{Answer, StoreError};

/// A person as the platform stores them; instants are ISO 8601 text.
#[derive(Clone, Debug, QueryableByName)]
pub struct DangoUser {
    /// UUID.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// Login name.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// bcrypt.
    #[diesel(sql_type = Nullable<Text>)]
    pub password_hash: Option<String>,
    /// `admin`, `editor` or `viewer`.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// 0 or 1.
    #[diesel(sql_type = BigInt)]
    pub is_active: i64,
    /// Base32, in the clear.
    #[diesel(sql_type = Nullable<Text>)]
    pub totp_secret: Option<String>,
    /// 0 or 1.
    #[diesel(sql_type = BigInt)]
    pub totp_enabled: i64,
    /// JSON list of SHA-256 in hexadecimal.
    #[diesel(sql_type = Nullable<Text>)]
    pub recovery_codes: Option<String>,
    /// 0 or 1.
    #[diesel(sql_type = BigInt)]
    pub must_change_password: i64,
    /// Last sign-in.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_login: Option<String>,
    /// SHA-256 of the invite's token, in hexadecimal.
    #[diesel(sql_type = Nullable<Text>)]
    pub invite_token_hash: Option<String>,
    /// End of the invite.
    #[diesel(sql_type = Nullable<Text>)]
    pub invite_expires_at: Option<String>,
    /// When the password was set.
    #[diesel(sql_type = Nullable<Text>)]
    pub password_changed_at: Option<String>,
    /// End of a lock.
    #[diesel(sql_type = Nullable<Text>)]
    pub locked_until: Option<String>,
    /// When the account was made.
    #[diesel(sql_type = Text)]
    pub created_at: String,
    /// When it last changed.
    #[diesel(sql_type = Text)]
    pub updated_at: String,
}

/// An API key as the platform stores it.
#[derive(Clone, Debug, QueryableByName)]
pub struct DangoApiKey {
    /// UUID.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// Its owner.
    #[diesel(sql_type = Text)]
    pub user_id: String,
    /// What its owner calls it.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// SHA-256 of the key, in hexadecimal.
    #[diesel(sql_type = Text)]
    pub key_hash: String,
    /// Its first characters.
    #[diesel(sql_type = Text)]
    pub key_prefix: String,
    /// 0 or 1.
    #[diesel(sql_type = BigInt)]
    pub is_active: i64,
    /// When it was made.
    #[diesel(sql_type = Text)]
    pub created_at: String,
    /// When it was last used.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_used_at: Option<String>,
    /// When it stops working.
    #[diesel(sql_type = Nullable<Text>)]
    pub expires_at: Option<String>,
}

/// What is taken over from the platform's database.
#[derive(Clone, Debug)]
pub struct DangoDatabase {
    /// Everybody, oldest first.
    pub users: Vec<DangoUser>,
    /// All keys, oldest first.
    pub api_keys: Vec<DangoApiKey>,
}

/// Reads `auth.db` of the Dango data platform without touching it.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::NotADatabase`], or [`StoreError::Foreign`] when its tables
/// are not those of the platform (version 1.0.6 or later).
#[allow(clippy::disallowed_methods)] // a file of another program, which the store's opener would refuse
pub fn read_dango(path: &Path) -> Answer<DangoDatabase> {
    let shown = || path.display().to_string();
    if !path.is_file() {
        return Err(StoreError::Missing { path: shown() });
    }
    let unreadable = |error: std::io::Error| {
        StoreError::unavailable(format!("{} cannot be copied: {error}", shown()), false)
    };
    let folder = tempfile::tempdir().map_err(unreadable)?;
    let copy = folder.path().join("auth.db");
    fs::copy(path, &copy).map_err(unreadable)?;
    for suffix in ["-wal", "-shm"] {
        let beside = Path::new(&format!("{}{suffix}", shown())).to_owned();
        if beside.is_file() {
            let target = folder.path().join(format!("auth.db{suffix}"));
            fs::copy(beside, target).map_err(unreadable)?;
        }
    }
    let not_one = |_| StoreError::NotADatabase { path: shown() };
    let mut connection =
        SqliteConnection::establish(&copy.display().to_string()).map_err(not_one)?;
    let foreign = |error: diesel::result::Error| {
        tracing::debug!(%error, "reading another program's database");
        StoreError::Foreign { path: shown() }
    };
    let users = sql_query("SELECT * FROM users ORDER BY created_at, id");
    let api_keys = sql_query("SELECT * FROM api_keys ORDER BY created_at, id");
    Ok(DangoDatabase {
        users: users.load(&mut connection).map_err(foreign)?,
        api_keys: api_keys.load(&mut connection).map_err(foreign)?,
    })
}
