//! What an operator should put right.

use std::io;

use dango_auth::doctor::{Finding, Level};
use serde::Serialize;

use crate::output::{Output, Show, Table, Text, Tone};

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    /// Whether there is no problem; warnings may remain.
    pub(crate) healthy: bool,
    findings: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    area: &'static str,
    level: &'static str,
    message: String,
    fix: Option<String>,
}

impl Health {
    /// Findings as they are shown.
    pub(crate) fn new(findings: &[Finding]) -> Self {
        let found = |finding: &Finding| Found {
            area: finding.area,
            level: finding.level.as_str(),
            message: finding.message.clone(),
            fix: finding.fix.clone(),
        };
        Self {
            healthy: findings
                .iter()
                .all(|finding| finding.level != Level::Problem),
            findings: findings.iter().map(found).collect(),
        }
    }
}

impl Show for Health {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let mut table = Table::new(["Area", "Result", "Finding", "What to do"]);
        for found in &self.findings {
            let tone = match found.level {
                "good" => Tone::Good,
                "warning" => Tone::Caution,
                _ => Tone::Bad,
            };
            table.row([
                found.area.into(),
                Text::toned(tone, found.level),
                found.message.as_str().into(),
                found.fix.as_deref().unwrap_or_default().into(),
            ]);
        }
        output.table(&table)
    }
}
