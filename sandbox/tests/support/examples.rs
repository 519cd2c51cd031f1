//! The bodies that the contract sign-fr shows in 2.11 and 5.2, with ids of the right form.

use serde_json::{Value, json};

pub(crate) const SYSTEM: &str = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f";
pub(crate) const RECORD: &str = "0189f7eb-ae2c-7809-8aeb-b819cf5e9e7f";

fn item(text: &str, quantity: &str, price: &str, exclusive: &str, amount: &str, inclusive: &str) -> Value {
    json!({"type": "ITEM", "text": text, "unit": {"quantity": quantity, "price": price}, "value": {"base": exclusive},
        "vat": {"type": "VAT_RATE", "code": "STANDARD", "percentage": "22.00",
                "amount": amount, "exclusive": exclusive, "inclusive": inclusive}})
}

/// Contract 2.11 (b), the receipt.
pub(crate) fn receipt() -> Value {
    json!({"content": {"type": "TRANSACTION", "record": {"id": RECORD}, "operation": {"type": "RECEIPT",
        "document": {"number": "R-1", "total_vat": {"amount": "18.03278689", "exclusive": "81.96721311", "inclusive": "100.00"}},
        "entries": [
            {"type": "SALE", "details": {"concept": "GOOD", "number": "1"},
             "data": item("Jacket", "1", "50.00", "40.98360656", "9.01639344", "50.00")},
            {"type": "SALE", "details": {"concept": "GOOD", "number": "2"},
             "data": item("T-shirt", "2", "25.00", "40.98360656", "9.01639344", "50.00")}],
        "payments": [{"type": "CASH", "details": {"amount": "100.00", "currency": "EUR"}}]}}})
}

/// Contract 2.11 (b), the correction.
pub(crate) fn correction() -> Value {
    json!({"content": {"type": "TRANSACTION", "record": {"id": SYSTEM}, "operation": {"type": "CORRECTION",
        "record": {"id": RECORD}, "data": {"type": "RECEIPT",
            "document": {"number": "INV-16789", "series": "C",
                         "total_vat": {"amount": "4.50819672", "exclusive": "20.49180327", "inclusive": "25.00"}},
            "entries": [{"type": "RETURN", "details": {"concept": "GOOD", "number": "2"},
                         "data": item("T-shirt", "1", "25.00", "20.49180327", "4.50819672", "25.00")}],
            "payments": [{"type": "CASH", "details": {"amount": "25.00", "currency": "EUR"}}]}}}})
}

fn intention(operation: Value) -> Value {
    json!({"content": {"type": "INTENTION", "system": {"id": SYSTEM}, "operation": operation}})
}

/// Contract 2.11 (c), the taxpayer.
pub(crate) fn company() -> Value {
    json!({"content": {"type": "COMPANY", "name": {"legal": "Boulangerie Martin SARL", "trade": "Boulangerie Martin"},
        "address": {"line": {"type": "STREET_NUMBER", "street": "Rue de Rivoli", "number": "123"},
                    "code": "75001", "city": "Paris", "country": "FR"},
        "fiscalization": {"type": "FR", "tax_id_number": "123456789", "fiscal_year_date": "01-01",
            "credentials": {"type": "INFOCERT", "certificate_code": "B9999", "properties":
                {"legal_form": "SARL", "naf_ape_code": "1071C", "intra_community_vat_number": "FR00123456789"}}}}})
}

/// Contract 2.11 (c), the intentions, and 5.2, the replays.
pub(crate) fn intentions() -> Vec<Value> {
    let replay = |content: Value| {
        intention(
            json!({"type": "REPLAY", "recorded_at": "2026-05-04T10:15:00+02:00", "seed": "jK3geB1YJh6qwZfa",
                         "record": {"id": RECORD}, "content": content}),
        )
    };
    let mut buffered = receipt()["content"].clone();
    buffered["record"]["offset"] = json!("0");
    vec![
        intention(json!({"type": "TRANSACTION"})),
        intention(json!({"type": "EVENT", "code": "90", "description": "Connection lost",
            "occurred_at": "2026-05-04T10:00:00+02:00", "details": {"creators": [{"type": "PERSON", "label": "cashier-1"}],
            "properties": {"offline_mode_cause_info": "network", "offline_mode_timestamp_start": "2026-05-04T10:00:00+02:00"}}})),
        intention(json!({"type": "EXPORT",
            "range": {"start": "2026-05-01T00:00:00+02:00", "end": "2026-05-31T23:59:59+02:00"},
            "filters": [{"type": "SYSTEM_RECORD", "value": "TRANSACTION::RECEIPT"}]})),
        intention(
            json!({"type": "DUPLICATE", "record": {"id": RECORD}, "number": "1", "reason": "Customer request"}),
        ),
        replay(json!({"type": "INTENTION", "system": {"id": SYSTEM}, "operation": {"type": "TRANSACTION"}})),
        replay(buffered),
    ]
}
