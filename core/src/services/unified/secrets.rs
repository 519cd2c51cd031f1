//! How a request names a merchant's secrets, which the engine fills in when it leaves.
//!
//! Those of a merchant of the configuration have the name of its line; those of another one the reference that the
//! call gives, `env:NAME` or `file:PATH`.

use super::run::Run;
use crate::exchange::LineKind;
use crate::services::MerchantSecret;
use serde_json::{Value, json};

/// The secret of the merchant that the operation is about; its dummy where a call gives none.
pub(super) fn of_merchant(run: &Run<'_>, secret: &MerchantSecret) -> Value {
    match run.line(LineKind::Merchant) {
        Ok(line) => json!({"$secret": format!("{line}/{}", secret.key)}),
        Err(_) => given(run, secret.key).unwrap_or_else(|| secret.dummy.into()),
    }
}

/// The secret to which the call refers.
pub(super) fn given(run: &Run<'_>, key: &str) -> Option<Value> {
    let block = run.param("extra").get(&run.service.service)?;
    let reference = block.get(key)?.as_str()?;
    Some(json!({"$secret": reference}))
}

/// Whether the merchant is one that a call makes or changes, and none of the configuration's.
pub(super) fn is_of_a_call(run: &Run<'_>) -> bool {
    run.line(LineKind::Merchant).is_err()
}
