//! The receipt as plain text.

use super::paper::{Block, clean};
use super::rows::{Row, rows, wrap};
use super::{LEAST_COLUMNS, MOST_COLUMNS, qr, sections};
use crate::receipt::{Qr, Receipt};

/// The receipt as lines of at most `columns` columns; fewer than 24 are taken as 24, more than 80
/// as 80.
///
/// A QR code is drawn in half blocks where the paper is wide enough for it, else what it encodes is
/// written out.
pub fn text(receipt: &Receipt, columns: u32) -> String {
    drawn_from(&sections::blocks(receipt), columns)
}

/// Blocks as lines of text.
pub(super) fn drawn_from(blocks: &[Block], columns: u32) -> String {
    let columns = columns.clamp(LEAST_COLUMNS, MOST_COLUMNS);
    let mut out = String::new();
    for row in rows(blocks, columns) {
        match row {
            Row::Line { text, .. } => {
                out.push_str(&text);
                out.push('\n');
            }
            Row::Qr(code) => out.push_str(&drawn(&code, columns as usize)),
        }
    }
    out
}

fn drawn(code: &Qr, columns: usize) -> String {
    let drawing = qr::terminal(code).ok();
    let width = |drawing: &String| drawing.lines().next().map_or(0, |line| line.chars().count());
    let lines: Vec<String> = match drawing.filter(|drawing| width(drawing) <= columns) {
        Some(drawing) => {
            let margin = " ".repeat((columns - width(&drawing)) / 2);
            drawing.lines().map(|line| format!("{margin}{line}").trim_end().to_owned()).collect()
        }
        None => wrap(&clean(&code.payload), columns),
    };
    lines.into_iter().map(|line| line + "\n").collect()
}
