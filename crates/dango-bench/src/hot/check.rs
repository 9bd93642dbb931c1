//! Today's instruction counts against those that are written down.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Case, counted, policy};
use crate::Failure;

/// How far a count may be above or below what is written down before that must be looked at.
const TOLERANCE: f64 = 0.05;

type Counts = BTreeMap<String, u64>;

/// Counts every case; fails where one has moved, or writes down what was counted.
pub(crate) fn run(update: bool) -> Result<(), Failure> {
    let path = file();
    let known: Counts = match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) if update => Counts::new(),
        Err(error) => {
            let what = "nothing is written down yet; run it with --update";
            return Err(format!("{}: {error}: {what}", path.display()).into());
        }
    };
    let mut counts = Counts::new();
    let mut moved = Vec::new();
    println!("| case | instructions | written down | |");
    println!("|---|---:|---:|---:|");
    let requests = Case::ALL.map(|case| (case.name(), counted::REQUESTS));
    let questions = policy::WAYS.map(|way| (way, counted::QUESTIONS));
    for (name, runs) in requests.into_iter().chain(questions) {
        let count = counted::of(name, runs)?;
        let before = known.get(name).copied().unwrap_or_default();
        println!(
            "| {name} | {count} | {before} | {} |",
            change(before, count)
        );
        if !is_near(before, count) {
            moved.push(name);
        }
        counts.insert(name.to_owned(), count);
    }
    if update {
        std::fs::write(&path, serde_json::to_string_pretty(&counts)? + "\n")?;
        return Ok(());
    }
    if moved.is_empty() {
        return Ok(());
    }
    let names = moved.join(", ");
    let what = "more than five in a hundred away from what is written down";
    Err(format!("{what}: {names}; where that is meant, run it with --update").into())
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

fn is_near(before: u64, now: u64) -> bool {
    (now as f64 - before as f64).abs() <= before as f64 * TOLERANCE
}

fn change(before: u64, now: u64) -> String {
    if before == 0 {
        return "new".to_owned();
    }
    format!("{:+.1} %", (now as f64 / before as f64 - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_may_move_by_five_in_a_hundred() {
        assert!(is_near(1_000, 1_050) && is_near(1_000, 950));
        assert!(!is_near(1_000, 1_051) && !is_near(1_000, 949));
        assert!(!is_near(0, 1), "what was never written down");
        assert_eq!(change(1_000, 1_100), "+10.0 %");
    }
}
