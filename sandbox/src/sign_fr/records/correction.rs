//! What a CORRECTION must keep to, seen from the document that it corrects (contract sign-fr 2.11).

use rust_decimal::Decimal;
use serde_json::Value;

use super::create::text;
use crate::settings::{CorrectionReading, SignFrSettings};
use crate::sign_fr::country::Country;

/// Members that hold amounts and quantities.
const NUMBERS: &[&str] =
    &["quantity", "price", "base", "discount", "surcharge", "amount", "exclusive", "inclusive"];

/// Whether a correction takes lines back; else its data is what the original should have said.
pub(super) fn takes_back(country: Country, correction: &Value, settings: &SignFrSettings) -> bool {
    match (country, settings.correction_reading) {
        (Country::Italy, _) | (_, CorrectionReading::Returns) => true,
        (_, CorrectionReading::Whole) => false,
        (_, CorrectionReading::Either) => {
            entries(correction, "/data/entries").iter().all(|entry| text(entry, "type") == "RETURN")
        }
    }
}

/// What is wrong with a correction that gives the right content: its lines are numbered, each once.
pub(super) fn check_whole(correction: &Value) -> Vec<String> {
    let entries = entries(correction, "/data/entries");
    let number = |entry: &Value| text(entry, "/details/number").parse::<u32>().ok();
    let misfit = |(index, entry): (usize, &Value)| match number(entry) {
        None => Some(format!("/data/entries/{index}/details/number: it is required here")),
        own if entries.iter().take(index).any(|earlier| number(earlier) == own) => {
            Some(format!("/data/entries/{index}/details/number: another line has it"))
        }
        Some(_) => None,
    };
    entries.iter().enumerate().filter_map(misfit).collect()
}

/// What is wrong with a correction that takes back from the document whose operation is given.
pub(super) fn check(original: &Value, correction: &Value) -> Vec<String> {
    let lines = entries(original, "/entries");
    let mut findings = Vec::new();
    for (index, entry) in entries(correction, "/data/entries").iter().enumerate() {
        findings.extend(line(&format!("/data/entries/{index}"), entry, lines));
    }
    if let Some(data) = correction.get("data") {
        negatives("/data", data, &mut findings);
    }
    findings
}

/// What is wrong with one entry's relation to the original's lines.
fn line(place: &str, entry: &Value, lines: &[Value]) -> Vec<String> {
    let mut findings = Vec::new();
    if text(entry, "type") != "RETURN" {
        findings.push(format!("{place}/type: an entry of a correction is a RETURN"));
    }
    let number = text(entry, "/details/number");
    if number.is_empty() {
        findings
            .push(format!("{place}/details/number: it is required here and names a line of the original"));
        return findings;
    }
    let named: Vec<&Value> = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| is_number(*at, line, number))
        .map(|(_, line)| line)
        .collect();
    let wanted = text(entry, "/data/text");
    if named.is_empty() {
        findings.push(format!("{place}/details/number: the original has no line {number}"));
    } else if !named.iter().any(|line| text(line, "/data/text") == wanted) {
        findings
            .push(format!("{place}/data/text: '{wanted}' is not the text of line {number} of the original"));
    }
    findings
}

/// Whether a line of the original has this number. The number is the print order (2.7), so a line without one has
/// that of its place.
fn is_number(index: usize, line: &Value, number: &str) -> bool {
    let own = text(line, "/details/number");
    let own = if own.is_empty() { Some(index + 1) } else { own.parse().ok() };
    own.is_some() && own == number.parse().ok()
}

/// Finds amounts below zero. `properties` are the client's own words.
fn negatives(place: &str, value: &Value, findings: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                negatives(&format!("{place}/{index}"), item, findings);
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "properties") {
                let place = format!("{place}/{name}");
                let amount = member.as_str().filter(|_| NUMBERS.contains(&name.as_str()));
                if amount
                    .and_then(|amount| amount.parse::<Decimal>().ok())
                    .is_some_and(|amount| amount < Decimal::ZERO)
                {
                    findings.push(format!("{place}: amounts of a correction are not negative"));
                }
                negatives(&place, member, findings);
            }
        }
        _ => {}
    }
}

fn entries<'v>(value: &'v Value, place: &str) -> &'v [Value] {
    value.pointer(place).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
