//! One spelling for one JSON value.

use serde_json::Value;

/// The value as canonical JSON (RFC 8785): no white space, members sorted by the UTF-16 code units of
/// their names, numbers and escapes in their one form. Equal values give equal text, whatever the order
/// of their members.
#[must_use]
#[expect(clippy::expect_used, reason = "a `Value` holds nothing that JSON cannot express")]
pub fn to_string(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).expect("a JSON value has a canonical form")
}
