//! Accounts as they are shown.

use dango_auth::ports::UserRow;
use dango_auth::view::UserObject;
use dango_auth::{Auth, Error};

/// The user object under the settings in force now.
///
/// # Errors
/// Those of reading the settings.
pub(crate) fn user(auth: &Auth, row: &UserRow) -> Result<UserObject, Error> {
    Ok(UserObject::new(
        row,
        auth.settings()?.password.max_age_days,
        auth.now(),
    ))
}
