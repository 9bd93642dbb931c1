//! Tables: fitted to the terminal, plain and uncut when piped.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, presets};

use super::text::{Text, Tone};

/// Rows under headings.
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Text>>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new<const N: usize>(headings: [&'static str; N]) -> Self {
        Self {
            headings: headings.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [Text; N]) {
        self.rows.push(cells.into());
    }

    /// The lines of the table; `width` in columns is that of the terminal, none when piped.
    pub(crate) fn render(&self, width: Option<u16>, colour: bool) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.force_no_tty();
        if colour {
            table.enforce_styling();
        }
        match width {
            Some(width) => table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table.set_header(
            self.headings
                .iter()
                .map(|heading| cell(&Text::toned(Tone::Strong, heading), colour)),
        );
        for row in &self.rows {
            table.add_row(row.iter().map(|text| cell(text, colour)));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let lines: Vec<_> = table
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.join("\n")
    }
}

fn cell(text: &Text, colour: bool) -> Cell {
    let cell = Cell::new(text.bare());
    if !colour {
        return cell;
    }
    match text.tone() {
        Tone::Plain => cell,
        Tone::Strong => cell.add_attribute(Attribute::Bold),
        Tone::Dim => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::DarkGreen),
        Tone::Caution => cell.fg(Color::DarkYellow),
        Tone::Bad => cell.fg(Color::DarkRed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Table {
        let mut table = Table::new(["Email", "Status"]);
        table.row(["ann@example.org".into(), Text::toned(Tone::Good, "active")]);
        let long = format!("{}@example.org", "b".repeat(120));
        table.row([long.into(), Text::toned(Tone::Bad, "inactive")]);
        table
    }

    #[test]
    fn a_piped_table_is_plain_and_cuts_nothing() {
        let text = people().render(None, false);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[2].starts_with(&format!("{}@example.org  inactive", "b".repeat(120))));
        assert!(text.is_ascii() && !text.contains('\u{1b}'));
        assert!(lines.iter().all(|line| *line == line.trim_end()));
    }

    #[test]
    fn on_a_terminal_no_line_is_wider_than_it() {
        let text = people().render(Some(60), false);
        assert!(
            text.lines().all(|line| line.chars().count() <= 60),
            "{text}"
        );
        assert!(text.lines().count() > 3);
    }

    #[test]
    fn colour_is_only_there_when_wanted() {
        assert!(people().render(Some(80), true).contains("\u{1b}["));
        assert!(!people().render(Some(80), false).contains('\u{1b}'));
    }
}
