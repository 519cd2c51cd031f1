//! Counted reprints where the service counts none: the journal does, and nothing is sent.

use crate::error::{Error, Result};
use crate::exchange::{Offline, Operation, Outcome};
use crate::receipt::Receipt;
use serde::Deserialize;
use serde_json::{Value, json};

/// The operation that counts a reprint.
pub(super) const NAME: &str = "receipt.duplicate";

/// The receipt as the copy that was asked for. The original stays what it is in the journal; the copy is this call's
/// result alone.
pub(super) fn counted(operation: &Operation) -> Result<Outcome> {
    let missing = || Error::internal("a copy has no receipt or no number");
    let original = operation.original.as_ref().ok_or_else(missing)?;
    let original = Receipt::deserialize(original)
        .map_err(|cause| Error::internal(format!("the receipt to copy cannot be read back: {cause}")))?;
    let number =
        operation.params.get("copy").and_then(Value::as_u64).and_then(|number| number.try_into().ok());
    let copy = Receipt { copy: number.ok_or_else(missing)?, ..original };
    Ok(Outcome { result: json!(copy), ..Outcome::default() })
}

/// The same while the service gives no answer, which it is not asked for.
pub(super) fn without_service(operation: &Operation) -> Offline {
    counted(operation).map_or_else(Offline::Refuse, Offline::Later)
}
