//! The user object.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::user::Status;
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ports::UserRow;
use serde::{Deserialize, Serialize};

use super::instant;

/// Where somebody may act: everywhere, or as what in which workspace (contract §1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessObject {
    /// Every workspace, with the top-level role.
    pub all: bool,
    /// The workspaces granted; left out of `{"all": true}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantObject>>,
}

/// A role in one workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantObject {
    /// Where.
    pub workspace: String,
    /// As what.
    pub role: String,
}

impl AccessObject {
    /// The grants; none for access everywhere.
    pub fn grants(&self) -> &[GrantObject] {
        self.grants.as_deref().unwrap_or_default()
    }
}

impl From<&WorkspaceAccess> for AccessObject {
    fn from(access: &WorkspaceAccess) -> Self {
        let grant = |grant: &dango_auth_core::workspace::Grant| GrantObject {
            workspace: grant.workspace.as_str().to_owned(),
            role: grant.role.as_str().to_owned(),
        };
        let all = access.is_everywhere();
        let grants = (!all).then(|| access.grants().iter().map(grant).collect());
        Self { all, grants }
    }
}

/// A person's account as contract §4.1 lists its members.
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the members of the contract"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserObject {
    /// Names the account.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub id: UserId,
    /// The login name.
    pub username: String,
    /// The address, or the username where there is none.
    pub email: String,
    /// The top-level role.
    pub role: String,
    /// The word of [`Status`].
    pub status: String,
    /// Whether the account may act at all.
    pub is_active: bool,
    /// Whether a second factor is on.
    pub totp_enabled: bool,
    /// The provider this person signs in with; always `null` until there are providers.
    pub oauth_provider: Option<String>,
    /// The most failures counted for any one source since the last success.
    pub failed_login_attempts: u32,
    /// The latest end of a lock; may have passed.
    #[serde(with = "instant::option")]
    pub locked_until: Option<DateTime<Utc>>,
    /// Whether another password has to be chosen before anything else.
    pub must_change_password: bool,
    /// The last complete sign-in.
    #[serde(with = "instant::option")]
    pub last_login: Option<DateTime<Utc>>,
    /// When the open invite stops working; may have passed.
    #[serde(with = "instant::option")]
    pub invite_expires_at: Option<DateTime<Utc>>,
    /// Whether there is an invite that still works.
    pub has_pending_invite: bool,
    /// Where the account may act.
    pub workspace_access: AccessObject,
    /// When it was made.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[serde(with = "instant")]
    pub updated_at: DateTime<Utc>,
}

impl UserObject {
    /// Shows an account at `now`; `max_age_days` is the setting `password.max_age_days` (0 is off).
    pub fn new(row: &UserRow, max_age_days: u32, now: DateTime<Utc>) -> Self {
        let user = &row.user;
        let password = user.password.as_ref();
        let invite = user.invite.as_ref();
        let status: Status = user.status(row.lock.locked_until, now);
        Self {
            id: user.id,
            username: user.username.as_str().to_owned(),
            email: user.display_email().to_owned(),
            role: user.role.as_str().to_owned(),
            status: status.as_str().to_owned(),
            is_active: user.is_active(),
            totp_enabled: row.second_factor_on,
            oauth_provider: None,
            failed_login_attempts: row.lock.failed_attempts,
            locked_until: row.lock.locked_until,
            must_change_password: password.is_some_and(|it| it.must_be_changed(max_age_days, now)),
            last_login: user.last_login,
            invite_expires_at: invite.map(|invite| invite.expires_at),
            has_pending_invite: invite.is_some_and(|invite| !invite.is_expired(now)),
            workspace_access: AccessObject::from(&user.access),
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// A user just made, or given a new secret, with what is shown this once.
///
/// SECURITY: holds a secret in plain text; write it out and drop it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedUserObject {
    /// The account.
    pub user: UserObject,
    /// The link that lets its holder set the first password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_url: Option<String>,
    /// The password to hand over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temp_password: Option<String>,
}

impl std::fmt::Debug for CreatedUserObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedUserObject")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use dango_auth_core::id::Version;
    use dango_auth_core::name::Username;
    use dango_auth_core::role;
    use dango_auth_core::user::{Invite, Standing, User};
    use dango_auth_core::workspace::WorkspaceAccess;
    use dango_auth_store::ports::LockSummary;

    use super::*;

    fn alice(invite: Option<Invite>) -> UserRow {
        let user = User {
            id: UserId::from_random([7; 16]),
            version: Version::NEW,
            username: Username::parse("alice").unwrap(),
            email: None,
            role: role::VIEWER,
            access: WorkspaceAccess::Everywhere,
            standing: Standing::Active,
            password: None,
            invite,
            security_epoch: 0,
            last_login: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        UserRow {
            user,
            second_factor_on: false,
            lock: LockSummary::default(),
        }
    }

    #[test]
    fn a_user_has_exactly_the_members_of_the_contract() {
        let object = UserObject::new(&alice(None), 0, DateTime::UNIX_EPOCH);
        insta::assert_json_snapshot!(object);
    }

    #[test]
    fn an_invite_is_pending_until_it_lapses() {
        let expires_at = DateTime::UNIX_EPOCH + chrono::Duration::hours(72);
        let invite = Invite {
            token_hash: dango_auth_core::token::TokenHash::from_bytes([1; 32]),
            expires_at,
        };
        let row = alice(Some(invite));
        let before = UserObject::new(&row, 0, expires_at - chrono::Duration::seconds(1));
        assert_eq!(
            (before.status.as_str(), before.has_pending_invite),
            ("invited", true)
        );
        let after = UserObject::new(&row, 0, expires_at);
        assert_eq!(
            (after.status.as_str(), after.has_pending_invite),
            ("invite_expired", false)
        );
        assert_eq!(after.invite_expires_at, Some(expires_at));
    }
}
