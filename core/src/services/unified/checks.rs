//! Whether the answer says what was sent (contract sign-fr 2.8).
//!
//! The service repeats the operation as a JSON string, with the schema's defaults filled in and numbers
//! as they were sent. Every field that was sent must be there unchanged. A field that was not sent may
//! be there only where the contract does not know it: answers are read leniently, but a discount that
//! nobody gave is none of our sale.

use super::records::{Record, Sent};
use super::wire::text;
use serde_json::{Map, Value};

/// The check of what was booked.
pub(super) const CONTENT: &str = "content";
/// The check of the system's chain.
pub(super) const CHAIN: &str = "chain";

/// Longer operations are not repeated (Appendix A, JsonData).
const LONGEST_OPERATION: usize = 65_536;

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// Which check found it.
    pub(super) check: &'static str,
    /// JSON pointer into the answer; the pointer goes on inside the `operation` string.
    pub(super) pointer: String,
    /// What is there, and what should be.
    pub(super) message: String,
}

/// Compares a record with what was sent.
pub(super) fn content(sent: &Sent, record: &Record) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ids =
        vec![("/content/type", sent.record_type.as_str()), ("/content/system/id", sent.system.as_str())];
    ids.extend(sent.intention.as_deref().map(|intention| ("/content/record/id", intention)));
    for (pointer, expected) in ids {
        let there = record.0.pointer(pointer);
        if there.and_then(Value::as_str) != Some(expected) {
            findings.push(finding(pointer.into(), &Value::from(expected), there));
        }
    }
    // Both are required of every record (Appendix A, Journal), and paper carries them.
    let unsigned = [
        ("/content/journal/signature", record.signature().is_none_or(str::is_empty)),
        ("/content/journal/signed_at", record.signed_at().is_none()),
    ];
    for (pointer, _) in unsigned.into_iter().filter(|(_, lacking)| *lacking) {
        findings.push(wrong(pointer.into(), "the record is not signed".into()));
    }
    let place = "/content/operation";
    let repeated = text(&record.0, place);
    let expected = with_defaults(&sent.operation);
    match repeated.map(serde_json::from_str::<Value>) {
        Some(Ok(there)) => compare(place, None, &expected, &with_defaults(&there), &mut findings),
        Some(Err(_)) => findings.push(wrong(place.into(), "the operation is not JSON".into())),
        // It counts as the service stores it. Bytes are no fewer than characters, so there is no false alarm.
        None if expected.to_string().len() > LONGEST_OPERATION => {}
        None => findings.push(wrong(place.into(), "the operation is not repeated".into())),
    }
    findings
}

/// An operation with the default of an entry's `purpose` filled in (Appendix A, EntryDetails), also in the receipt
/// inside a correction. The service does so where it was seen (contract sign-fr 2.8); leaving it out says the same.
fn with_defaults(operation: &Value) -> Value {
    let mut operation = operation.clone();
    for place in ["/entries", "/data/entries"] {
        let entries = operation.pointer_mut(place).and_then(Value::as_array_mut).into_iter().flatten();
        for details in entries.filter_map(|entry| entry.get_mut("details").and_then(Value::as_object_mut)) {
            details.entry("purpose").or_insert_with(|| "STANDARD".into());
        }
    }
    operation
}

fn compare(place: &str, name: Option<&str>, sent: &Value, there: &Value, findings: &mut Vec<Finding>) {
    match (sent, there) {
        (Value::Object(sent), Value::Object(there)) => {
            for (key, value) in sent {
                let place = format!("{place}/{}", escaped(key));
                match there.get(key) {
                    Some(other) => compare(&place, Some(key), value, other, findings),
                    None => findings.push(finding(place, value, None)),
                }
            }
            findings.extend(added(place, name, sent, there));
        }
        (Value::Array(sent), Value::Array(there)) => {
            for (index, value) in sent.iter().enumerate() {
                let place = format!("{place}/{index}");
                match there.get(index) {
                    Some(other) => compare(&place, None, value, other, findings),
                    None => findings.push(finding(place, value, None)),
                }
            }
            for (index, value) in there.iter().enumerate().skip(sent.len()) {
                findings.push(wrong(format!("{place}/{index}"), format!("{value} was not sent")));
            }
        }
        _ if sent == there => {}
        _ => findings.push(finding(place.to_owned(), sent, Some(there))),
    }
}

/// Fields that nobody sent and that the contract knows; in a map of properties, all that nobody sent.
fn added(
    place: &str,
    name: Option<&str>,
    sent: &Map<String, Value>,
    there: &Map<String, Value>,
) -> Vec<Finding> {
    there
        .iter()
        .filter(|(key, _)| !sent.contains_key(*key))
        .filter(|(key, _)| name == Some("properties") || OPTIONAL.contains(&key.as_str()))
        .map(|(key, value)| wrong(format!("{place}/{}", escaped(key)), format!("{value} was not sent")))
        .collect()
}

/// The optional fields of a RECEIPT, an ABORT and an INTENTION (Appendix A), and the amounts of a
/// VAT_RATE, which a VAT_EXEMPTION has not.
const OPTIONAL: [&str; 34] = [
    "activity_code",
    "amount",
    "batch",
    "brand",
    "code",
    "currency",
    "customer",
    "date",
    "date_of_entry",
    "date_of_production",
    "description",
    "details",
    "discount",
    "exclusive",
    "factor",
    "inclusive",
    "issued_at",
    "label",
    "measure",
    "model",
    "name",
    "number",
    "operation_date",
    "percentage",
    "product",
    "properties",
    "purpose",
    "regulatory",
    "serial",
    "series",
    "surcharge",
    "text",
    "training",
    "items",
];

fn finding(pointer: String, expected: &Value, there: Option<&Value>) -> Finding {
    let message = match there {
        Some(there) => format!("{there} instead of {expected}"),
        None => format!("nothing instead of {expected}"),
    };
    wrong(pointer, message)
}

fn wrong(pointer: String, message: String) -> Finding {
    Finding { check: CONTENT, pointer, message }
}

/// A key as part of a JSON pointer (RFC 6901).
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
