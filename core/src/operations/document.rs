//! An authority's own document of a receipt.

use super::afterwards::{issued, submit};
use super::{Definition, Run, given, read, returned, told, written};
use crate::error::Result;
use crate::fiskal::Call;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const DOCUMENT: Definition = Definition {
    name: "receipt.document",
    summary: "Fetches the document that the authority made of a receipt: in Italy the tax agency's PDF.",
    params: given::<Of>,
    result: returned::<AuthorityDocument>,
    run: Run::Client(document),
};

/// Parameters of `receipt.document`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Of {
    /// The receipt's id.
    id: String,
}

/// Result of `receipt.document`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct AuthorityDocument {
    /// The receipt's id.
    receipt: String,
    /// The media type, such as `application/pdf`.
    #[serde(rename = "type")]
    content_type: String,
    /// The document in base64 (RFC 4648).
    base64: String,
}

fn document(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Of { id } = read(params)?;
    let original = issued(fiskal, &id)?;
    let key = format!("receipt.document:{id}");
    let about = fiskal.place(&original.register)?.submission("receipt.document", key, json!({}));
    let document: AuthorityDocument = told(&submit(fiskal, &original, about)?)?;
    written(&document)
}
