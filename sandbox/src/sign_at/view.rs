//! Rows as the interface answers them (contract sign-at 2.3 to 2.8).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::state::{Metadata, Owner, Receipt, Register, Unit, Validation};
use crate::crypto::rksv;

/// The version of the interface that is spoken here.
pub(super) const VERSION: &str = "1.2.6";

/// What every answer says about itself.
pub(super) fn head(kind: &str, owner: &Owner) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("_type".to_owned(), kind.into());
    shown.insert("_env".to_owned(), json!(owner.environment));
    shown.insert("_version".to_owned(), VERSION.into());
    shown
}

/// A time that may not have come yet.
pub(super) fn time(shown: &mut Map<String, Value>, name: &str, time: Option<Timestamp>) {
    put(shown, name, time.map(Timestamp::as_second));
}

fn put<T: Serialize>(shown: &mut Map<String, Value>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        shown.insert(name.to_owned(), json!(value));
    }
}

fn identified(id: &str, kind: &str, owner: &Owner) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("_id".to_owned(), id.into());
    shown.extend(head(kind, owner));
    shown
}

fn metadata(shown: &mut Map<String, Value>, metadata: &Metadata) {
    shown.insert("metadata".to_owned(), Value::Object(metadata.clone()));
}

pub(super) fn unit(unit: &Unit) -> Value {
    let mut shown = identified(&unit.id, "SIGNATURE_CREATION_UNIT", &unit.owner);
    put(&mut shown, "state", Some(unit.state));
    put(&mut shown, "legal_entity_id", Some(&unit.legal_entity_id));
    put(&mut shown, "legal_entity_name", unit.legal_entity_name.as_ref());
    put(&mut shown, "certificate_serial_number", unit.serial.as_ref());
    time(&mut shown, "time_pending", Some(unit.pending_at));
    time(&mut shown, "time_creation", unit.created_at);
    time(&mut shown, "time_initialization", unit.initialized_at);
    time(&mut shown, "time_decommission", unit.decommissioned_at);
    time(&mut shown, "time_outage", unit.outage_at);
    time(&mut shown, "time_defect", unit.defect_at);
    metadata(&mut shown, &unit.metadata);
    Value::Object(shown)
}

pub(super) fn register(register: &Register) -> Value {
    let mut shown = identified(&register.id, "CASH_REGISTER", &register.owner);
    put(&mut shown, "state", Some(register.state));
    put(&mut shown, "serial_number", Some(&register.serial));
    put(&mut shown, "turnover_counter", Some(decimal(register.turnover)));
    put(&mut shown, "description", register.description.as_ref());
    time(&mut shown, "time_creation", Some(register.created_at));
    time(&mut shown, "time_registration", register.registered_at);
    time(&mut shown, "time_initialization", register.initialized_at);
    put(&mut shown, "initialization_receipt_id", register.initialization_receipt.as_ref());
    time(&mut shown, "time_decommission", register.decommissioned_at);
    put(&mut shown, "decommission_receipt_id", register.decommission_receipt.as_ref());
    time(&mut shown, "time_outage", register.outage_at);
    time(&mut shown, "time_defect", register.defect_at);
    metadata(&mut shown, &register.metadata);
    Value::Object(shown)
}

/// A receipt as the call that signs it answers.
pub(super) fn signed_receipt(receipt: &Receipt) -> Value {
    Value::Object(receipt_members(receipt))
}

/// A receipt as it is read back: with what FinanzOnline said about it.
pub(super) fn receipt(receipt: &Receipt) -> Value {
    let mut shown = receipt_members(receipt);
    put(&mut shown, "fon_validations", Some(receipt.validations.iter().map(validation).collect::<Vec<_>>()));
    Value::Object(shown)
}

fn receipt_members(receipt: &Receipt) -> Map<String, Value> {
    let mut shown = identified(&receipt.id, "RECEIPT", &receipt.owner);
    put(&mut shown, "signed", Some(receipt.signed));
    put(&mut shown, "receipt_type", Some(&receipt.kind));
    put(&mut shown, "receipt_number", Some(receipt.number.to_string()));
    time(&mut shown, "time_signature", Some(receipt.signed_at));
    put(&mut shown, "cash_register_id", Some(&receipt.register));
    put(&mut shown, "cash_register_serial_number", Some(&receipt.register_serial));
    put(&mut shown, "signature_creation_unit_id", Some(&receipt.unit));
    put(&mut shown, "qr_code_data", rksv::qr(&receipt.jws));
    put(&mut shown, "schema", Some(schema(receipt)));
    metadata(&mut shown, &receipt.metadata);
    put(&mut shown, "hints", Some(hints(receipt)));
    shown
}

/// What was sent, and the same as `raw`.
fn schema(receipt: &Receipt) -> Map<String, Value> {
    let mut schema = receipt.schema.clone();
    let [standard, reduced_1, reduced_2, zero, special] = receipt.amounts.map(i128::from).map(decimal);
    let raw = json!({
        "gross_amount_standard": standard, "gross_amount_reduced_1": reduced_1,
        "gross_amount_reduced_2": reduced_2, "gross_amount_special": special, "gross_amount_zero": zero,
    });
    schema.insert("raw".to_owned(), raw);
    schema
}

fn hints(receipt: &Receipt) -> Vec<&'static str> {
    let mut hints = Vec::new();
    if !receipt.signed {
        hints.push(rksv::OUTAGE);
    }
    match receipt.kind.as_str() {
        "CANCELLATION" => hints.push("Stornobuchung"),
        "TRAINING" => hints.push("Trainingsbuchung"),
        _ => {}
    }
    hints
}

pub(super) fn validation(validation: &Validation) -> Value {
    let result = if validation.success { "SUCCESS" } else { "ERROR_UNSPECIFIED" };
    json!({ "validation_result": result, "time_validation": validation.at.as_second() })
}

/// Cents as a decimal with two places.
pub(super) fn decimal(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}
