//! `fiskal receipt`

use super::{exit_of, text};
use crate::args::Paper;
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::{Error, Result};
use fiskal::print;
use fiskal::receipt::Receipt;
use serde_json::{Value, json};

/// Columns of the usual 80 mm paper.
const COLUMNS: u32 = 42;

/// Shows a receipt, or writes what goes to the printer.
pub(super) fn run(fiskal: &Fiskal, id: &str, paper: Option<Paper>, output: &mut Output) -> Result<Exit> {
    let receipt = fiskal.call("receipt.get", &json!({"id": id}))?;
    match paper {
        None => show(&receipt, output),
        Some(paper) => output.bytes(&printed(&receipt, paper)?),
    }
    Ok(exit_of(&receipt))
}

/// The receipt in a few lines, or as JSON.
pub(super) fn show(receipt: &Value, output: &mut Output) {
    if output.is_json() {
        return output.value(receipt);
    }
    let rows = [
        ("receipt", "/id"),
        ("state", "/state"),
        ("number", "/number"),
        ("fiscal no.", "/fiscal/number"),
        ("total", "/totals/gross"),
        ("signed at", "/signed_at"),
        ("record", "/ids/record"),
        ("to do", "/todo"),
    ];
    for (name, pointer) in rows {
        if !text(receipt, pointer).is_empty() {
            output.line(format_args!("{name:<10} {}", text(receipt, pointer)));
        }
    }
}

/// What goes to the printer.
pub(super) fn printed(receipt: &Value, paper: Paper) -> Result<Vec<u8>> {
    let receipt: Receipt = serde_json::from_value(receipt.clone())
        .map_err(|cause| Error::internal(format!("the receipt cannot be read: {cause}")))?;
    Ok(match paper {
        Paper::Text => print::text(&receipt, COLUMNS).into_bytes(),
        Paper::Html => print::html(&receipt).into_bytes(),
        Paper::Escpos => print::escpos(&receipt, COLUMNS),
    })
}
