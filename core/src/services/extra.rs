//! `extra` of a sale, an item or an event: per service, what only that service knows, typed by the service.

use crate::error::Result;
use crate::read::strict;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A block of `extra` in which a service wants nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The block of `extra` that is for this service; blocks of others are theirs.
///
/// # Errors
/// `invalid`, with the pointer below `/extra/SERVICE` of what the service does not know.
pub(super) fn extra_of<T: DeserializeOwned + Default>(
    service: &str,
    extra: &Map<String, Value>,
) -> Result<T> {
    match extra.get(service) {
        None => Ok(T::default()),
        Some(block) => strict(block).map_err(|error| error.under(&format!("/extra/{service}"))),
    }
}
