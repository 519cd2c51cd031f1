//! FinanzOnline's side: who is registered there, what it said about receipts, what it has to be told by a time.

use maud::{Markup, html};
use serde_json::Value;

use super::{HOME, companies};
use crate::http::Reply;
use crate::hub::{Visit, page, parts};
use crate::sign_at::{Deadline, Duty, Judged, KnownRegister, KnownTaxpayer, KnownUnit};

/// Receipts shown of a register.
const LATEST: usize = 25;

/// Where these pages are.
const PLACE: &str = "/hub/austria/finanzonline";

pub(super) fn list(visit: &Visit<'_>) -> Reply {
    let slice = visit.hub.sign_at.taxpayers(&visit.cursor());
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } }
        div.title { h1 { "FinanzOnline" } (page::follow(visit)) }
        p.lead { "What the finance ministry's portal was told, and what it says." }
        @if slice.rows.is_empty() {
            (parts::empty("Nobody yet", &html! { "A taxpayer is known once a client calls " code { "PUT /sign-at/api/v1/fon/auth" } "." }))
        } @else {
            ul.rows { @for taxpayer in &slice.rows { (row(visit, taxpayer)) } }
        }
        (parts::pager(&visit.path, "", &slice))
    };
    page::page(visit, "FinanzOnline", &content)
}

fn row(visit: &Visit<'_>, taxpayer: &KnownTaxpayer) -> Markup {
    html! {
        li {
            a.main href={ (PLACE) "/" (taxpayer.key) } { (companies::name(visit, &taxpayer.organization)) }
            span.tag { (taxpayer.env.name()) }
            span.where { (count(taxpayer.units.len(), "unit")) ", " (count(taxpayer.registers.len(), "register")) }
            @if taxpayer.deadlines.iter().any(|deadline| deadline.is_overdue) { (parts::badge("OVERDUE")) }
        }
    }
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

pub(super) fn show(visit: &Visit<'_>, key: &str) -> Reply {
    let Some(taxpayer) = visit.hub.sign_at.taxpayer(key) else { return page::nothing_here(visit) };
    let name = companies::name(visit, &taxpayer.organization);
    let participant = taxpayer.participant.as_deref().map_or_else(|| html! { "not signed in" }, parts::code);
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } " / " a href=(PLACE) { "FinanzOnline" } }
        div.title { h1 { (name) } (page::follow(visit)) }
        (parts::facts(&[
            ("Organization", companies::link(visit, &taxpayer.organization)),
            ("Environment", html! { (taxpayer.env.name()) }),
            ("Participant", participant),
        ]))
        section aria-labelledby="deadlines" {
            h2 id="deadlines" { "Deadlines" }
            @if taxpayer.deadlines.is_empty() { p { "Nothing is due." } } @else {
                ul.rows { @for deadline in &taxpayer.deadlines { (due(deadline)) } }
            }
        }
        section aria-labelledby="units" {
            h2 id="units" { "Signature creation units" }
            @if taxpayer.units.is_empty() { p { "None is registered." } } @else {
                ul.rows { @for one in &taxpayer.units { (unit(one)) } }
            }
        }
        section aria-labelledby="registers" {
            h2 id="registers" { "Registers" }
            @if taxpayer.registers.is_empty() { p { "None is registered." } }
        }
        @for one in &taxpayer.registers { (register(one)) }
    };
    page::page(visit, "FinanzOnline", &content)
}

fn due(deadline: &Deadline) -> Markup {
    let what = match deadline.duty {
        Duty::UnitOutage => "Report the outage of unit",
        Duty::RegisterOutage => "Report the outage of register",
        Duty::YearlyReceipt => "Make the yearly receipt of register",
        Duty::YearlyValidation => "Validate the yearly receipt of register",
    };
    html! {
        li {
            span.main {
                (what) " " (deadline.serial_number)
                @if let Some(year) = deadline.year { " for " (year) }
            }
            (parts::badge(if deadline.is_overdue { "OVERDUE" } else { "DUE" }))
            (parts::time(&deadline.due.to_string()))
        }
    }
}

fn unit(unit: &KnownUnit) -> Markup {
    html! {
        li {
            span.main { "Certificate " (parts::code(&unit.certificate_serial_number)) }
            (parts::badge(&unit.state.to_string()))
            span.where { "entered " (parts::time(&unit.entered_at.to_string())) }
        }
    }
}

fn register(register: &KnownRegister) -> Markup {
    let latest = register.receipts.iter().rev().take(LATEST);
    html! {
        section aria-label={ "Register " (register.serial_number) } {
            div.title {
                h3 { a href={ (HOME) "/registers/" (register.key) } { "Register " (register.serial_number) } }
                (parts::badge(&register.state.to_string()))
            }
            (parts::facts(&[
                ("Entered", parts::time(&register.entered_at.to_string())),
                ("Told last", parts::time(&register.told_at.to_string())),
                ("Checksum of its key", parts::code(&register.key_checksum)),
            ]))
            @if register.receipts.is_empty() { p { "It was asked about no receipt." } } @else {
                ul.rows { @for one in latest { (judged(one)) } }
            }
            @if register.receipts.len() > LATEST { p { "The latest of " (register.receipts.len()) " receipts." } }
        }
    }
}

fn judged(receipt: &Judged) -> Markup {
    html! {
        li {
            a.main href={ (HOME) "/receipts/" (receipt.key) } {
                (parts::words(&receipt.receipt_type)) " " (receipt.receipt_number)
            }
            @for said in &receipt.validations { (verdict(said)) }
        }
    }
}

/// What was said about a receipt, and why.
pub(super) fn verdict(said: &Value) -> Markup {
    let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
    html! {
        (parts::badge(text("validation_result")))
        @if !text("reason").is_empty() { " " span.where { (text("reason")) } }
    }
}
