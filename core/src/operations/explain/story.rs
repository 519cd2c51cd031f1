//! One event of the engine in plain words.

use crate::engine::Resolution;
use crate::engine::events::What;
use crate::error::Result;
use crate::exchange::{Answer, Operation, Outcome, Request};
use crate::fiskal::Place;
use crate::receipt::{Receipt, State};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most of somebody else's words in a sentence, in characters.
const WORDS: usize = 300;

pub(super) fn sentence(
    what: &What,
    place: &Place<'_>,
    operations: &BTreeMap<Uuid, Operation>,
) -> Result<String> {
    let name = |id: &Uuid| operations.get(id).map_or("the operation", |operation| asked_for(&operation.name));
    Ok(match what {
        What::Accepted { operation, .. } => accepted(operation, &place.local_ms(operation.at)?),
        What::Requested { request, .. } => format!(
            "{} was written down, and then sent for {}.",
            of_request(request),
            name_of(what, operations)
        ),
        What::Again { label, .. } => {
            format!(
                "No answer settled it, so the same bytes of '{label}' were sent again under the same key."
            )
        }
        What::Answered { label, answer, .. } => answered(label, answer),
        What::Lost { label, sent: true, why, .. } => {
            format!("'{label}' got no answer that settles it ({}); it may have been booked.", short(why))
        }
        What::Lost { label, sent: false, why, .. } => {
            format!("'{label}' surely never reached the service ({}).", short(why))
        }
        What::HandedOver { operation, outcome } => format!(
            "The caller did not wait longer: {}; {} goes on before all later ones of the register.",
            handed(outcome),
            name(operation)
        ),
        What::Deferred { operation, outcome, .. } => format!(
            "The service could not be reached: by the country's offline rule {}; {} is sent to the service later, in its order.",
            handed(outcome),
            name(operation)
        ),
        What::Parked { error, .. } => {
            format!(
                "It stopped with nothing unanswered ({}); asked again, it goes on there.",
                short(error.message())
            )
        }
        What::Finished { operation, outcome } => finished(name(operation), outcome),
        What::Failed { error, .. } => {
            format!("It ended with an error, and nothing is booked for it: {}.", short(error.message()))
        }
        What::Stuck { error, .. } => {
            format!("It cannot go on, and later ones wait: {}.", short(error.message()))
        }
        What::Resolved { how, reason, by, .. } => resolved(*how, reason, *by),
        What::Updated { .. } => "What was in the cart was written down.".into(),
    })
}

fn name_of<'a>(what: &What, operations: &'a BTreeMap<Uuid, Operation>) -> &'a str {
    let id = super::operation_of(what);
    id.and_then(|id| operations.get(&id)).map_or("the operation", |operation| asked_for(&operation.name))
}

fn asked_for(name: &str) -> &str {
    match name {
        "sale.begin" => "the beginning of the sale",
        "sale.complete" => "the completion of the sale",
        "sale.abort" => "the end of the sale without a receipt",
        "receipt.cancel" => "the cancellation",
        "receipt.duplicate" => "the copy",
        "receipt.pay" => "the payment",
        "receipt.invoice" => "the customer's name",
        "receipt.settle" => "the service's last word",
        other => other,
    }
}

fn accepted(operation: &Operation, at: &str) -> String {
    let sale = operation.params.get("sale").filter(|sale| sale.is_object());
    let mut details = Vec::new();
    if let Some(sale) = sale {
        if let Some(number) = sale.get("number").and_then(Value::as_str) {
            details.push(format!("number {number}"));
        }
        let count =
            |name: &str| sale.get(name).and_then(Value::as_array).map(Vec::len).filter(|count| *count > 0);
        details.extend(count("items").map(|count| format!("{count} item(s)")));
        details.extend(count("payments").map(|count| format!("{count} payment(s)")));
    }
    if let Some(replaced) = &operation.replaces {
        details.push(format!("instead of the refused receipt {replaced}"));
    }
    if let Some(reason) = operation.params.get("reason").and_then(Value::as_str) {
        details.push(format!("because: {}", short(reason)));
    }
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("The till asked for {} at {at}{details}.", asked_for(&operation.name))
}

fn of_request(request: &Request) -> String {
    let method = serde_json::to_value(request.method).ok();
    let method = method.as_ref().and_then(Value::as_str).unwrap_or_default();
    format!("The request '{}' ({method} {})", request.label, request.path)
}

fn answered(label: &str, answer: &Answer) -> String {
    if answer.status < 400 {
        return format!("The service answered '{label}' with {}: done.", answer.status);
    }
    let said = ["/content/message", "/message"].iter().find_map(|pointer| answer.text(pointer));
    let said = said.map_or(String::new(), |said| format!(" ({})", short(said)));
    format!("The service answered '{label}' with {}{said}.", answer.status)
}

fn handed(outcome: &Outcome) -> String {
    match outcome.receipts.first() {
        Some(receipt) => format!("the {} receipt {} was handed over", state(receipt), receipt.id),
        None => "it was taken on".into(),
    }
}

fn finished(name: &str, outcome: &Outcome) -> String {
    let mut sentence = match outcome.receipts.first() {
        Some(receipt) => {
            let checks = match (receipt.state, &receipt.verified[..]) {
                (State::Signed, []) => "; nothing of the answer could be checked".to_owned(),
                (State::Signed, verified) => {
                    format!("; checked against what was sent: {}", verified.join(", "))
                }
                _ => String::new(),
            };
            format!("{} is over: the receipt {} is {}{checks}.", capital(name), receipt.id, state(receipt))
        }
        None => format!("{} is over.", capital(name)),
    };
    if let Some(error) = &outcome.error {
        sentence.push_str(&format!(" The caller is told: {}.", short(error.message())));
    }
    sentence
}

fn resolved(how: Resolution, reason: &str, by: Option<Uuid>) -> String {
    let what = match how {
        Resolution::Retry => "to send it again",
        Resolution::Amend => "to do it once more with corrected content",
        Resolution::SetAside => "to set it aside",
    };
    let by = by.map_or(String::new(), |by| format!("; the operation {by} stands for it now"));
    format!("Somebody decided {what} ({}){by}.", short(reason))
}

fn state(receipt: &Receipt) -> &'static str {
    match receipt.state {
        State::Signed => "signed",
        State::Pending => "pending",
        State::Provisional => "provisional",
        State::Refused => "refused",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Somebody else's words on one line, not too many of them.
fn short(text: &str) -> String {
    let words: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words = words.trim().trim_end_matches('.');
    match words.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}
