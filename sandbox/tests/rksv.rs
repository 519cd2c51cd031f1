//! The security device against chains that were made without it (contract sign-at 6.9).

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fiskal_sandbox::crypto::SystemKey;
use fiskal_sandbox::crypto::rksv::{self, MachineCode};
use jiff::civil::DateTime;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::Value;

/// Vector C: nine receipts of one register, accepted by two independent verifiers.
const CHAIN: &str = include_str!("fixtures/rksv-chain.json");

fn key(vector: &Value) -> SystemKey {
    let scalar = URL_SAFE_NO_PAD.decode(vector["es256_jwk"]["d"].as_str().unwrap()).unwrap();
    let secret = p256::SecretKey::from_slice(&scalar).unwrap();
    let certificate = vector["cert_der_b64"].as_str().unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines(certificate));
    SystemKey::from_pem(&secret.to_pkcs8_pem(LineEnding::LF).unwrap(), &pem).unwrap()
}

fn lines(base64: &str) -> String {
    let letters: Vec<char> = base64.chars().collect();
    letters.chunks(64).map(String::from_iter).collect::<Vec<_>>().join("\n")
}

/// The amounts of a payload in cents.
fn amounts(fields: &[&str]) -> [i64; 5] {
    std::array::from_fn(|index| fields[5 + index].replace(',', "").parse().unwrap())
}

#[test]
fn a_chain_with_outage_cancellation_and_training_is_reproduced_byte_for_byte() {
    let vector: Value = serde_json::from_str(CHAIN).unwrap();
    let key = key(&vector);
    assert_eq!(key.serial_number().to_uppercase(), vector["cert_serial_hex"]);
    let aes: [u8; 32] = STANDARD.decode(vector["aes_key_b64"].as_str().unwrap()).unwrap().try_into().unwrap();
    let register = vector["kassen_id"].as_str().unwrap();
    let mut chain = rksv::chain_value(register);
    let receipts = vector["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), 9);
    for receipt in receipts {
        let expected = receipt["payload"].as_str().unwrap();
        // What a till tells is taken from the vector; what the device adds is computed.
        let fields: Vec<&str> = expected.split('_').collect();
        let number = receipt["n"].to_string();
        let cents = i128::from(receipt["counter_cents_after"].as_i64().unwrap());
        let counter = match receipt["type"].as_str().unwrap() {
            "CANCELLATION" => rksv::marked(rksv::CANCELLATION),
            "TRAINING" => rksv::marked(rksv::TRAINING),
            _ => rksv::turnover_counter(&aes, register, &number, cents, 8).unwrap(),
        };
        let payload = MachineCode {
            provider: "AT3",
            register,
            number: &number,
            time: fields[4].parse::<DateTime>().unwrap(),
            amounts: amounts(&fields),
            counter: &counter,
            serial: "5474185F",
            chain: &chain,
        }
        .to_string();
        assert_eq!(payload, expected, "receipt {number}");
        let signer = receipt["signed"].as_bool().unwrap().then_some(&key);
        let jws = rksv::receipt(&payload, signer).unwrap();
        assert_eq!(jws, receipt["jws"], "receipt {number}");
        assert_eq!(rksv::qr(&jws).unwrap(), receipt["qr"], "receipt {number}");
        chain = rksv::chain_value(&jws);
    }
}

/// Vector A: a start receipt of real hardware.
#[test]
fn a_start_receipt_of_real_hardware_has_the_same_counter_and_chain() {
    let aes = STANDARD.decode("9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE=").unwrap().try_into().unwrap();
    assert_eq!(rksv::turnover_counter(&aes, "1", "1", 0, 8).unwrap(), "oN4V2dhlpHo=");
    assert_eq!(rksv::chain_value("1"), "a4ayc/80/OE=");
    assert_eq!(rksv::key_checksum("9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE="), "q6Ra");
    let payload =
        "_R1-AT1_1_1_2017-02-25T13:34:44_0,00_0,00_0,00_0,00_0,00_oN4V2dhlpHo=_313380E2_a4ayc/80/OE=";
    let signature = "BTA3NSwFu5fgrxdMsEnlwir4ZLCuWw9UiT2HntPzy07oi9n8dlaTp3-5VyZOYbZ6ZbA2VfbfC5HbQnzM53DOZw";
    let jws = format!("eyJhbGciOiJFUzI1NiJ9.{}.{signature}", URL_SAFE_NO_PAD.encode(payload));
    assert_eq!(rksv::chain_value(&jws), "g9peJgukztc=");
}

/// Vector B: one step of a chain.
#[test]
fn the_next_chain_value_is_over_the_whole_receipt() {
    let payload = "_R1-AT0_DEMO-CASH-BOX524_366587_2015-12-17T11:23:44_34,77_59,64_38,13_0,00_0,00_8MG8C1Kr7HA=_20f2ed172daa09e5_xTfZvkBSTr4=";
    let signature = "GeWps9kci-fUqKLymS1pHlIbv0L8Oek-v6TDmZj9Ffucb8yvSijqZ8LcBalV9lADMXQ8U3itViKkd_i1Ba22BA";
    let jws = format!("eyJhbGciOiJFUzI1NiJ9.{}.{signature}", URL_SAFE_NO_PAD.encode(payload));
    assert_eq!(rksv::chain_value(&jws), "5HjRCx+XIz4=");
    assert_eq!(rksv::chain_value("A12347"), "OeSKQjO4zKI=");
}

#[test]
fn a_counter_that_does_not_fit_its_width_is_none() {
    let key = [7; 32];
    let counter = |cents, width| rksv::turnover_counter(&key, "a", "1", cents, width);
    for (cents, width, fits) in [
        (549_755_813_887, 5, true),
        (549_755_813_888, 5, false),
        (-549_755_813_888, 5, true),
        (-549_755_813_889, 5, false),
        (i128::from(i64::MAX), 8, true),
        (i128::from(i64::MAX) + 1, 8, false),
        (i128::MIN, 16, true),
        (0, 4, false),
        (0, 17, false),
    ] {
        assert_eq!(counter(cents, width).is_some(), fits, "{cents} in {width} bytes");
    }
    assert_eq!(STANDARD.decode(counter(0, 5).unwrap()).unwrap().len(), 5);
}

#[test]
fn what_is_no_receipt_has_no_qr_code() {
    for text in ["", "a", "a.b", "a.!.b", "a.YQ.!"] {
        assert_eq!(rksv::qr(text), None, "{text:?}");
    }
}
