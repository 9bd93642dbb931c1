//! The state of the whole at a glance.

use std::collections::BTreeMap;

use dango_auth_core::name::Username;
use dango_auth_core::user::Status;
use serde::{Deserialize, Serialize};

use super::metabase::MetabaseObject;
use super::settings::SettingObject;
use crate::status::StatusReport;

/// How many users there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserCountsObject {
    /// All of them.
    pub total: u64,
    /// By status; every status is there.
    pub by_status: BTreeMap<String, u64>,
    /// By top-level role; roles that nobody has are left out.
    pub by_role: BTreeMap<String, u64>,
}

/// What an operator wants to know in one look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusObject {
    /// Whether sign-in is required.
    pub enabled: bool,
    /// Whether there was a first administrator.
    pub set_up: bool,
    /// How many users there are.
    pub users: UserCountsObject,
    /// Usable administrators without a second factor, by username; the first of them when there are many.
    pub admins_without_2fa: Vec<String>,
    /// The settings that matter most, with where each value comes from.
    pub settings: BTreeMap<String, SettingObject>,
    /// How the mirror in Metabase stands; left out while no server is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metabase: Option<MetabaseObject>,
    /// What to look at.
    pub warnings: Vec<String>,
}

impl From<&StatusReport> for StatusObject {
    fn from(report: &StatusReport) -> Self {
        let shown =
            |entry: &crate::settings::Entry| (entry.name().to_owned(), SettingObject::from(entry));
        Self {
            enabled: report.enabled,
            set_up: report.set_up,
            users: UserCountsObject::from(report),
            admins_without_2fa: report
                .admins_without_second_factor
                .iter()
                .map(Username::to_string)
                .collect(),
            settings: report.settings.iter().map(shown).collect(),
            metabase: report.metabase.as_ref().map(MetabaseObject::from),
            warnings: report.warnings.clone(),
        }
    }
}

impl From<&StatusReport> for UserCountsObject {
    fn from(report: &StatusReport) -> Self {
        let by_status = |status: Status| (status.as_str().to_owned(), report.with_status(status));
        let mut by_role = BTreeMap::new();
        for count in &report.counts {
            *by_role.entry(count.role.as_str().to_owned()).or_default() += count.count;
        }
        Self {
            total: report.total(),
            by_status: Status::ALL.into_iter().map(by_status).collect(),
            by_role,
        }
    }
}
