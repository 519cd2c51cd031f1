//! Blocks as rows of characters on paper of a given width.

use super::paper::{Align, Block, Style, parts};
use super::{LEAST_COLUMNS, MOST_COLUMNS};
use crate::receipt::Qr;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One row of the paper.
#[derive(Debug, PartialEq)]
pub(super) enum Row {
    /// Characters, at most as many columns as the paper has.
    Line { text: String, style: Style },
    /// A QR code, in the middle.
    Qr(Qr),
}

/// How far an indented text goes in.
const INDENT: &str = "  ";
/// Columns that a label keeps beside its amount; with less, the amount goes to the next row.
const LEAST_LABEL: usize = 8;

/// Puts the blocks down on paper of `columns`, which are brought into the allowed range.
pub(super) fn rows(blocks: &[Block], columns: u32) -> Vec<Row> {
    let columns = columns.clamp(LEAST_COLUMNS, MOST_COLUMNS) as usize;
    let mut sheet = Rows { columns, rows: Vec::new() };
    for block in blocks {
        match block {
            Block::Text { text, align, style } => sheet.text(text, *align, *style),
            Block::Pair { left, right, align, style } => sheet.pair(left, right, *align, *style),
            Block::Table(rows) => sheet.table(rows),
            Block::Rule => sheet.rows.push(rule(columns)),
            Block::Gap => sheet.line(String::new(), Style::Plain),
            Block::Qr(qr) => sheet.rows.push(Row::Qr(qr.clone())),
        }
    }
    sheet.rows
}

fn rule(columns: usize) -> Row {
    Row::Line { text: "-".repeat(columns), style: Style::Plain }
}

struct Rows {
    columns: usize,
    rows: Vec<Row>,
}

impl Rows {
    fn line(&mut self, text: String, style: Style) {
        self.rows.push(Row::Line { text: text.trim_end().to_owned(), style });
    }

    fn text(&mut self, text: &str, align: Align, style: Style) {
        let indent = if align == Align::Indented { INDENT } else { "" };
        for line in wrap(text, self.columns - indent.len()) {
            let margin = match align {
                Align::Center => " ".repeat(self.columns.saturating_sub(line.width()) / 2),
                Align::Left | Align::Indented => indent.to_owned(),
            };
            self.line(format!("{margin}{line}"), style);
        }
    }

    fn pair(&mut self, left: &str, right: &str, align: Align, style: Style) {
        if style == Style::Big {
            // A rule right above would be a second line for the same purpose.
            self.rows.pop_if(|row| *row == rule(self.columns));
            self.line("=".repeat(self.columns), Style::Plain);
        }
        let indent = if align == Align::Indented { INDENT } else { "" };
        let width = self.columns - indent.len();
        let beside = width.saturating_sub(right.width() + 1);
        let fits = beside >= LEAST_LABEL;
        let mut labels = wrap(left, if fits { beside } else { width });
        let last = if fits || right.is_empty() { labels.pop().unwrap_or_default() } else { String::new() };
        for label in labels {
            self.line(format!("{indent}{label}"), style);
        }
        let between = width.saturating_sub(last.width() + right.width());
        for row in pieces(&format!("{indent}{last}{}{right}", " ".repeat(between)), self.columns) {
            self.line(row, style);
        }
        if style == Style::Big {
            self.line("=".repeat(self.columns), Style::Plain);
        }
    }

    /// A table with its amounts flush right; one pair for each cell where the paper is too narrow.
    fn table(&mut self, rows: &[Vec<String>]) {
        let count = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.width());
        let widest = |column| rows.iter().map(|row| width(row, column)).max().unwrap_or_default();
        let widths: Vec<usize> = (0..count).map(widest).collect();
        let gaps = count.saturating_sub(1);
        match self.columns.checked_sub(widths.iter().sum()) {
            Some(spare) if spare >= gaps => rows.iter().for_each(|row| self.table_row(row, &widths, spare)),
            _ => self.stacked(rows),
        }
    }

    fn table_row(&mut self, row: &[String], widths: &[usize], spare: usize) {
        let gaps = widths.len().saturating_sub(1).max(1);
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            if column == 0 {
                line.push_str(cell);
                line.push_str(&padding);
            } else {
                let gap = spare / gaps + usize::from(column <= spare % gaps);
                line.push_str(&" ".repeat(gap));
                line.push_str(&padding);
                line.push_str(cell);
            }
        }
        self.line(line, Style::Plain);
    }

    fn stacked(&mut self, rows: &[Vec<String>]) {
        let Some((heads, rows)) = rows.split_first() else { return };
        for row in rows {
            for (head, cell) in heads.iter().zip(row) {
                self.pair(head, cell, Align::Left, Style::Plain);
            }
        }
    }
}

/// Breaks a text into lines of at most `width` columns: between parts that `/` or `·` separates where it can,
/// else between words, else anywhere.
///
/// An empty text has no lines.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts(text) {
        if part.width() <= width {
            append(&mut lines, &part, width);
        } else {
            part.split(' ').for_each(|word| append(&mut lines, word, width));
        }
    }
    lines
}

/// Puts a text behind a blank at the end of the last line, or into lines of its own where it has no room there.
fn append(lines: &mut Vec<String>, text: &str, width: usize) {
    match lines.last_mut() {
        Some(line) if line.width() + 1 + text.width() <= width => {
            line.push(' ');
            line.push_str(text);
        }
        _ => lines.extend(pieces(text, width)),
    }
}

/// A text in pieces of at most `width` columns, wherever they end.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for cluster in clusters(text) {
        if let Some(piece) = pieces.last_mut() {
            let before = piece.len();
            piece.push_str(&cluster);
            // The whole is measured, because characters side by side may take other room than each alone.
            if before > 0 && piece.width() > width {
                piece.truncate(before);
                pieces.push(cluster);
            }
        }
    }
    pieces
}

/// Each character with those behind it that have no columns of their own: accents, and what makes an emoji of it.
fn clusters(text: &str) -> Vec<String> {
    let mut clusters: Vec<String> = Vec::new();
    for character in text.chars() {
        match clusters.last_mut() {
            Some(cluster) if character.width() == Some(0) => cluster.push(character),
            _ => clusters.push(character.to_string()),
        }
    }
    clusters
}
