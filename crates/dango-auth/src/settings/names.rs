//! From the name somebody wrote to the setting that is meant.

use dango_auth_core::nearest;

use super::key::Key;
use super::keys::KEYS;

/// What a dotted name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    Setting(&'static Key),
    /// A group of settings, such as `lockout`.
    Group,
    /// Known from Dango's own files and without effect here; the text says why.
    Ignored(&'static str),
    Unknown,
}

/// Spellings of Dango that are understood and have no effect (contract §6).
const IGNORED: [(&str, &str); 2] = [
    (
        "enabled",
        "is ignored: sign-in is switched by `dango auth enable` and `dango auth disable`",
    ),
    (
        "oauth_providers",
        "is ignored: signing in by a provider is not supported yet",
    ),
];

pub(super) fn meaning(name: &str) -> Meaning {
    if let Some(key) = setting(name) {
        return Meaning::Setting(key);
    }
    let first = name.split('.').next().unwrap_or(name);
    if let Some((_, why)) = IGNORED.iter().find(|(ignored, _)| *ignored == first) {
        return Meaning::Ignored(why);
    }
    if groups().any(|group| group == name) {
        Meaning::Group
    } else {
        Meaning::Unknown
    }
}

/// The setting of exactly this name or alias.
pub(super) fn setting(name: &str) -> Option<&'static Key> {
    KEYS.iter()
        .find(|key| key.name == name || key.aliases.contains(&name))
}

/// The settings within a group, for the error that says a group is no value.
pub(super) fn members(group: &str) -> String {
    let within = |key: &&Key| {
        key.name
            .strip_prefix(group)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    let names: Vec<_> = KEYS.iter().filter(within).map(|key| key.name).collect();
    names.join(", ")
}

fn groups() -> impl Iterator<Item = &'static str> {
    KEYS.iter().flat_map(|key| {
        key.name
            .match_indices('.')
            .filter_map(|(end, _)| key.name.get(..end))
    })
}

/// The name that was probably meant: another spelling, the same last part in another group, or a near miss.
pub(super) fn suggestion(name: &str) -> Option<String> {
    let name = name.to_lowercase().replace('-', "_");
    if let Some(key) = setting(&name) {
        return Some(key.name.to_owned());
    }
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    let mut same_last = KEYS.iter().filter(|key| last(key.name) == last(&name));
    if let (Some(only), None) = (same_last.next(), same_last.next()) {
        return Some(only.name.to_owned());
    }
    let known = KEYS.iter().map(|key| key.name).chain(groups());
    nearest(&name, known).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_find_near_misses_other_groups_and_other_spellings() {
        let cases = [
            ("lockout.max_atempts", Some("lockout.max_attempts")),
            ("max_attempts", Some("lockout.max_attempts")),
            ("session.idle_timeout_minutes", Some("idle_timeout_minutes")),
            ("Idle-Timeout-Minutes", Some("idle_timeout_minutes")),
            ("lokout", Some("lockout")),
            ("require_mfa", Some("require_2fa")),
            ("colour", None),
        ];
        for (given, meant) in cases {
            assert_eq!(suggestion(given).as_deref(), meant, "{given}");
        }
    }

    #[test]
    fn names_groups_aliases_and_ignored_spellings_are_told_apart() {
        assert!(
            matches!(meaning("password_max_age_days"), Meaning::Setting(key) if key.name() == "password.max_age_days")
        );
        assert!(matches!(meaning("rate_limit.login"), Meaning::Group));
        assert!(matches!(
            meaning("oauth_providers.google.client_id"),
            Meaning::Ignored(_)
        ));
        assert!(matches!(meaning("rate_limit.logins"), Meaning::Unknown));
    }
}
