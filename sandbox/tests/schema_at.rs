//! The schemas of SIGN AT and the Management API against the bodies that their contract shows.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

use fiskal_sandbox::schema::Contract;
use serde_json::json;

/// The bodies of the contract sign-at, 2.1 to 2.11.
#[test]
fn the_austrian_contracts_own_examples_pass() {
    let receipt = json!({"receipt_type": "NORMAL", "schema": {"standard_v1": {
        "amounts_per_vat_rate": [{"vat_rate": "STANDARD", "amount": "10.00"}],
        "amounts_per_payment_type": [{"payment_type": "CASH", "amount": "10.00", "currency_code": "EUR"}],
        "line_items": [{"quantity": "1", "text": "TEST DUMMY", "price_per_unit": "10.00"}]}},
        "metadata": {"bc_company_name": "CRONUS"}});
    let raw = json!({"receipt_type": "NORMAL", "schema": {"raw": {
        "gross_amount_standard": "12.00", "gross_amount_reduced_1": "5.50", "gross_amount_reduced_2": "0.00",
        "gross_amount_special": "20.98", "gross_amount_zero": "0.00"}}});
    let unit = json!({"legal_entity_id": {"vat_id": "ATU12345678"}, "legal_entity_name": "Muster GmbH", "metadata": {"shop": "42"}});
    let register = json!({"_id": "1b0c3f2e-4c1a-4b7e-8f0a-2c6f0f1d9a77", "_type": "CASH_REGISTER", "_env": "TEST",
        "_version": "1.2.6", "state": "INITIALIZED", "serial_number": "dGxx", "turnover_counter": "0.00",
        "description": "Bar", "time_creation": 1_577_833_200, "time_registration": 1_577_833_200,
        "time_initialization": 1_577_833_200,
        "initialization_receipt_id": "0f2b6f8c-9a55-4a3d-9d0a-5a8a6a0f6f10", "metadata": {}});
    let configuration = json!({"_env": "TEST", "_version": "1.2.6", "revision": 0,
        "yearly_receipt_validation_enabled": true, "monthly_receipt_validation_enabled": true});
    for (name, body) in [
        ("AuthenticateRequest", json!({"refresh_token": "eyJ…"})),
        ("ReceiptSignRequest", receipt),
        ("ReceiptSignRequest", raw),
        ("SignatureCreationUnitCreateRequest", unit),
        ("CashRegister", register),
        ("CashRegisterCreateRequest", json!({})),
        ("Configuration", configuration),
        (
            "Error",
            json!({"status_code": 400, "error": "Bad Request", "code": "E_FAILED_SCHEMA_VALIDATION", "message": "…"}),
        ),
    ] {
        assert_eq!(Contract::sign_at().check(name, &body), Ok(()), "{name}");
        assert_eq!(Contract::sign_at().complaints(name, &body, "body"), [""; 0], "{name}");
        assert_eq!(Contract::sign_at().without_unknown(name, &body), body, "{name}");
    }
    let organization = json!({"name": "Cafe Muster", "address_line1": "Hauptplatz 1", "zip": "8010", "town": "Graz",
        "country_code": "AUT", "managed_by_organization_id": "2f1c0e62-5b0e-4f3d-9a0a-7a8c1d2e3f40"});
    Contract::management().check("OrganizationCreateRequest", &organization).unwrap();
    // The level too much that a quick start shows (2.7).
    let nested = json!({"receipt_type": "NORMAL", "schema": {"standard_v1": {"receipt": {}}}});
    assert!(Contract::sign_at().check("ReceiptSignRequest", &nested).is_err());
}
