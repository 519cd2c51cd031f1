//! The receipt as commands of a receipt printer (Epson ESC/POS).

use super::code_page::{bytes, transliterate};
use super::paper::{Block, Style};
use super::rows::{Row, rows, wrap};
use super::{LEAST_COLUMNS, MOST_COLUMNS, qr, sections};
use crate::receipt::{Qr, Receipt};

/// Initialise (`ESC @`), leave two-byte characters (`FS .`), code page 858 (`ESC t 19`), and below 128 the letters of
/// ASCII (`ESC R 0`): a printer's switches may have chosen a country that has others for `#@[\]^{|}~`.
const START: &[u8] = b"\x1b@\x1c.\x1bt\x13\x1bR\x00";
/// Feed, and cut but for a point (`GS V 66 n`).
const CUT: &[u8] = b"\x1dVB\x03";
const BOLD_ON: &[u8] = b"\x1bE\x01";
const BOLD_OFF: &[u8] = b"\x1bE\x00";
/// Twice as high, but not wider, so that the columns stay (`GS ! n`).
const TALL: &[u8] = b"\x1d!\x01";
const NORMAL_SIZE: &[u8] = b"\x1d!\x00";
const CENTER: &[u8] = b"\x1ba\x01";
const LEFT: &[u8] = b"\x1ba\x00";

/// The receipt for a printer of `columns` columns (32 on 58 mm paper, 42 or 48 on 80 mm); fewer than
/// 24 are taken as 24, more than 80 as 80.
///
/// Characters are those of code page 858; what it lacks is written as its nearest letters (`Ł` as
/// `L`, `œ` as `oe`) or as `?`. The printer draws the QR code itself, and cuts.
pub fn escpos(receipt: &Receipt, columns: u32) -> Vec<u8> {
    commands(sections::blocks(receipt), columns)
}

/// Blocks as commands.
pub(super) fn commands(blocks: Vec<Block>, columns: u32) -> Vec<u8> {
    let columns = columns.clamp(LEAST_COLUMNS, MOST_COLUMNS);
    // Before the layout, because one character may become several.
    let blocks: Vec<Block> = blocks.into_iter().map(printable).collect();
    let mut out = START.to_vec();
    for row in rows(&blocks, columns) {
        match row {
            Row::Line { text, style } => line(&mut out, &text, style),
            Row::Qr(code) => qr_code(&mut out, &code, columns),
        }
    }
    out.extend(CUT);
    out
}

fn line(out: &mut Vec<u8>, text: &str, style: Style) {
    let (on, off) = match style {
        Style::Plain => (vec![], vec![]),
        Style::Strong => (BOLD_ON.to_vec(), BOLD_OFF.to_vec()),
        Style::Big => ([BOLD_ON, TALL].concat(), [NORMAL_SIZE, BOLD_OFF].concat()),
    };
    out.extend(on);
    out.extend(bytes(text));
    out.push(b'\n');
    out.extend(off);
}

fn qr_code(out: &mut Vec<u8>, code: &Qr, columns: u32) {
    match qr::escpos(code) {
        Ok(commands) => {
            out.extend(CENTER);
            out.extend(commands);
            out.extend(LEFT);
        }
        Err(_) => {
            for text in wrap(&transliterate(&code.payload), columns as usize) {
                line(out, &text, Style::Plain);
            }
        }
    }
}

/// The block with only characters that the code page has.
fn printable(block: Block) -> Block {
    match block {
        Block::Text { text, align, style } => Block::Text { text: transliterate(&text), align, style },
        Block::Pair { left, right, align, style } => {
            Block::Pair { left: transliterate(&left), right: transliterate(&right), align, style }
        }
        Block::Table(rows) => Block::Table(
            rows.iter().map(|row| row.iter().map(|cell| transliterate(cell)).collect()).collect(),
        ),
        other => other,
    }
}
