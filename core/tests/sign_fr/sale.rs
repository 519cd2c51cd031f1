//! Sales: begun, completed, aborted.

use crate::driver::{Drive, WRITER, facts, operation, sale};
use crate::fisc::Fisc;
use fiskal::receipt::{ReceiptType, State};
use serde_json::json;

#[test]
fn a_begun_sale_is_completed_on_its_intention() {
    let mut fisc = Fisc::new();
    let mut known = facts();
    let mut begin = Drive::new(operation("sale.begin", "register", json!({"sale": sale()})), known.clone());
    let begun = begin.run(&mut fisc).unwrap();
    assert_eq!(begun.result, json!({"sale": "pos-1"}));
    assert_eq!(begin.addresses(), ["POST /records"]);
    assert_eq!(
        begin.sent[0].body,
        Some(json!({
            "content": {
                "type": "INTENTION", "system": {"id": "sys-1"},
                "operation": {"type": "TRANSACTION", "details": {
                    "creators": [{"type": "PERSON", "label": "7"}],
                    "properties": {"input_operator_code": "7", "input_operator_designation": "Anna"},
                }},
            },
            "metadata": {"fiskal_operation": begin.operation.id.to_string(), "fiskal_journal": WRITER},
        }))
    );
    known.register = begun.learned.unwrap();
    assert_eq!(known.register["last_record"], "records-1");

    let mut end = Drive::new(
        operation(
            "sale.complete",
            "register",
            json!({"sale": sale(), "issuer": {"name": "Martin", "address": []}}),
        ),
        known,
    );
    end.operation.open_sale = begun.open_sale;
    let outcome = end.run(&mut fisc).unwrap();
    assert_eq!(end.addresses(), ["POST /records"]);
    assert_eq!(
        end.sent[0].body,
        Some(json!({
            "content": {"type": "TRANSACTION", "record": {"id": "records-1"}, "operation": {
                "type": "RECEIPT",
                "document": {
                    "number": "R-2026-0001", "issued_at": "2026-03-01T12:00:00+01:00",
                    "total_vat": {"amount": "0.26148212", "exclusive": "3.63851788", "inclusive": "3.90"},
                },
                "entries": [
                    {"type": "SALE", "details": {"concept": "GOOD", "number": "1"}, "data": {
                        "type": "ITEM", "text": "Croissant", "unit": {"quantity": "2", "price": "1.20"},
                        "value": {"base": "2.27488152"},
                        "vat": {"type": "VAT_RATE", "code": "REDUCED_2", "percentage": "5.5",
                                "amount": "0.12511848", "exclusive": "2.27488152", "inclusive": "2.40"},
                    }},
                    {"type": "SALE", "details": {"concept": "SERVICE", "number": "2"}, "data": {
                        "type": "ITEM", "text": "Café", "unit": {"quantity": "1", "price": "1.50"},
                        "value": {"base": "1.36363636"},
                        "vat": {"type": "VAT_RATE", "code": "REDUCED_1", "percentage": "10",
                                "amount": "0.13636364", "exclusive": "1.36363636", "inclusive": "1.50"},
                    }},
                ],
                "payments": [{"type": "CASH", "details": {"amount": "3.90", "currency": "EUR"}}],
                "details": {"creators": [{"type": "PERSON", "label": "7"}]},
            }},
            "metadata": {"shift": "early", "fiskal_operation": end.operation.id.to_string(), "fiskal_journal": WRITER},
        }))
    );
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    let [receipt] = outcome.receipts.as_slice() else { panic!() };
    assert_eq!((receipt.state, receipt.receipt_type), (State::Signed, ReceiptType::Sale));
    assert_eq!(receipt.id, end.operation.id.to_string());
    assert_eq!(receipt.verified, ["content", "chain"]);
    assert_eq!(receipt.signed_at.as_deref(), Some("2026-03-01T12:00:00+01:00"));
    assert_eq!(
        (receipt.ids["record"].as_str(), receipt.ids["intention"].as_str()),
        ("records-2", "records-1")
    );
    assert_eq!(receipt.issuer.vat_number.as_deref(), Some("FR12345678901"));
    assert_eq!(receipt.totals.gross.to_string(), "3.90");
    let mentions: Vec<&str> = receipt.mentions.iter().map(|mention| mention.text.as_str()).collect();
    assert_eq!(
        mentions,
        [
            "SIRET 12345678900012",
            "NAF 1071C",
            "Nombre de lignes : 2",
            "Logiciel : My POS 1.0.0",
            "Certificat NF525 B9999",
            "Signature : CGMS"
        ]
    );
    assert_eq!(outcome.learned.unwrap()["last_record"], "records-2");
}

#[test]
fn a_whole_sale_makes_its_own_intention() {
    let mut fisc = Fisc::new();
    let mut drive = Drive::new(operation("sale.complete", "register", json!({"sale": sale()})), facts());
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(drive.writes().len(), 2);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    assert_eq!(fisc.of("/records")[1]["content"]["record"]["id"], "records-1");
}

#[test]
fn an_abort_is_booked_where_the_system_has_aborts() {
    for aborts in [true, false] {
        let mut fisc = Fisc::new();
        let mut known = facts();
        if !aborts {
            known.register["records"] = json!(["INTENTION::TRANSACTION", "TRANSACTION::RECEIPT"]);
        }
        let begun = Drive::new(operation("sale.begin", "register", json!({"sale": sale()})), known.clone())
            .run(&mut fisc)
            .unwrap();
        known.register = begun.learned.unwrap();
        let mut drive = Drive::new(
            operation("sale.abort", "register", json!({"sale": "pos-1", "reason": "left"})),
            known,
        );
        drive.operation.open_sale = begun.open_sale;
        let outcome = drive.run(&mut fisc).unwrap();
        assert!(outcome.error.is_none());
        if aborts {
            let body = drive.sent[0].body.as_ref().unwrap();
            assert_eq!(
                body["content"]["operation"],
                json!({"type": "ABORT", "details": {
                    "creators": [{"type": "PERSON", "label": "7"}],
                    "properties": {"input_operator_code": "7", "input_operator_designation": "Anna"},
                }})
            );
            assert_eq!(body["metadata"]["reason"], "left");
            assert_eq!(outcome.result, json!({"sale": "pos-1", "record": "records-2"}));
        } else {
            assert!(drive.sent.is_empty());
            assert_eq!(outcome.result, json!({"sale": "pos-1", "record": null}));
        }
    }
}
