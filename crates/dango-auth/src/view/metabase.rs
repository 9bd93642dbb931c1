//! How the mirror in Metabase stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::instant;
use crate::metabase::{Comparison, Difference, MirrorReport, SyncReport};

/// Metabase cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetabaseOutageObject {
    /// Since when.
    #[serde(with = "instant")]
    pub since: DateTime<Utc>,
    /// Tries in a row that failed.
    pub failures: u32,
    /// What failed last.
    pub error: String,
    /// When it is tried next.
    #[serde(with = "instant")]
    pub retry_at: DateTime<Utc>,
}

/// Somebody who waits to be brought in line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetabaseWaitingObject {
    /// The username.
    pub user: String,
    /// Since when.
    #[serde(with = "instant")]
    pub since: DateTime<Utc>,
    /// Tries that failed.
    pub attempts: u32,
    /// What failed last.
    pub error: Option<String>,
}

/// How the mirror stands, from what was noted; Metabase is not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetabaseObject {
    /// The server's address.
    pub url: String,
    /// How many people wait to be brought in line.
    pub waiting: u64,
    /// With how many of them it failed.
    pub failing: u64,
    /// Since when the first of them waits.
    #[serde(with = "instant::option")]
    pub waiting_since: Option<DateTime<Utc>>,
    /// How many people had been changed in Metabase itself when everybody was compared last.
    pub drift: u32,
    /// When that was.
    #[serde(with = "instant::option")]
    pub compared_at: Option<DateTime<Utc>>,
    /// Why nothing gets through now.
    pub outage: Option<MetabaseOutageObject>,
    /// Who waits, longest first; the first of them when there are many.
    pub people: Vec<MetabaseWaitingObject>,
}

impl From<&MirrorReport> for MetabaseObject {
    fn from(report: &MirrorReport) -> Self {
        let outage = report.mirror.outage.as_ref();
        let people = report.people.iter();
        Self {
            url: report.mirror.url.clone(),
            waiting: report.waiting.people,
            failing: report.waiting.failing,
            waiting_since: report.waiting.oldest,
            drift: report.mirror.drift,
            compared_at: report.mirror.reconciled_at,
            outage: outage.map(|outage| MetabaseOutageObject {
                since: outage.since,
                failures: outage.failures,
                error: outage.error.clone(),
                retry_at: outage.retry_at,
            }),
            people: people
                .map(|waiting| MetabaseWaitingObject {
                    user: waiting.name.clone(),
                    since: waiting.queued_at,
                    attempts: waiting.attempts,
                    error: waiting.last_error.clone(),
                })
                .collect(),
        }
    }
}

/// Somebody who is not in Metabase what they are here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceObject {
    /// The username; the address in Metabase for somebody who is gone here.
    pub user: String,
    /// `missing`, `unlinked`, `different` or `gone`.
    pub reason: String,
    /// What they should be: `superuser`, `editor`, `all_users` or `deactivated`.
    pub wanted: String,
    /// What they are; nothing when there is no account.
    pub found: Option<String>,
    /// Whether they wait in the outbox.
    pub waiting: bool,
}

/// What comparing everybody found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonObject {
    /// Whether everything is as it should be.
    pub in_line: bool,
    /// How many people there are here.
    pub people: usize,
    /// Who is not in line.
    pub differences: Vec<DifferenceObject>,
    /// Who has no account there, because Metabase takes none without a usual address.
    pub without_address: Vec<String>,
    /// Whoever has the account that Dango signs in with; it is left as it is.
    pub service_account: Option<String>,
    /// Accounts there that are nobody's here; they are left as they are.
    pub strangers: usize,
    /// Whether the group of editors is missing.
    pub group_missing: bool,
    /// Whether rights on the database differ.
    pub rights_differ: bool,
}

impl From<&Comparison> for ComparisonObject {
    fn from(comparison: &Comparison) -> Self {
        Self {
            in_line: comparison.is_in_line(),
            people: comparison.people,
            differences: comparison.differences.iter().map(difference).collect(),
            without_address: comparison.without_address.clone(),
            service_account: comparison.service_account.clone(),
            strangers: comparison.strangers,
            group_missing: comparison.group_missing,
            rights_differ: comparison.rights_differ,
        }
    }
}

fn difference(found: &Difference) -> DifferenceObject {
    DifferenceObject {
        user: found.person.name.clone(),
        reason: found.reason.as_str().to_owned(),
        wanted: found.wanted.as_str().to_owned(),
        found: found.found.map(|standing| standing.as_str().to_owned()),
        waiting: found.waiting,
    }
}

/// What bringing everybody in line did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncObject {
    /// Whether nobody waits any more.
    pub in_line: bool,
    /// How many people were brought in line or were so already.
    pub delivered: usize,
    /// With how many it failed.
    pub failed: usize,
    /// What was found before.
    pub before: ComparisonObject,
    /// How it stands now.
    pub after: MetabaseObject,
}

impl From<&SyncReport> for SyncObject {
    fn from(report: &SyncReport) -> Self {
        Self {
            in_line: report.after.waiting.people == 0,
            delivered: report.done.delivered,
            failed: report.done.failed,
            before: ComparisonObject::from(&report.before),
            after: MetabaseObject::from(&report.after),
        }
    }
}
