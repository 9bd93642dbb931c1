//! A note for administrators: how the mirror in Metabase stands.

use dango_auth::metabase::MirrorReport;

use super::filters::count_of;
use super::frame::{Notice, Tone};
use super::text::Text;

/// What to tell, if there is anything: an outage, failures, what is on its way, what was put right.
pub(super) fn note(report: &MirrorReport, text: &Text) -> Option<Notice> {
    let words = &text.users;
    let (people, failing) = (report.waiting.people, report.waiting.failing);
    let drift = u64::from(report.mirror.drift);
    let (tone, phrase, count) = if report.mirror.outage.is_some() {
        (Tone::Bad, words.metabase_outage, people)
    } else if failing > 0 {
        (Tone::Bad, words.metabase_failing, failing)
    } else if people > 0 {
        (Tone::Wait, words.metabase_waiting, people)
    } else if drift > 0 {
        (Tone::Wait, words.metabase_drift, drift)
    } else {
        return None;
    };
    Some(Notice {
        tone,
        text: count_of(phrase, count),
    })
}
