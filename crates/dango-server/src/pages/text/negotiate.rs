//! Which language to answer in.

use super::{DE, EN, Text};

/// Picks the catalogue for an `Accept-Language` header (RFC 9110 §12.5.4); English when none fits.
pub(crate) fn choose(accept_language: Option<&str>) -> &'static Text {
    let mut best: (&'static Text, u16) = (&EN, 0);
    for entry in accept_language.unwrap_or_default().split(',') {
        let (tag, weight) = read(entry);
        let primary = tag.split('-').next().unwrap_or_default();
        let known = [&EN, &DE]
            .into_iter()
            .find(|text| primary.eq_ignore_ascii_case(text.lang));
        if let Some(text) = known.filter(|_| weight > best.1) {
            best = (text, weight);
        }
    }
    best.0
}

/// Splits `de-AT;q=0.8` into the tag and its weight in thousandths; nonsense weighs nothing.
fn read(entry: &str) -> (&str, u16) {
    let Some((tag, parameter)) = entry.split_once(';') else {
        return (entry.trim(), 1000);
    };
    let weight = parameter
        .trim()
        .strip_prefix("q=")
        .and_then(|text| text.parse::<f32>().ok());
    let thousandths = weight
        .filter(|q| (0.0..=1.0).contains(q))
        .map_or(0.0, |q| q * 1000.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    (tag.trim(), thousandths as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_known_language_wins_and_english_is_the_rest() {
        for (header, expected) in [
            (None, "en"),
            (Some(""), "en"),
            (Some("de"), "de"),
            (Some("de-AT,de;q=0.9,en;q=0.8"), "de"),
            (Some("fr, en;q=0.8, de;q=0.7"), "en"),
            (Some("fr;q=1, de;q=0.1"), "de"),
            (Some("de;q=0, en;q=0.1"), "en"),
            (Some("de;q=NaN"), "en"),
        ] {
            assert_eq!(choose(header).lang, expected, "{header:?}");
        }
    }
}
