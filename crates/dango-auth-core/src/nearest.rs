//! The known word nearest to a mistyped one, for "did you mean" suggestions.

/// The candidate nearest to `word`, when one is near enough to be what was meant.
///
/// Near enough means at most one edit (insertion, deletion, replacement, swap of neighbours) per
/// three characters, and at least one; case does not count.
///
/// ```
/// use dango_auth_core::nearest;
/// assert_eq!(nearest("edtior", ["viewer", "editor"]), Some("editor"));
/// assert_eq!(nearest("owner", ["admin", "editor"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words are not worth the quadratic work: nothing we name is longer than this.
    if word.len() > 128 {
        return None;
    }
    let word = word.to_lowercase();
    let reach = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::osa_distance(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
