//! A chain of nine receipts that two other verifiers accepted, and public samples; both ways.

use crate::till::{Files, entry, export, fixture, found};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fiskal::verify::rksv::{Jws, MachineCode, Signer, Turnover, TurnoverKey, chain_start};
use serde_json::{Value, json};

fn texts(receipt: &Value) -> [&str; 4] {
    ["payload", "jws", "qr", "ocr"].map(|name| receipt[name].as_str().unwrap())
}

fn golden_keys(golden: &Value) -> Value {
    let der = STANDARD.decode(golden["cert_der_b64"].as_str().unwrap()).unwrap();
    let serial = golden["cert_serial_hex"].as_str().unwrap();
    json!({"base64AESKey": golden["aes_key_b64"], "certificateOrPublicKeyMap": {serial: entry(serial, "CERTIFICATE", &der)}})
}

#[test]
fn every_form_of_a_receipt_is_made_of_every_other() {
    let golden = fixture("golden.json");
    for receipt in golden["receipts"].as_array().unwrap() {
        let [payload, jws, qr, ocr] = texts(receipt);
        assert_eq!(payload.parse::<MachineCode>().unwrap().to_string(), payload);
        for form in [Jws::from_code(qr), Jws::from_code(ocr), jws.parse()].map(Result::unwrap) {
            assert_eq!(form.to_string(), jws);
            assert_eq!(form.payload, payload);
            assert_eq!(form.qr(), qr);
            assert_eq!(form.ocr().unwrap(), ocr);
        }
    }
}

#[test]
fn counters_and_chain_are_those_of_the_sample() {
    let golden = fixture("golden.json");
    let key = TurnoverKey::from_base64(golden["aes_key_b64"].as_str().unwrap()).unwrap();
    let signer =
        Signer::from_certificate(&STANDARD.decode(golden["cert_der_b64"].as_str().unwrap()).unwrap())
            .unwrap();
    assert_eq!(signer.serial(), Some("5474185f"));
    let mut chain = chain_start(golden["kassen_id"].as_str().unwrap());
    for receipt in golden["receipts"].as_array().unwrap() {
        let [payload, jws, ..] = texts(receipt);
        let (code, jws): (MachineCode, Jws) = (payload.parse().unwrap(), jws.parse().unwrap());
        assert_eq!(code.chain, chain, "{payload}");
        chain = jws.chain_value();
        assert_eq!(signer.signed(&jws), receipt["signed"].as_bool().unwrap(), "{payload}");
        if let Turnover::Encrypted(counter) = &code.turnover {
            let cents = i128::from(receipt["counter_cents_after"].as_i64().unwrap());
            assert_eq!(key.decrypt(&code.register, &code.number, counter), Some(cents), "{payload}");
            assert_eq!(
                key.encrypt(&code.register, &code.number, cents, counter.len()).as_ref(),
                Some(counter)
            );
        }
    }
}

#[test]
fn the_sample_is_accepted_and_told() {
    let golden = fixture("golden.json");
    let receipts: Vec<String> =
        golden["receipts"].as_array().unwrap().iter().map(|receipt| texts(receipt)[1].to_owned()).collect();
    let mut export = export(&receipts);
    export["Belege-Gruppe"][0]["Signaturzertifikat"] = golden["cert_der_b64"].clone();
    let report = Files::of(&export, &golden_keys(&golden)).verify(json!({})).unwrap();
    assert_eq!(found(&report), [], "{report:#}");
    let expected = json!({
        "fits": true, "receipts": 9, "groups": 1, "register": "dGxx", "turnover": "18.00", "unsigned": 1,
        "trainings": 1, "cancellations": 1, "compared": 0, "findings": [],
        "first": {"number": "1", "date": "2026-11-01T09:00:00"},
        "last": {"number": "9", "date": "2026-12-01T08:05:00"},
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(report[member], *value, "{member}");
    }
    assert_eq!(report["rules"].as_array().unwrap().len(), 14);
}

#[test]
fn a_start_receipt_of_real_hardware_fits() {
    // BMF-RKSV-Technik/at-registrierkassen-mustercode, issue 359: a card of A-Trust.
    let code = "_R1-AT1_1_1_2017-02-25T13:34:44_0,00_0,00_0,00_0,00_0,00_oN4V2dhlpHo=_313380E2_a4ayc/80/OE=";
    let jws = Jws::from_code(&format!(
        "{code}_BTA3NSwFu5fgrxdMsEnlwir4ZLCuWw9UiT2HntPzy07oi9n8dlaTp3+5VyZOYbZ6ZbA2VfbfC5HbQnzM53DOZw=="
    ))
    .unwrap();
    assert_eq!(STANDARD.encode(jws.chain_value()), "g9peJgukztc=");
    let read: MachineCode = code.parse().unwrap();
    assert_eq!(read.chain, chain_start("1"));
    let key = TurnoverKey::from_base64("9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE=").unwrap();
    let Turnover::Encrypted(counter) = read.turnover else { panic!("no counter") };
    assert_eq!(key.decrypt("1", "1", &counter), Some(0));
}

#[test]
fn a_step_of_a_public_chain_is_hashed() {
    let jws = Jws {
        payload:
            "_R1-AT0_DEMO-CASH-BOX524_366587_2015-12-17T11:23:44_34,77_59,64_38,13_0,00_0,00_8MG8C1Kr7HA=_\
                  20f2ed172daa09e5_xTfZvkBSTr4="
                .into(),
        signature: {
            let text =
                "GeWps9kci+fUqKLymS1pHlIbv0L8Oek+v6TDmZj9Ffucb8yvSijqZ8LcBalV9lADMXQ8U3itViKkd/i1Ba22BA==";
            let bytes = STANDARD.decode(text).unwrap();
            fiskal::verify::rksv::Signature::Es256(bytes.try_into().unwrap())
        },
    };
    assert_eq!(STANDARD.encode(jws.chain_value()), "5HjRCx+XIz4=");
    assert_eq!(STANDARD.encode(chain_start("A12347")), "OeSKQjO4zKI=");
}

/// QUIC masks packet numbers with the first five bytes of AES(key, sample): another AES for another purpose,
/// and all that a counter of five bytes needs.
#[test]
fn another_aes_encrypts_the_same_counters() {
    use ring::aead::quic::{AES_256, HeaderProtectionKey};
    use sha2::{Digest, Sha256};
    for (index, cents) in [0_i64, 1, -1, 3848, -500, (1 << 39) - 1, -(1 << 39)].into_iter().enumerate() {
        let (secret, number) = (Sha256::digest([index as u8]), format!("{}", 17 * index));
        let mask = HeaderProtectionKey::new(&AES_256, &secret).unwrap();
        let mask = mask.new_mask(&Sha256::digest(format!("Kasse-7{number}"))[..16]).unwrap();
        let plain = &cents.to_be_bytes()[3..];
        let expected: Vec<u8> = plain.iter().zip(mask).map(|(plain, mask)| plain ^ mask).collect();
        let key = TurnoverKey::from_base64(&STANDARD.encode(secret)).unwrap();
        assert_eq!(key.encrypt("Kasse-7", &number, cents.into(), 5).unwrap(), expected, "{cents}");
        assert_eq!(key.decrypt("Kasse-7", &number, &expected), Some(cents.into()));
    }
}
