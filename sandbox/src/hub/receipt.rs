//! A record's document as a receipt that can be read.

use std::collections::BTreeMap;

use maud::{Markup, html};
use rust_decimal::Decimal;
use serde_json::Value;

use super::parts;
use crate::sign_fr::RecordView;

/// Without VAT, the VAT, and both together.
type Sums = [Decimal; 3];

/// The receipt of a record; nothing for a record that has no document.
pub(super) fn paper(view: &RecordView) -> Option<Markup> {
    let operation = Some(&view.document).filter(|operation| operation.get("document").is_some());
    let document = operation.or_else(|| view.document.get("data"))?;
    document.get("document")?;
    let entries = list(document, "entries");
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    Some(html! {
        article.paper aria-label="Receipt" {
            (head(view))
            p.number {
                (parts::words(view.row.kind.rsplit("::").next().unwrap_or_default())) " "
                strong { (text("/document/number").unwrap_or_default()) }
                @if let Some(series) = text("/document/series") { " · " (series) }
            }
            table {
                thead { tr { th scope="col" { "Item" } th scope="col" { "€" } } }
                tbody { @for entry in entries { (line(entry)) } }
                tfoot { tr { th scope="row" { "Total" } td { (text("/document/total_vat/inclusive").unwrap_or_default()) } } }
            }
            (vat(entries))
            (payments(list(document, "payments")))
            @if let Some(text) = text("/document/text") { p { (parts::name(text)) } }
            p.fine { (parts::time(&view.row.signed_at)) }
            p.fine { "Signature " code { (view.signature) } }
        }
    })
}

fn head(view: &RecordView) -> Markup {
    let [.., taxpayer] = view.places.as_slice() else { return html! {} };
    let seat = view.places.get(1).unwrap_or(taxpayer);
    let text = |content: &Value, pointer: &str| {
        content.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let street = format!(
        "{} {}",
        text(&seat.content, "/address/line/number"),
        text(&seat.content, "/address/line/street")
    );
    let city = format!("{} {}", text(&seat.content, "/address/code"), text(&seat.content, "/address/city"));
    let number = text(&taxpayer.content, "/fiscalization/tax_id_number");
    html! {
        p.merchant { strong { (parts::name(&taxpayer.row.label)) } }
        p.fine { (parts::name(street.trim_start_matches("- ").trim())) br; (parts::name(city.trim())) }
        @if !number.is_empty() { p.fine { "Tax number " (number) } }
    }
}

fn line(entry: &Value) -> Markup {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
    let is_return = text("/type") == Some("RETURN");
    let rate = text("/data/vat/percentage").map(|rate| format!("{rate} %"));
    html! {
        tr {
            th scope="row" {
                @if is_return { "Return: " }
                (parts::name(text("/data/text").unwrap_or("Group")))
                span.fine {
                    @if let (Some(quantity), Some(price)) = (text("/data/unit/quantity"), text("/data/unit/price")) {
                        (quantity) " × " (price) " · "
                    }
                    (rate.as_deref().or(text("/data/vat/code")).unwrap_or_default())
                    @if let Some(discount) = text("/data/value/discount") { " · discount " (discount) }
                    @if let Some(surcharge) = text("/data/value/surcharge") { " · surcharge " (surcharge) }
                }
            }
            td { @if is_return { "−" } (text("/data/vat/inclusive").or(text("/data/value/base")).unwrap_or_default()) }
        }
    }
}

/// What each rate comes to. Lines have up to eight decimals; sums are shown with two.
fn vat(entries: &[Value]) -> Markup {
    let mut rates: BTreeMap<Decimal, Sums> = BTreeMap::new();
    for entry in entries {
        if let Some((rate, sums)) = amounts(entry) {
            let row = rates.entry(rate).or_default();
            for (sum, amount) in row.iter_mut().zip(sums) {
                *sum = sum.saturating_add(amount);
            }
        }
    }
    html! {
        @if !rates.is_empty() {
            table {
                thead { tr { th scope="col" { "Rate" } th scope="col" { "Net" } th scope="col" { "VAT" } th scope="col" { "Gross" } } }
                tbody {
                    @for (rate, sums) in rates.iter().rev() {
                        tr { th scope="row" { (rate) " %" } @for sum in sums { td { (format!("{:.2}", sum.round_dp(2))) } } }
                    }
                }
            }
        }
    }
}

fn amounts(entry: &Value) -> Option<(Decimal, Sums)> {
    let vat = entry.pointer("/data/vat")?;
    let number = |name: &str| vat.get(name)?.as_str()?.parse::<Decimal>().ok();
    let is_return = entry.get("type").is_some_and(|kind| kind == "RETURN");
    let sums = [number("exclusive")?, number("amount")?, number("inclusive")?];
    let signed = sums.map(|sum| if is_return { -sum } else { sum });
    Some((number("percentage")?.normalize(), signed))
}

fn payments(payments: &[Value]) -> Markup {
    html! {
        @if !payments.is_empty() {
            table {
                thead { tr { th scope="col" { "Paid" } th scope="col" { "€" } } }
                tbody {
                    @for payment in payments {
                        tr {
                            th scope="row" { (parts::words(payment.get("type").and_then(Value::as_str).unwrap_or_default())) }
                            td { (payment.pointer("/details/amount").and_then(Value::as_str).unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

fn list<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    document.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
