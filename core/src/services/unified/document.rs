//! The document that the authority made of a receipt: in Italy a PDF (contract sign-fr 1.7,
//! `compliance-artifact`).

use super::afterwards::{original, record_of};
use super::facts;
use super::run::{Flow, Run};
use super::wire::{encoded, text};
use crate::error::{Error, Kind};
use crate::exchange::Outcome;
use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use serde_json::json;

/// The service was seen to leave the padding out (contract sign-fr 2.8).
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Fetches it.
pub(super) fn document(run: &Run<'_>) -> Flow<Outcome> {
    let receipt = original(run)?;
    let credential = facts::merchant(run.facts)?.credential;
    let path = format!("/records/{}?compliance-artifact=", encoded(record_of(&receipt)?));
    let record = run.read("document", &credential, &path, None)?;
    let part = |name: &str| {
        record.and_then(|answer| text(&answer.body, &format!("/content/compliance/artifact/{name}")))
    };
    let (Some(content_type), Some(data)) = (part("type"), part("data")) else {
        let message = "the service has no document of the authority for this receipt; try again later";
        return Err(Error::new(Kind::NotReady, message).at("/id").into());
    };
    let bytes = LENIENT
        .decode(data)
        .map_err(|cause| Error::internal(format!("the authority's document is not base64: {cause}")))?;
    let result = json!({"receipt": receipt.id, "type": content_type, "base64": STANDARD.encode(bytes)});
    Ok(Outcome { result, ..Outcome::default() })
}
