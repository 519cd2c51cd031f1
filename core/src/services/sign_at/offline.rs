//! What may be handed over while SIGN AT gives no answer (contract sign-at 5.4).
//!
//! | operation | nothing sent, or sent and unanswered | signed, chain not looked at |
//! |---|---|---|
//! | `sale.complete` | a provisional slip; later the same id and bytes | the signed receipt |
//! | `receipt.cancel`, `receipt.zero` | refused while nothing was sent, else settled by `sync` | the same |
//! | `export.saved` | nothing to hand over; it is learned later | |
//! | all others | refused; they go on where they stopped | |

use super::facts::OfflineFacts;
use super::receipt;
use super::run::Run;
use super::sent::{self, Ready};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Offline, Outcome};
use crate::receipt::Receipt;
use crate::services::copies;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the later signing must know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Deferred {
    /// The slip that the customer has.
    receipt: Receipt,
}

impl Deferred {
    /// What was left behind, for an operation that was handed over without the service.
    pub(super) fn of(run: &Run<'_>) -> Result<Option<Self>> {
        let deferred = run.operation.deferred.as_ref().map(Deferred::deserialize);
        deferred
            .transpose()
            .map_err(|error| Error::internal(format!("a provisional receipt cannot be read back: {error}")))
    }

    /// The receipt that takes the slip's place.
    pub(super) fn replaced(&self, receipt: Receipt) -> Receipt {
        let replaces = Some(self.receipt.id.clone());
        Receipt { started_at: self.receipt.started_at.clone(), replaces, ..receipt }
    }
}

pub(super) fn offline(run: &Run<'_>) -> Offline {
    match run.operation.name.as_str() {
        "sale.complete" => complete(run).unwrap_or_else(Offline::Refuse),
        copies::NAME => copies::without_service(run.operation),
        name if name.starts_with("provision.") => {
            refuse("SIGN AT gives no answer; run provision again, it goes on where it stopped")
        }
        // The file lies on the disk; that it does is learned in its turn.
        "export.saved" => Offline::Later(Outcome::default()),
        _ if run.past.has_done_write() => {
            refuse("SIGN AT gives no answer; a part of it is done, and the same call goes on from there")
        }
        // What came before it is told by who asked for both.
        "register.replace" => refuse("SIGN AT gives no answer"),
        _ => refuse("SIGN AT gives no answer; nothing was changed, try again"),
    }
}

fn complete(run: &Run<'_>) -> Result<Offline> {
    let ready = Ready::sale(run)?;
    if let Some(signed) = sent::signed_already(run, &ready) {
        let outcome = Outcome { result: json!(signed), receipts: vec![signed], ..Outcome::default() };
        return Ok(Offline::Later(outcome));
    }
    let slip = receipt::provisional(ready.draft);
    let mut register = ready.register;
    register.offline = Some(match register.offline {
        Some(offline) => OfflineFacts { receipts: offline.receipts.saturating_add(1), ..offline },
        None => OfflineFacts { since: run.now.now, receipts: 1 },
    });
    let deferred = serde_json::to_value(Deferred { receipt: slip.clone() })
        .map_err(|cause| Error::internal(format!("a provisional receipt has no JSON form: {cause}")))?;
    let outcome = Outcome {
        result: json!(slip),
        receipts: vec![slip],
        learned: Some(json!(register)),
        ..Outcome::default()
    };
    Ok(Offline::Deferred { outcome, deferred })
}

fn refuse(message: &str) -> Offline {
    Offline::Refuse(Error::new(Kind::Unreachable, message))
}
