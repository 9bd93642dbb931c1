//! The fuzzer's functions, with the corpora that are checked in (`fuzz/`), and with every piece and mixture of
//! what is in them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a failing test is the aim; the functions are a crate's own elsewhere"
)]

#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn every_input_of_the_corpora_is_answered_whole_and_in_pieces() {
    for (name, target) in targets::TARGETS {
        let inputs = corpus(name);
        assert!(inputs.len() >= 3, "{name} has hardly any corpus");
        for input in &inputs {
            for end in 0..=input.len() {
                target(&input[..end]);
            }
            for at in 0..input.len() {
                let mut spoiled = input.clone();
                spoiled[at] ^= 0x80;
                target(&spoiled);
            }
            for other in &inputs {
                target(&[input.as_slice(), other.as_slice()].concat());
            }
        }
    }
}
