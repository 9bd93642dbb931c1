//! The program says what its README shows.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use assert_cmd::Command;

#[test]
fn the_program_prints_what_the_readme_shows() {
    let output = Command::new(env!("CARGO_BIN_EXE_example-core-only")).unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let readme = include_str!("../README.md");
    assert!(readme.contains(&printed), "the README lacks:\n{printed}");
}
