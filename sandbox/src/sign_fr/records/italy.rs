//! What Italy supports of a record, and nothing else (contract sign-fr 2.7).

use rust_decimal::Decimal;
use serde_json::Value;

use super::book::dead;
use super::create::text;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::state::Record;

/// Payments without a kind, and the kinds of a CARD.
const PAYMENTS: &[&str] = &["CASH", "ONLINE", "OUTSTANDING"];
const CARDS: &[&str] = &["CREDIT", "DEBIT", "TICKET"];

/// What is wrong with an operation, each a sentence that begins with a JSON pointer into it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) content: Vec<String>,
    pub(super) lottery: Vec<String>,
}

/// Checks an operation of an intention or a transaction.
pub(super) fn check(operation: &Value) -> Findings {
    let mut findings = Findings::default();
    not_applicable(operation, "/details", &mut findings.content);
    match text(operation, "type") {
        "RECEIPT" => document(operation, "", &mut findings),
        "CORRECTION" => {
            if let Some(data) = operation.get("data") {
                document(data, "/data", &mut findings);
            }
        }
        _ => {}
    }
    findings
}

fn document(document: &Value, root: &str, findings: &mut Findings) {
    if !root.is_empty() {
        not_applicable(document, "/details", &mut findings.content);
    }
    let wanted = if root.is_empty() { "SALE" } else { "RETURN" };
    for (index, entry) in list(document, "entries").iter().enumerate() {
        let kind = text(entry, "type");
        if kind != wanted {
            findings
                .content
                .push(format!("{root}/entries/{index}/type: {kind} is not supported here, {wanted} is"));
        }
        not_applicable(document, &format!("/entries/{index}/details/properties"), &mut findings.content);
    }
    for (index, payment) in list(document, "payments").iter().enumerate() {
        let place = format!("/payments/{index}");
        let kind = text(payment, "type");
        let fits = match kind {
            "CARD" => CARDS.contains(&text(payment, "kind")),
            other => PAYMENTS.contains(&other),
        };
        if !fits {
            findings
                .content
                .push(format!("{root}{place}: {kind} {} is not supported", text(payment, "kind")));
        }
        if kind != "CASH" && payment.pointer("/details/discount").is_some() {
            findings.content.push(format!("{root}{place}/details/discount: only cash is rounded"));
        }
        not_applicable(document, &format!("{place}/details/properties"), &mut findings.content);
    }
    let Some(customer) = document.get("customer") else { return };
    if text(customer, "type") != "EXTERNAL" {
        findings.content.push(format!("{root}/customer/type: a customer is EXTERNAL"));
    }
    let code = text(customer, "code");
    let symbols = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !symbols || !matches!(code.len(), 8 | 16) {
        findings.lottery.push(format!("{root}/customer/code: '{code}' is no lottery code"));
    }
}

fn not_applicable(value: &Value, place: &str, findings: &mut Vec<String>) {
    if value.pointer(place).is_some() {
        findings.push(format!("{place}: it is not applicable in Italy"));
    }
}

/// What of a correction is not what the original sold, or was taken back before.
pub(super) fn misfits(desk: &Desk<'_>, original: &Record, correction: &Value) -> Vec<String> {
    let sold: Value = serde_json::from_str(&original.operation).unwrap_or_default();
    let mut findings = Vec::new();
    for (index, entry) in returned(correction).iter().enumerate() {
        let number = text(entry, "/details/number");
        let Some(line) = line(&sold, number) else { continue };
        let place = format!("/data/entries/{index}/data");
        for member in ["/vat/type", "/vat/code", "/unit/price"] {
            let at = format!("/data{member}");
            if !same(text(line, &at), text(entry, &at)) {
                findings.push(format!(
                    "{place}{member}: line {number} of the original has '{}'",
                    text(line, &at)
                ));
            }
        }
        let taken = taken_back(desk, original, number) + quantity(correction, number);
        let most = amount(line);
        if taken > most {
            findings.push(format!(
                "{place}/unit/quantity: {taken} of {most} of line {number} would be taken back"
            ));
        }
    }
    findings
}

fn same(left: &str, right: &str) -> bool {
    match (left.parse::<Decimal>(), right.parse::<Decimal>()) {
        (Ok(left), Ok(right)) => left == right,
        _ => left == right,
    }
}

/// The original's line of this number; a line without one has that of its place.
fn line<'v>(sold: &'v Value, number: &str) -> Option<&'v Value> {
    let wanted: usize = number.parse().ok()?;
    list(sold, "entries").iter().enumerate().find_map(|(index, line)| {
        let own = text(line, "/details/number").parse().unwrap_or(index + 1);
        (own == wanted).then_some(line)
    })
}

/// How much of a line earlier corrections took back.
fn taken_back(desk: &Desk<'_>, original: &Record, number: &str) -> Decimal {
    let corrects = |record: &&Record| {
        record.kind == "TRANSACTION::CORRECTION"
            && record.refers_to.as_deref() == Some(original.id.as_str())
            && !dead(&record.state)
    };
    let earlier = desk.state.records.rows().iter().filter(corrects);
    earlier
        .filter_map(|record| serde_json::from_str::<Value>(&record.operation).ok())
        .map(|correction| quantity(&correction, number))
        .sum()
}

fn quantity(correction: &Value, number: &str) -> Decimal {
    let of_line = |entry: &&Value| same(text(entry, "/details/number"), number);
    returned(correction).iter().filter(of_line).map(amount).sum()
}

fn amount(entry: &Value) -> Decimal {
    text(entry, "/data/unit/quantity").parse().unwrap_or_default()
}

fn returned(correction: &Value) -> &[Value] {
    correction.pointer("/data/entries").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
