//! Rows, the table for people and the file for programs.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Failure;
use crate::measure::{Pair, Spread};

/// What a row has to keep to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// Our figure is at most this.
    AtMost(f64),
    /// Our figure by the other's is at least this.
    RatioAtLeast(f64),
    /// Our figure by the other's is at most this.
    RatioAtMost(f64),
}

/// One line of a table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    case: String,
    unit: &'static str,
    ours: Spread,
    other: Option<(String, Spread, f64)>,
    budget: Option<Budget>,
    sized: Option<Sized>,
}

/// Where a row belongs in a plot of cost against size.
#[derive(Clone, Copy, Debug)]
struct Sized {
    question: &'static str,
    of: usize,
    least: usize,
}

impl Row {
    /// Our figures alone.
    pub(crate) fn alone(case: impl Into<String>, unit: &'static str, ours: Spread) -> Self {
        Self {
            case: case.into(),
            unit,
            ours,
            other: None,
            budget: None,
            sized: None,
        }
    }

    /// Our figures beside those of `other`.
    pub(crate) fn beside(
        case: impl Into<String>,
        unit: &'static str,
        pair: Pair,
        other: impl Into<String>,
    ) -> Self {
        let ratio = pair.ratio.median();
        Self {
            other: Some((other.into(), pair.other, ratio)),
            ..Self::alone(case, unit, pair.ours)
        }
    }

    /// With a budget.
    #[must_use]
    pub(crate) fn within(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// As what a question costs with `of` rows, beside its cost with `least`.
    #[must_use]
    pub(crate) fn sized(mut self, question: &'static str, of: usize, least: usize) -> Self {
        self.sized = Some(Sized {
            question,
            of,
            least,
        });
        self
    }

    /// Whether the budget is kept to; nothing without a budget.
    fn is_met(&self) -> Option<bool> {
        let ratio = self.other.as_ref().map_or(f64::NAN, |(.., ratio)| *ratio);
        self.budget.map(|budget| match budget {
            Budget::AtMost(limit) => self.ours.median() <= limit,
            Budget::RatioAtLeast(limit) => ratio >= limit,
            Budget::RatioAtMost(limit) => ratio <= limit,
        })
    }

    fn cells(&self) -> [String; 7] {
        let spread = |spread: &Spread| {
            let (low, high) = (spread.quantile(0.25), spread.quantile(0.75));
            format!(
                "{} ({}–{})",
                short(spread.median()),
                short(low),
                short(high)
            )
        };
        let other = self.other.as_ref();
        let budget = self.budget.map(|budget| match budget {
            Budget::AtMost(limit) => format!("≤ {limit} {}", self.unit),
            Budget::RatioAtLeast(limit) => format!("≥ {limit} ×"),
            Budget::RatioAtMost(limit) => format!("≤ {limit} ×"),
        });
        let met = self.is_met().map(|met| if met { "met" } else { "missed" });
        [
            self.case.clone(),
            self.unit.to_owned(),
            spread(&self.ours),
            other.map_or_else(String::new, |(what, figures, _)| {
                format!("{} {what}", spread(figures))
            }),
            other.map_or_else(String::new, |(.., ratio)| short(*ratio)),
            budget.unwrap_or_default(),
            met.unwrap_or_default().to_owned(),
        ]
    }

    fn json(&self) -> Value {
        let figures = |spread: &Spread| json!({"median": spread.median(), "low": spread.quantile(0.25), "high": spread.quantile(0.75)});
        let other = self.other.as_ref().map(|(what, spread, ratio)| {
            json!({"what": what, "figures": figures(spread), "ratio": ratio})
        });
        json!({
            "case": self.case,
            "unit": self.unit,
            "ours": figures(&self.ours),
            "other": other,
            "budget": self.budget.map(|budget| format!("{budget:?}")),
            "met": self.is_met(),
            "sized": self.sized.map(|sized| json!({
                "question": sized.question, "of": sized.of, "least": sized.least,
            })),
        })
    }
}

/// The rows of one benchmark.
pub(crate) struct Report {
    name: &'static str,
    rows: Vec<Row>,
}

impl Report {
    /// Of a benchmark that has run.
    pub(crate) const fn new(name: &'static str, rows: Vec<Row>) -> Self {
        Self { name, rows }
    }

    /// Prints the table, as Markdown.
    pub(crate) fn print(&self) {
        if self.rows.is_empty() {
            return;
        }
        println!("| case | unit | ours (quartiles) | compared with | ratio | budget | |");
        println!("|---|---|---|---|---:|---|---|");
        for row in &self.rows {
            println!("| {} |", row.cells().join(" | "));
        }
    }

    /// How many budgets are kept to, of how many.
    pub(crate) fn met(&self) -> (usize, usize) {
        let verdicts: Vec<bool> = self.rows.iter().filter_map(Row::is_met).collect();
        let met = verdicts.iter().filter(|met| **met).count();
        (met, verdicts.len())
    }

    /// Writes the figures to `target/bench/NAME.json`.
    pub(crate) fn write(&self) -> Result<PathBuf, Failure> {
        let folder = Path::new("target/bench");
        std::fs::create_dir_all(folder)?;
        let path = folder.join(self.name).with_extension("json");
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let document = json!({"benchmark": self.name, "load": load.trim(), "rows": rows});
        std::fs::write(&path, serde_json::to_string_pretty(&document)?)?;
        Ok(path)
    }
}

/// Three digits that count.
fn short(figure: f64) -> String {
    let size = figure.abs();
    if size >= 100.0 {
        format!("{figure:.0}")
    } else if size >= 10.0 {
        format!("{figure:.1}")
    } else {
        format!("{figure:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::in_turn;

    #[test]
    fn a_row_tells_whether_its_budget_is_met() {
        let row = |budget| {
            let pair = in_turn(1, || Ok(8.0), || Ok(10.0)).unwrap();
            Row::beside("a", "ms", pair, "b").within(budget).is_met()
        };
        assert_eq!(row(Budget::RatioAtLeast(0.8)), Some(true));
        assert_eq!(row(Budget::RatioAtLeast(0.81)), Some(false));
        assert_eq!(row(Budget::RatioAtMost(0.7)), Some(false));
        assert_eq!(row(Budget::AtMost(8.0)), Some(true));
        let alone = Row::alone("a", "ms", Spread::of(vec![1.0]));
        assert_eq!(alone.is_met(), None);
        let unmeasured = alone.within(Budget::RatioAtMost(1.0));
        assert_eq!(unmeasured.is_met(), Some(false));
    }

    #[test]
    fn figures_have_three_digits() {
        assert_eq!([0.5, 12.34, 1234.5].map(short), ["0.50", "12.3", "1234"]);
    }
}
