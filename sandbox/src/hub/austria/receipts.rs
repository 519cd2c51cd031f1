//! Receipts as they arrive, what they say to machines, and their place in the chain.

use maud::{Markup, html};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use super::{HOME, companies, finanzonline};
use crate::http::Reply;
use crate::hub::{Visit, page, parts};
use crate::sign_at::{ReceiptRow, ReceiptView};

/// VAT rates with their containers (contract sign-at 5.2).
const RATES: [(&str, &str); 5] = [
    ("standard", "20 %"),
    ("reduced_1", "10 %"),
    ("reduced_2", "13 %"),
    ("special", "19 % and 4.9 %"),
    ("zero", "0 %"),
];

pub(super) fn list(visit: &Visit<'_>) -> Reply {
    let register = visit.query("register").and_then(|key| visit.hub.sign_at.register(key));
    let key = register.as_ref().map(|view| view.row.key.as_str());
    let slice = visit.hub.sign_at.receipts(key, &visit.cursor());
    let filter = key.map(|key| format!("register={key}&")).unwrap_or_default();
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } }
        div.title { h1 { "Receipts" } (page::follow(visit)) }
        @match &register {
            Some(view) => p.lead {
                "Of " a href={ (HOME) "/registers/" (view.row.key) } { (parts::name(&view.row.title)) } ", newest first. "
                a href={ (HOME) "/receipts" } { "Show all" }
            },
            None => p.lead { "Of all registers, newest first." },
        }
        @if slice.rows.is_empty() { (none()) } @else { (rows(&slice.rows)) }
        (parts::pager(&visit.path, &filter, &slice))
    };
    page::page(visit, "Receipts", &content)
}

pub(super) fn none() -> Markup {
    parts::empty("No receipts yet", &html! { "They appear here as a register is initialized and signs." })
}

pub(super) fn rows(rows: &[ReceiptRow]) -> Markup {
    html! {
        ol.rows {
            @for row in rows {
                li {
                    a.main href=(path(row)) { (title(row)) }
                    span.amount { (row.total) " €" }
                    (signed(row))
                    span.where { (row.register_serial) }
                    (parts::time(&row.at))
                }
            }
        }
    }
}

fn path(row: &ReceiptRow) -> String {
    format!("{HOME}/receipts/{}", row.key)
}

fn title(row: &ReceiptRow) -> Markup {
    html! { (parts::words(&row.kind)) " " (row.number) }
}

fn signed(row: &ReceiptRow) -> Markup {
    parts::badge(if row.signed { "SIGNED" } else { "UNSIGNED" })
}

pub(super) fn show(visit: &Visit<'_>, key: &str) -> Reply {
    let Some(view) = visit.hub.sign_at.receipt(key) else { return page::nothing_here(visit) };
    let content = html! {
        p.crumbs {
            a href=(HOME) { "Austria" } " / " a href={ (HOME) "/receipts" } { "Receipts" }
            " / " a href={ (HOME) "/registers/" (view.register.key) } { (parts::name(&view.register.title)) }
        }
        div.title { h1 { (title(&view.row)) } (signed(&view.row)) }
        div.two { (paper(visit, &view)) div { (chain(&view)) (validations(&view)) } }
        section aria-labelledby="machine" {
            h2 id="machine" { "Machine code" }
            p { "The content of the QR code." }
            p { (parts::code(text(&view.content, "/qr_code_data"))) }
            p { "In the data collection protocol." }
            p { (parts::code(&view.jws)) }
        }
        (parts::source("The receipt, as the interface answers it", &view.content))
    };
    page::page(visit, "Receipt", &content)
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The receipt with what must be printed (contract sign-at 5.1).
fn paper(visit: &Visit<'_>, view: &ReceiptView) -> Markup {
    let lines = view.content.pointer("/schema/standard_v1/line_items").and_then(Value::as_array);
    html! {
        article.paper aria-label="Receipt" {
            p.merchant { strong { (companies::name(visit, &view.register.organization)) } }
            p.number { (parts::words(&view.row.kind)) " " strong { (view.row.number) } }
            @if let Some(lines) = lines {
                table {
                    thead { tr { th scope="col" { "Item" } th scope="col" { "€" } } }
                    tbody { @for one in lines { (line(one)) } }
                }
            }
            table {
                thead { tr { th scope="col" { "Rate" } th scope="col" { "Gross" } } }
                tbody {
                    @for (name, rate) in RATES {
                        tr { th scope="row" { (rate) } td { (text(&view.content, &format!("/schema/raw/gross_amount_{name}"))) } }
                    }
                }
                tfoot { tr { th scope="row" { "Total" } td { (view.row.total) } } }
            }
            @for hint in view.content.get("hints").and_then(Value::as_array).into_iter().flatten() {
                p { strong { (hint.as_str().unwrap_or_default()) } }
            }
            p.fine { "RKSV-Beleg: " (view.row.number) }
            p.fine { "RKSV-Kassen-ID: " (view.row.register_serial) }
            p.fine { "RKSV-Datum: " (view.local.replace('T', " ")) }
        }
    }
}

fn line(line: &Value) -> Markup {
    let (quantity, price) = (text(line, "/quantity"), text(line, "/price_per_unit"));
    html! {
        tr {
            th scope="row" { (parts::name(text(line, "/text"))) span.fine { (quantity) " × " (price) } }
            td { @if let Some(amount) = product(quantity, price) { (amount) } }
        }
    }
}

/// Quantity times price in cents; none of numbers that are too long to be reckoned with.
fn product(quantity: &str, price: &str) -> Option<String> {
    let product = quantity.parse::<Decimal>().ok()?.checked_mul(price.parse().ok()?)?;
    let rounded = product.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(format!("{rounded:.2}"))
}

/// The receipt between its neighbours.
fn chain(view: &ReceiptView) -> Markup {
    html! {
        section aria-labelledby="chain" {
            h2 id="chain" { "Place in the chain" }
            ol.chain {
                @match &view.previous {
                    Some(row) => li { span.step { "Before" } a href=(path(row)) { (title(row)) } (parts::time(&row.at)) },
                    None => li.end { span.step { "Before" } "nothing: this is the register's first receipt" },
                }
                li.this {
                    span.step { "Chain value" } (parts::code(&view.chain))
                    @if view.holds { span.holds { "It follows from the receipt before." } }
                    @else { strong.breaks { "It does not follow from the receipt before." } }
                }
                @match &view.next {
                    Some(row) => li { span.step { "After" } a href=(path(row)) { (title(row)) } (parts::time(&row.at)) },
                    None => li.end { span.step { "After" } "nothing yet" },
                }
            }
        }
    }
}

fn validations(view: &ReceiptView) -> Markup {
    let said = &view.judged.validations;
    html! {
        section aria-labelledby="fon" {
            h2 id="fon" { "FinanzOnline" }
            @if said.is_empty() { p { "It was not asked about this receipt, or did not answer." } } @else {
                ul { @for one in said { li { (finanzonline::verdict(one)) } } }
            }
        }
    }
}
