//! The session object.

use chrono::{DateTime, Utc};
use dango_auth_core::id::SessionId;
use dango_auth_core::session::{Session, SessionLimits};
use serde::{Deserialize, Serialize};

use super::instant;

/// A session as its owner and administrators see it; never its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionObject {
    /// Names it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub id: SessionId,
    /// When it was made.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[serde(with = "instant")]
    pub last_activity: DateTime<Utc>,
    /// When it ends if it is not used again.
    #[serde(with = "instant")]
    pub expires_at: DateTime<Utc>,
    /// The address it was made from.
    pub ip_address: Option<String>,
    /// The browser it was made with.
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl SessionObject {
    /// Shows a session under the limits in force; `is_current` when it is the one that asks.
    pub fn new(session: &Session, limits: &SessionLimits, is_current: bool) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at,
            last_activity: session.last_activity,
            expires_at: session.ends_at(limits),
            ip_address: session.ip.map(|ip| ip.to_string()),
            user_agent: session.user_agent.clone(),
            is_current,
        }
    }
}
