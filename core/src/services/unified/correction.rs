//! Wrong data set right: a CORRECTION whose data is what the receipt should have said (contract sign-fr 2.7;
//! docs/decisions/0014-corrections-in-france.md).

use super::afterwards::record_of;
use crate::error::{Error, Result};
use crate::receipt::Receipt;
use crate::sale::Sale;
use serde_json::{Value, json};

/// The operation that books it.
pub(super) const NAME: &str = "receipt.correct";

/// The operation of the correction, made of the RECEIPT with the right content.
///
/// # Errors
/// `invalid` where nothing is sold: SIGN FR reads a correction of returned lines alone as a return.
pub(super) fn correction(receipt: Value, sale: &Sale, original: &Receipt) -> Result<Value> {
    let sold = |item: &crate::sale::Item| !item.quantity.0.is_sign_negative() || item.quantity.0.is_zero();
    if !sale.items.iter().any(sold) {
        let message = "a correction says what the receipt should have said, with at least one line that is sold; take everything back with a return, or cancel the receipt";
        return Err(Error::invalid("/items", message));
    }
    Ok(json!({"type": "CORRECTION", "record": {"id": record_of(original)?}, "data": receipt}))
}
