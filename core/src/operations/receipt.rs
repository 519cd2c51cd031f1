//! Receipts: found, listed, printed.

use super::{Definition, Run, afterwards, given, read, returned, written};
use crate::engine::ports::{ReceiptFilter, ReceiptKey, Store};
use crate::error::{Error, Kind, Result};
use crate::fiskal::Call;
use crate::print;
use crate::receipt::Receipt;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most receipts on a page.
const PAGE: usize = 1_000;

pub(super) const GET: Definition = Definition {
    name: "receipt.get",
    summary: "Finds a receipt by its id, by register and sale, or by register, series and number.",
    params: given::<Get>,
    result: returned::<Receipt>,
    run: Run::Client(|fiskal, params| written(&find(fiskal, &read(params)?)?)),
};

pub(super) const LIST: Definition = Definition {
    name: "receipt.list",
    summary: "Lists receipts, oldest change first; `changed_after` of one page asks for the next.",
    params: given::<List>,
    result: returned::<Page>,
    run: Run::Client(list),
};

pub(super) const PRINT: Definition = Definition {
    name: "receipt.print",
    summary: "Renders a receipt as text, as HTML or for an ESC/POS printer.",
    params: given::<Print>,
    result: returned::<Printed>,
    run: Run::Client(render),
};

/// Parameters of `receipt.get`: `id`, or `register` with `sale` or `number`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Get {
    /// The receipt's id.
    #[serde(default)]
    id: Option<String>,
    /// The register's name in the configuration; only with `sale` or `number`.
    #[serde(default)]
    register: Option<String>,
    /// The caller's sale id.
    #[serde(default)]
    sale: Option<String>,
    /// The series of the number; only with `number`.
    #[serde(default)]
    series: Option<String>,
    /// The merchant's own number.
    #[serde(default)]
    number: Option<String>,
}

/// Parameters of `receipt.list`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Only of this register.
    #[serde(default)]
    register: Option<String>,
    /// Only what changed after this mark, which an earlier page gave; 0 is the beginning.
    #[serde(default)]
    changed_after: u64,
    /// Only receipts that are pending or provisional.
    #[serde(default)]
    waiting: bool,
    /// At most so many, up to 1,000; a few more where the last change made several at once.
    #[serde(default = "hundred")]
    limit: usize,
}

/// Result of `receipt.list`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReceiptPage")]
struct Page {
    /// The receipts, oldest change first.
    receipts: Vec<Receipt>,
    /// The mark for the next page; the one given when nothing changed since.
    changed_after: u64,
}

/// Parameters of `receipt.print`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Print {
    /// The receipt's id.
    id: String,
    /// The number of a copy that `receipt.duplicate` booked; the receipt itself if absent.
    #[serde(default)]
    copy: Option<u32>,
    /// What to make.
    #[serde(default)]
    format: Format,
    /// How many characters fit on a line of paper, 24 to 80; for text and ESC/POS.
    #[serde(default = "columns")]
    columns: u32,
    /// How the code that must be printed is printed.
    #[serde(default)]
    code: Code,
}

/// How the code of a receipt is printed.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PrintCode")]
enum Code {
    /// As the QR code.
    #[default]
    Qr,
    /// In letters for a text reader, in lines as wide as the paper; only where the receipt has `ocr`.
    Ocr,
}

/// What a receipt is rendered as.
#[derive(Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PrintFormat")]
pub(super) enum Format {
    /// Plain text.
    #[default]
    Text,
    /// A page of its own.
    Html,
    /// Bytes for a receipt printer.
    Escpos,
}

/// Result of `receipt.print`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PrintedReceipt")]
pub(super) struct Printed {
    /// What was made.
    format: Format,
    /// The text or the page; absent for ESC/POS.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The bytes in base64 (RFC 4648), for ESC/POS.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Printed {
    pub(super) fn text(format: Format, text: String) -> Self {
        Printed { format, text: Some(text), base64: None }
    }

    pub(super) fn bytes(format: Format, bytes: &[u8]) -> Self {
        Printed { format, text: None, base64: Some(STANDARD.encode(bytes)) }
    }
}

fn hundred() -> usize {
    100
}

pub(super) fn columns() -> u32 {
    42
}

fn find(fiskal: &Call<'_>, get: &Get) -> Result<Receipt> {
    let line = |register: &Option<String>| match register {
        Some(register) => fiskal.place(register).map(|place| place.line),
        None => Err(Error::invalid("/register", "say which register, or give the receipt's id")),
    };
    let by = match (&get.id, &get.sale, &get.number) {
        (Some(id), None, None) => ReceiptKey::Id(id.clone()),
        (None, Some(sale), None) => ReceiptKey::Sale(line(&get.register)?, sale.clone()),
        (None, None, Some(number)) => {
            ReceiptKey::Number(line(&get.register)?, get.series.clone(), number.clone())
        }
        _ => {
            let message = "give either id, or register and sale, or register and number";
            return Err(Error::invalid("", message));
        }
    };
    for (name, needless) in [
        ("register", get.register.is_some() && get.id.is_some()),
        ("series", get.series.is_some() && get.number.is_none()),
    ] {
        if needless {
            let message = format!("the receipt is named without its {name}; leave it out");
            return Err(Error::invalid(format!("/{name}"), message));
        }
    }
    fiskal.engine().store().receipt(&by)?.ok_or_else(|| {
        Error::new(
            Kind::NotFound,
            "there is no such receipt in this journal; `receipt.list` shows those that are",
        )
    })
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let list: List = read(params)?;
    if !(1..=PAGE).contains(&list.limit) {
        return Err(Error::invalid("/limit", format!("the limit is a number from 1 to {PAGE}")));
    }
    if i64::try_from(list.changed_after).is_err() {
        return Err(Error::invalid(
            "/changed_after",
            "no journal has so many entries; give the mark of a page",
        ));
    }
    let line = list
        .register
        .as_deref()
        .map(|register| fiskal.place(register).map(|place| place.line))
        .transpose()?;
    let filter = ReceiptFilter { line, waiting: list.waiting, after: list.changed_after, limit: list.limit };
    let found = fiskal.engine().store().receipts(&filter)?;
    let changed_after = found.last().map_or(list.changed_after, |(changed, _)| *changed);
    written(&Page { receipts: found.into_iter().map(|(_, receipt)| receipt).collect(), changed_after })
}

fn render(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let wanted: Print = read(params)?;
    print::check_columns(wanted.columns)?;
    let get = Get { id: Some(wanted.id), register: None, sale: None, series: None, number: None };
    let original = find(fiskal, &get)?;
    let receipt = match wanted.copy {
        Some(copy) => afterwards::booked_copy(fiskal, &original, copy)?,
        None => original,
    };
    let receipt = match wanted.code {
        Code::Qr => receipt,
        Code::Ocr => print::in_ocr(&receipt)?,
    };
    let columns = wanted.columns;
    written(&match wanted.format {
        Format::Text => Printed::text(wanted.format, print::text(&receipt, columns)),
        Format::Html => Printed::text(wanted.format, print::html(&receipt)),
        Format::Escpos => Printed::bytes(wanted.format, &print::escpos(&receipt, columns)),
    })
}
