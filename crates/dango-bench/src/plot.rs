//! Cost against size, drawn from what was measured last.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::Failure;

/// Where the drawings go.
const FOLDER: &str = "docs/pictures";
/// Colours that can be told apart, also by those who see fewer of them, and on light and dark ground.
const COLOURS: [&str; 8] = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#999933", "#ee8866",
];
/// Dashes for lines that would share a colour.
const DASHES: [&str; 3] = ["none", "6 3", "2 3"];
/// Size of one panel, and the room beside it for names.
const PANEL: (f64, f64) = (420.0, 300.0);
const NAMES: f64 = 300.0;
const MARGIN: f64 = 50.0;

/// What one question costs in microseconds, by the number of rows.
type Line = BTreeMap<usize, f64>;

/// Draws a picture for each database that was measured.
pub(crate) fn draw() -> Result<(), Failure> {
    for (name, title) in [("scale", "SQLite"), ("scale-postgres", "PostgreSQL")] {
        let source = Path::new("target/bench").join(name).with_extension("json");
        let Ok(text) = std::fs::read_to_string(&source) else {
            println!(
                "    {} is missing; run `bench {name}` first",
                source.display()
            );
            continue;
        };
        let lines = lines(&serde_json::from_str(&text)?);
        let path = Path::new(FOLDER).join(name).with_extension("svg");
        std::fs::write(&path, picture(title, &lines)?)?;
        println!("    {}", path.display());
    }
    Ok(())
}

/// The rows of a report that have a size.
fn lines(report: &Value) -> BTreeMap<String, Line> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let rows = report.get("rows").and_then(Value::as_array);
    for row in rows.into_iter().flatten() {
        let Some(question) = row.pointer("/sized/question").and_then(Value::as_str) else {
            continue;
        };
        let line = lines.entry(question.to_owned()).or_default();
        let points = [
            ("/sized/of", "/ours/median"),
            ("/sized/least", "/other/figures/median"),
        ];
        for (size, cost) in points {
            let size = row.pointer(size).and_then(Value::as_u64);
            let cost = row.pointer(cost).and_then(Value::as_f64);
            if let (Some(size), Some(cost)) =
                (size.and_then(|size| usize::try_from(size).ok()), cost)
            {
                line.insert(size, cost);
            }
        }
    }
    lines
}

/// Two panels, one below the other: people with sessions, and events.
fn picture(title: &str, lines: &BTreeMap<String, Line>) -> Result<String, Failure> {
    let (events, others): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|(name, _)| name.starts_with("events"));
    let width = MARGIN * 2.0 + PANEL.0 + NAMES;
    let height = (PANEL.1 + MARGIN * 2.0) * 2.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}: cost of a question against the number of rows</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    panel(
        &mut svg,
        0.0,
        &format!("{title}: people and sessions"),
        &others,
    )?;
    panel(&mut svg, height / 2.0, &format!("{title}: events"), &events)?;
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The powers of ten around some figures.
fn decades(figures: impl Iterator<Item = f64>) -> (i32, i32) {
    let (mut low, mut high) = (i32::MAX, i32::MIN);
    for figure in figures.filter(|figure| *figure > 0.0) {
        #[allow(clippy::cast_possible_truncation)] // an exponent of ten
        let (below, above) = (figure.log10().floor() as i32, figure.log10().ceil() as i32);
        (low, high) = (low.min(below), high.max(above));
    }
    if low < high { (low, high) } else { (0, 1) }
}

fn panel(
    svg: &mut String,
    top: f64,
    title: &str,
    lines: &[(&String, &Line)],
) -> Result<(), Failure> {
    let sizes = decades(
        lines
            .iter()
            .flat_map(|(_, line)| line.keys().map(|size| *size as f64)),
    );
    let costs = decades(lines.iter().flat_map(|(_, line)| line.values().copied()));
    let part = |value: f64, (low, high): (i32, i32)| {
        (value.log10() - f64::from(low)) / f64::from(high - low)
    };
    let x = |size: f64| MARGIN + PANEL.0 * part(size, sizes);
    let y = |cost: f64| top + MARGIN + PANEL.1 * (1.0 - part(cost, costs));
    writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{}\" font-weight=\"bold\">{title}</text>",
        top + MARGIN - 18.0
    )?;
    for power in costs.0..=costs.1 {
        let at = y(10_f64.powi(power));
        let label = cost_label(power);
        writeln!(
            svg,
            "<line x1=\"{MARGIN}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/>\
            <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            MARGIN + PANEL.0,
            MARGIN - 6.0,
            at + 4.0
        )?;
    }
    for power in sizes.0..=sizes.1 {
        let at = x(10_f64.powi(power));
        writeln!(
            svg,
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">10{}</text>",
            top + MARGIN + PANEL.1 + 18.0,
            superscript(power)
        )?;
    }
    for (number, (name, line)) in lines.iter().enumerate() {
        let points: Vec<String> = line
            .iter()
            .map(|(size, cost)| format!("{:.1},{:.1}", x(*size as f64), y(*cost)))
            .collect();
        let colour = COLOURS.get(number % COLOURS.len()).unwrap_or(&"#000000");
        let dash = DASHES.get(number / COLOURS.len()).unwrap_or(&"none");
        let style = format!("stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"");
        let at = top + MARGIN + 12.0 + 20.0 * number as f64;
        let left = MARGIN + PANEL.0 + 20.0;
        writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" {style}/>",
            points.join(" ")
        )?;
        writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" {style}/>\
            <text x=\"{}\" y=\"{:.1}\">{name}</text>",
            left + 24.0,
            left + 30.0,
            at + 4.0
        )?;
    }
    Ok(())
}

/// A power of ten of microseconds.
fn cost_label(power: i32) -> String {
    match power {
        ..0 => format!("{} µs", 10_f64.powi(power)),
        0..3 => format!("{:.0} µs", 10_f64.powi(power)),
        3..6 => format!("{:.0} ms", 10_f64.powi(power - 3)),
        6.. => format!("{:.0} s", 10_f64.powi(power - 6)),
    }
}

fn superscript(power: i32) -> String {
    let digit = |digit: char| match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        '4'..='9' => char::from_u32('⁴' as u32 + (digit as u32 - '4' as u32)).unwrap_or('?'),
        other => other,
    };
    power.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_question_is_a_line_from_its_least_to_its_largest_size() {
        let row = |of: u64, cost: f64| {
            json!({
                "ours": {"median": cost},
                "other": {"figures": {"median": 100.0}},
                "sized": {"question": "events, newest", "of": of, "least": 1_000},
            })
        };
        let report = json!({"rows": [row(10_000, 110.0), row(1_000_000, 120.0), {"sized": null}]});
        let lines = lines(&report);
        let line = lines.get("events, newest").unwrap();
        let sizes: Vec<usize> = line.keys().copied().collect();
        assert_eq!(sizes, [1_000, 10_000, 1_000_000]);
        let svg = picture("A", &lines).unwrap();
        assert!(
            svg.contains("events, newest") && svg.contains("10⁶"),
            "{svg}"
        );
        assert_eq!(svg.matches("<polyline").count(), 1);
    }
}
