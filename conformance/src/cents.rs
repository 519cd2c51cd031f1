//! The amounts of a receipt against those of its case, in whole cents and integer arithmetic.
//!
//! The case says what each line comes to after all discounts, with the working; from there this
//! module works out the VAT by itself: the net of a rate is the integer nearest to
//! gross × 1000 / (1000 + rate × 10), a half away from zero, and the VAT is the rest
//! (contract sign-fr 2.10).

use crate::matching::Results;
use serde::Deserialize;
use serde_json::Value;

/// The amounts of one receipt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cents {
    /// The step whose receipt is meant.
    pub of: String,
    /// The lines, in the order of the items.
    pub lines: Vec<Line>,
    /// The sums of each rate, the highest first, then of each reason for charging none, by name.
    pub vat: Vec<Group>,
    /// Sum of the lines.
    pub gross: i64,
    /// Without VAT.
    pub net: i64,
    /// Cash rounding.
    #[serde(default)]
    pub rounding: i64,
    /// What the payments come to.
    pub paid: i64,
}

/// One line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The rate, or the reason for charging none.
    pub vat: String,
    /// VAT included, after all discounts.
    pub gross: i64,
    /// How that comes about.
    pub working: String,
}

/// The sums of one rate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The rate, or the reason for charging none.
    pub vat: String,
    /// VAT included.
    pub gross: i64,
    /// Without VAT.
    pub net: i64,
    /// The VAT.
    pub amount: i64,
    /// How the net comes about.
    pub working: String,
}

impl Cents {
    /// What does not add up, within the case and in the receipt; one sentence each.
    pub fn check(&self, results: &Results) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut equal = |what: String, expected: i64, got: Option<i64>| {
            if got != Some(expected) {
                let got = got.map_or_else(|| "nothing".to_owned(), |cents| cents.to_string());
                wrong.push(format!("cents {what}: expected {expected}, got {got}"));
            }
        };
        for group in &self.vat {
            let lines = self.lines.iter().filter(|line| line.vat == group.vat).map(|line| line.gross);
            equal(format!("{} of the case: sum of its lines", group.vat), group.gross, Some(lines.sum()));
            equal(format!("{} of the case: net", group.vat), group.net, net(group.gross, &group.vat));
            equal(format!("{} of the case: VAT", group.vat), group.amount, Some(group.gross - group.net));
        }
        let sum = |of: fn(&Group) -> i64| Some(self.vat.iter().map(of).sum::<i64>());
        equal("of the case: gross".into(), self.gross, sum(|group| group.gross));
        equal("of the case: net".into(), self.net, sum(|group| group.net));
        equal(
            "of the case: all lines".into(),
            self.gross,
            Some(self.lines.iter().map(|line| line.gross).sum()),
        );
        equal("of the case: paid".into(), self.paid, Some(self.gross + self.rounding));

        let Some(receipt) = results.get(&self.of) else {
            wrong.push(format!("no step gave the receipt '{}'", self.of));
            return wrong;
        };
        let at = |pointer: &str| receipt.pointer(pointer).and_then(cents);
        equal("/totals/gross".into(), self.gross, at("/totals/gross"));
        equal("/totals/net".into(), self.net, at("/totals/net"));
        for (index, group) in self.vat.iter().enumerate() {
            let place = format!("/totals/vat/{index}");
            equal(format!("{place}/gross"), group.gross, at(&format!("{place}/gross")));
            equal(format!("{place}/net"), group.net, at(&format!("{place}/net")));
            equal(format!("{place}/amount"), group.amount, at(&format!("{place}/amount")));
        }
        let payments = receipt.pointer("/payments").and_then(Value::as_array);
        let paid = payments.into_iter().flatten().map(|paid| paid.get("amount").and_then(cents)).sum();
        equal("sum of /payments".into(), self.paid, paid);
        wrong.extend(self.check_booked(receipt));
        wrong
    }

    /// The lines, as the service has them: a RETURN counts negatively.
    fn check_booked(&self, receipt: &Value) -> Vec<String> {
        let Some(text) = receipt.pointer("/answer/content/operation").and_then(Value::as_str) else {
            return Vec::new();
        };
        let booked: Value = serde_json::from_str(text).unwrap_or_default();
        let entries = booked.get("entries").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut wrong = Vec::new();
        if entries.len() != self.lines.len() {
            wrong.push(format!("cents: {} lines, but {} entries booked", self.lines.len(), entries.len()));
        }
        for (index, (line, entry)) in self.lines.iter().zip(&entries).enumerate() {
            let sign = if entry.get("type").is_some_and(|kind| kind == "RETURN") { -1 } else { 1 };
            // An exempt entry has no sum of its own.
            let Some(inclusive) = entry.pointer("/data/vat/inclusive") else { continue };
            let got = cents(inclusive).map(|cents| cents * sign);
            if got != Some(line.gross) {
                wrong
                    .push(format!("cents of the booked entry {index}: expected {}, got {got:?}", line.gross));
            }
        }
        let euros = booked.pointer("/document/total_vat/inclusive").and_then(cents);
        // The guide has whole cents.
        let whole = || booked.pointer("/document/amounts/total_including_vat")?.as_str()?.parse().ok();
        let total = euros.or_else(whole);
        if total != Some(self.gross) {
            wrong.push(format!("cents of the booked total: expected {}, got {total:?}", self.gross));
        }
        wrong
    }
}

/// The net of a gross sum at a rate such as `5.5`; without VAT it is the same.
fn net(gross: i64, vat: &str) -> Option<i64> {
    let (whole, part) = vat.split_once('.').unwrap_or((vat, "0"));
    let Ok(whole) = whole.parse::<i64>() else { return Some(gross) };
    let per_mille = whole * 10 + part.parse::<i64>().ok().filter(|_| part.len() == 1)?;
    let below = 1000 + per_mille;
    let rounded = (gross.abs() * 1000 * 2 + below) / (below * 2);
    Some(rounded * gross.signum())
}

/// A decimal text as cents; nothing if it has parts of a cent.
fn cents(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 2 {
        return None;
    }
    let hundredths: i64 = if part.is_empty() { 0 } else { format!("{part:0<2}").parse().ok()? };
    Some(sign * (whole.parse::<i64>().ok()? * 100 + hundredths))
}
