//! The key container that a verifier wants beside the export (contract sign-at 6.6).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::austria::{Shop, sale};

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The serial number that a receipt names: field 11 of its machine code.
fn serial(jws: &str) -> String {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1).unwrap()).unwrap();
    String::from_utf8(payload).unwrap().split('_').nth(11).unwrap().to_owned()
}

#[test]
fn the_container_names_every_certificate_as_the_export_and_the_receipts_do() {
    let (shop, register) = Shop::ready();
    shop.book(&register, &sale("STANDARD", "1.00"));
    let old = shop.get("/signature-creation-unit").ok()["data"][0]["_id"].as_str().unwrap().to_owned();
    shop.set_unit(&old, "DECOMMISSIONED").ok();
    shop.make_unit();
    shop.book(&register, &sale("STANDARD", "2.00"));

    let container = shop.verification(&register);
    assert_eq!(members(&container), ["base64AESKey", "certificateOrPublicKeyMap"].into());
    assert_eq!(STANDARD.decode(container["base64AESKey"].as_str().unwrap()).unwrap().len(), 32);
    let entries = container["certificateOrPublicKeyMap"].as_object().unwrap();
    for (id, entry) in entries {
        let expected = ["id", "signatureCertificateOrPublicKey", "signatureDeviceType"];
        assert_eq!(members(entry), expected.into());
        assert_eq!((&entry["id"], &entry["signatureDeviceType"]), (&json!(id), &json!("CERTIFICATE")));
    }
    let export = shop.export(&register);
    let groups = export["Belege-Gruppe"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    let mut named = BTreeSet::new();
    for group in groups {
        for receipt in group["Belege-kompakt"].as_array().unwrap() {
            let serial = serial(receipt.as_str().unwrap());
            for spelling in [serial.to_uppercase(), serial.to_lowercase()] {
                assert_eq!(
                    entries[&spelling]["signatureCertificateOrPublicKey"], group["Signaturzertifikat"],
                    "{spelling}"
                );
                named.insert(spelling);
            }
        }
    }
    assert_eq!(entries.keys().cloned().collect::<BTreeSet<_>>(), named, "and no other");
}
