//! What may be handed over while SIGN FR gives no answer.
//!
//! | operation | nothing sent | sent, unanswered | booked |
//! |---|---|---|---|
//! | `sale.begin`, `sale.abort` | done later | done later | |
//! | `sale.complete` | refused: nothing was booked | pending receipt | signed receipt, chain not looked at |
//! | all others | refused; they go on where they stopped | | |

use super::begin::sale_id;
use super::complete::{Ready, booked_offline};
use super::run::Run;
use crate::error::{Error, Kind};
use crate::exchange::{Effect, Known, Offline, Outcome};
use serde_json::json;

pub(super) fn offline(run: &Run<'_>) -> Offline {
    match run.operation.name.as_str() {
        "sale.begin" => begin(run),
        "sale.abort" => Offline::Later(Outcome {
            result: json!({"sale": sale_id(run), "record": null}),
            ..Outcome::default()
        }),
        "sale.complete" => complete(run),
        name if name.starts_with("provision.") => {
            unreachable("SIGN FR gives no answer; run provision again, it goes on where it stopped")
        }
        _ => unreachable("SIGN FR gives no answer; nothing was changed, try again"),
    }
}

/// A sale may begin without the service; what can never be booked is said at once.
fn begin(run: &Run<'_>) -> Offline {
    let possible = super::facts::register(run.facts)
        .and_then(|_| crate::sale::Sale::read(run.param("sale")))
        .and_then(|sale| super::map::intention(&sale));
    match possible {
        Ok(_) => Offline::Later(Outcome { result: json!({"sale": sale_id(run)}), ..Outcome::default() }),
        Err(error) => Offline::Refuse(error),
    }
}

fn complete(run: &Run<'_>) -> Offline {
    let ready = match Ready::of(run) {
        Ok(ready) => ready,
        Err(error) => return Offline::Refuse(error),
    };
    if let Some(outcome) = booked_offline(run, &ready) {
        return Offline::Later(outcome);
    }
    if !receipt_may_be_booked(run) {
        return unreachable("SIGN FR gives no answer; nothing was booked, try again");
    }
    let result = json!(ready.draft);
    Offline::Later(Outcome { result, receipts: vec![ready.draft], ..Outcome::default() })
}

/// Whether a write of this operation was sent whose fate is not known, or the receipt is booked.
fn receipt_may_be_booked(run: &Run<'_>) -> bool {
    run.past.0.iter().filter(|exchange| exchange.request.effect == Effect::Write).any(|exchange| {
        match &exchange.known {
            Known::Unknown => true,
            Known::NotSent => false,
            Known::Answered(answer) => {
                // An error told to a repetition says nothing of the attempt before it.
                let settles_nothing = matches!(answer.status, 409 | 425 | 429 | 500 | 502 | 504)
                    || (exchange.attempts > 1 && answer.status >= 400);
                let receipt = exchange.request.label.starts_with("receipt");
                settles_nothing || (receipt && (200..300).contains(&answer.status))
            }
        }
    })
}

fn unreachable(message: &str) -> Offline {
    Offline::Refuse(Error::new(Kind::Unreachable, message))
}
