//! The result of checking the audit log's chain.

use dango_auth_store::ports::ChainReport;
use serde::{Deserialize, Serialize};

/// Whether the audit log is what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainObject {
    /// Whether every row is what was written.
    pub intact: bool,
    /// How many rows are intact, counted from the first.
    pub rows: u64,
    /// The first row that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
    /// What is wrong with it: `edited`, `missing`, `extra`, `truncated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<ChainReport> for ChainObject {
    fn from(report: ChainReport) -> Self {
        match report {
            ChainReport::Intact { rows } => Self {
                intact: true,
                rows,
                broken_at: None,
                reason: None,
            },
            ChainReport::Broken { at, reason, intact } => Self {
                intact: false,
                rows: intact,
                broken_at: Some(at),
                reason: Some(reason.to_owned()),
            },
        }
    }
}
