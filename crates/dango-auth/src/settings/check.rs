//! What settings must keep together.

use super::Settings;
use super::error::{Place, SettingError, SettingFault};
use super::origin::Origin;

/// Memory in KiB that each number of iterations needs at least (ASVS 5.0 appendix C, Argon2id with one lane).
const HASH_FLOOR: [(u32, u32); 5] = [
    (1, 47_104),
    (2, 19_456),
    (3, 12_288),
    (4, 9_216),
    (5, 7_168),
];

/// The faults of settings that are right each for itself.
pub(super) fn together(settings: &Settings) -> Vec<SettingError> {
    let hashing = hash_floor(settings);
    let metabase = settings
        .metabase
        .fault()
        .map(|(name, message)| conflict(settings, name, message.to_owned()));
    let lanes = (settings.hashing.memory_kib < 8 * settings.hashing.parallelism).then(|| {
        conflict(
            settings,
            "hashing.parallelism",
            "needs 8 KiB of hashing.memory_kib for each lane".to_owned(),
        )
    });
    [hashing, metabase, lanes].into_iter().flatten().collect()
}

fn hash_floor(settings: &Settings) -> Option<SettingError> {
    let cost = settings.hashing;
    let enough = HASH_FLOOR
        .iter()
        .any(|(passes, memory)| cost.iterations >= *passes && cost.memory_kib >= *memory);
    (!enough).then(|| {
        let rows: Vec<_> = HASH_FLOOR
            .iter()
            .map(|(passes, memory)| format!("{memory} with {passes}"))
            .collect();
        let message = format!(
            "is too low for hashing.iterations {}: at least {} iterations",
            cost.iterations,
            rows.join(", ")
        );
        conflict(settings, "hashing.memory_kib", message)
    })
}

/// A fault placed where the setting comes from.
fn conflict(settings: &Settings, name: &'static str, message: String) -> SettingError {
    let place = match settings.origin(name) {
        Some(Origin::File { path, line }) => Place::File {
            path: path.clone(),
            line: *line,
        },
        Some(Origin::Environment { variable }) => Place::Environment {
            variable: variable.clone(),
        },
        Some(Origin::Argument { option }) => Place::Argument {
            option: option.clone(),
        },
        Some(Origin::Runtime { .. }) => Place::Stored,
        Some(Origin::Default | Origin::Profile(_)) | None => Place::Proposed,
    };
    SettingError::new(place, SettingFault::Conflict, message).of(name)
}
