//! Telling whether somebody has committed.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use super::{Detection, Trouble};
use crate::link::Link;

/// Tells whether anybody may have committed since it was last asked; true when first asked.
///
/// INVARIANT: what it remembers was looked at before it answers, so that a commit between its answer and
/// the read that follows shows again the next time.
pub(super) trait Detector {
    fn has_moved(&mut self, link: &mut Link) -> Result<bool, Trouble>;

    fn kind(&self) -> Detection;
}

/// Knows nothing, so something may always have moved.
pub(super) struct Always;

impl Detector for Always {
    fn has_moved(&mut self, _: &mut Link) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn kind(&self) -> Detection {
        Detection::None
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// Asks SQLite, which counts the commits of all connections but the one asked on.
#[derive(Default)]
pub(super) struct DataVersion(Option<i64>);

impl Detector for DataVersion {
    fn has_moved(&mut self, link: &mut Link) -> Result<bool, Trouble> {
        let found: Version = sql_query("PRAGMA data_version").get_result(link)?;
        Ok(self.0.replace(found.data_version) != Some(found.data_version))
    }

    fn kind(&self) -> Detection {
        Detection::DataVersion
    }
}
