//! The environment variables by which `cargo xtask test` and the tests talk to each other.

/// URL of an administration database of a running PostgreSQL; tests create their own databases from it.
pub const POSTGRES_URL: &str = "DANGO_TEST_POSTGRES_URL";
/// `1` turns every skip into a failure.
pub const STRICT: &str = "DANGO_TEST_STRICT";
/// `1` runs the long campaigns instead of their short form.
pub const THOROUGH: &str = "DANGO_TEST_THOROUGH";
/// How long one long campaign may go on; without it, until all rounds are done.
pub const CAMPAIGN_SECONDS: &str = "DANGO_TEST_CAMPAIGN_SECONDS";
/// File to which skipped tests append a line each.
pub const SKIP_LOG: &str = "DANGO_TEST_SKIP_LOG";
/// File to which a line is appended for every page that was checked by the accessibility rules.
pub const AXE_LOG: &str = "DANGO_TEST_AXE_LOG";
/// `1` says that the workspace's binaries have just been built.
pub const BINARIES_BUILT: &str = "DANGO_TEST_BINARIES_BUILT";
/// Folder into which the browser's tests write pictures of every page.
pub const SCREENSHOTS: &str = "DANGO_TEST_SCREENSHOTS";
/// `1` makes the tests of generated pages write them instead of comparing.
pub const UPDATE_DOCS: &str = "UPDATE_DOCS";

/// Reads a variable; empty counts as unset.
#[allow(clippy::disallowed_methods)] // the one place where tests read their environment
pub fn value(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether a variable is `1`.
pub fn is_on(name: &str) -> bool {
    value(name).is_some_and(|value| value == "1")
}

/// Whether the long campaigns were asked for.
pub fn thorough() -> bool {
    is_on(THOROUGH)
}
