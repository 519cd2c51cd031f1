//! A till that keeps a data collection log, written from RKSV's own text (JWS, chain and fields by hand), with
//! a place to go wrong at every step.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fiskal::verify::rksv::TurnoverKey;
use fiskal::{Interrupt, operations};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePrivateKey;
use p256::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const AES: &str = "WQRtiiya3hYh/Uz44Bv3x8ETl1nrH6nCdErn69g5/lU=";
pub(crate) const SERIAL: &str = "5474185F";

/// A receipt to be, and all that a till could get wrong about it.
#[derive(Clone)]
pub(crate) struct Spec {
    pub(crate) provider: &'static str,
    pub(crate) register: String,
    pub(crate) number: String,
    pub(crate) date: String,
    /// Normal, Ermäßigt-1, Ermäßigt-2, Null, Besonders, in cents.
    pub(crate) amounts: [i64; 5],
    pub(crate) kind: Kind,
    pub(crate) signed: bool,
    pub(crate) certificate: String,
    pub(crate) width: usize,
    /// What the counter is off by.
    pub(crate) off_by: i128,
    pub(crate) signer: u8,
    /// Changes the code before it is signed.
    pub(crate) rewrite: fn(String) -> String,
    /// Changes the counter's bytes before they are written.
    pub(crate) counter: fn(Vec<u8>) -> Vec<u8>,
    /// Changes the whole JWS once it is signed; the chain goes on from what comes out.
    pub(crate) after: fn(String) -> String,
    /// What the chain value is the hash of; the receipt before, as a rule.
    pub(crate) chained_to: fn(&str) -> String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Training,
    Cancellation,
}

/// A receipt of these amounts at this time on 1 November 2026.
pub(crate) fn receipt(number: u32, time: &str, amounts: [i64; 5]) -> Spec {
    Spec {
        provider: "AT3",
        register: "dGxx".into(),
        number: number.to_string(),
        date: format!("2026-11-01T{time}"),
        amounts,
        kind: Kind::Normal,
        signed: true,
        certificate: SERIAL.into(),
        width: 8,
        off_by: 0,
        signer: 1,
        rewrite: |code| code,
        counter: |bytes| bytes,
        after: |jws| jws,
        chained_to: str::to_owned,
    }
}

/// A day with everything that happens on one.
pub(crate) fn day() -> Vec<Spec> {
    let zero = [0; 5];
    let mut specs = vec![
        receipt(1, "09:00:00", zero),
        receipt(2, "09:15:30", [1200, 550, 0, 0, 2098]),
        receipt(3, "09:16:00", [-1200, -550, 0, 0, -2098]),
        receipt(4, "09:20:00", [9999, 0, 0, 0, 0]),
        receipt(5, "10:00:00", [1000, 0, 0, 0, 0]),
        receipt(6, "10:10:00", [0, 0, 300, 0, 0]),
        receipt(7, "10:30:00", zero),
        receipt(8, "11:05:00", [0, 0, 1300, -500, 0]),
        receipt(9, "11:06:00", [123_456, 0, 0, 0, 0]),
        receipt(10, "12:00:00", zero),
        receipt(11, "12:00:00", [100, 0, 0, 0, 0]),
        receipt(12, "20:00:00", zero),
    ];
    specs[2].kind = Kind::Cancellation;
    specs[3].kind = Kind::Training;
    specs[4].signed = false;
    specs[5].signed = false;
    specs
}

/// A private key of the tests.
pub(crate) fn signing_key(nth: u8) -> SigningKey {
    SigningKey::from_slice(&[nth; 32]).unwrap()
}

/// The receipts as compact JWS, each tied to the one before.
pub(crate) fn signed(specs: &[Spec]) -> Vec<String> {
    let aes = TurnoverKey::from_base64(AES).unwrap();
    let (mut cents, mut receipts) = (0_i128, Vec::<String>::new());
    for spec in specs {
        if spec.kind != Kind::Training {
            cents += i128::from(spec.amounts.iter().sum::<i64>());
        }
        let counter = match spec.kind {
            Kind::Normal => (spec.counter)(
                aes.encrypt(&spec.register, &spec.number, cents + spec.off_by, spec.width).unwrap(),
            ),
            Kind::Training => b"TRA".to_vec(),
            Kind::Cancellation => b"STO".to_vec(),
        };
        let before = receipts.last().map_or(spec.register.as_str(), String::as_str);
        let chain = Sha256::digest((spec.chained_to)(before));
        let code = (spec.rewrite)(format!(
            "_R1-{}_{}_{}_{}_{}_{}_{}_{}",
            spec.provider,
            spec.register,
            spec.number,
            spec.date,
            spec.amounts.map(decimal).join("_"),
            STANDARD.encode(counter),
            spec.certificate,
            STANDARD.encode(&chain[..8]),
        ));
        receipts.push((spec.after)(jws(&code, spec.signed.then(|| signing_key(spec.signer)))));
    }
    receipts
}

fn jws(code: &str, key: Option<SigningKey>) -> String {
    let input = format!("eyJhbGciOiJFUzI1NiJ9.{}", URL_SAFE_NO_PAD.encode(code));
    let signature = match key {
        None => b"Sicherheitseinrichtung ausgefallen".to_vec(),
        Some(key) => {
            let signature: Signature = key.sign(input.as_bytes());
            signature.to_bytes().to_vec()
        }
    };
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn decimal(cents: i64) -> String {
    let (sign, digits) = (if cents < 0 { "-" } else { "" }, format!("{:03}", cents.abs()));
    let (whole, places) = digits.split_at(digits.len() - 2);
    format!("{sign}{whole},{places}")
}

/// The text of a receipt's QR code.
pub(crate) fn qr(jws: &str) -> String {
    let [_, payload, signature] = jws.split('.').collect::<Vec<_>>().try_into().unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    format!("{}_{}", String::from_utf8(decode(payload)).unwrap(), STANDARD.encode(decode(signature)))
}

/// A certificate of the key `nth`, in DER.
pub(crate) fn certificate(nth: u8, serial: &str, until: i32) -> Vec<u8> {
    let pkcs8 = signing_key(nth).to_pkcs8_der().unwrap();
    let key = rcgen::KeyPair::try_from(pkcs8.as_bytes()).unwrap();
    let mut params = rcgen::CertificateParams::default();
    let bytes = u64::from_str_radix(serial, 16).unwrap().to_be_bytes();
    params.serial_number = Some(rcgen::SerialNumber::from_slice(&bytes));
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    params.self_signed(&key).unwrap().der().to_vec()
}

/// The public key `nth`, in DER.
pub(crate) fn public_key(nth: u8) -> Vec<u8> {
    signing_key(nth).verifying_key().to_public_key_der().unwrap().as_bytes().to_vec()
}

/// An export of one group.
pub(crate) fn export(receipts: &[String]) -> Value {
    json!({"Belege-Gruppe": [group(STANDARD.encode(certificate(1, SERIAL, 2030)), receipts)]})
}

pub(crate) fn group(certificate: String, receipts: &[String]) -> Value {
    json!({"Signaturzertifikat": certificate, "Zertifizierungsstellen": [], "Belege-kompakt": receipts})
}

/// The container of the key that signs and of one more.
pub(crate) fn keys() -> Value {
    let second = "1b";
    json!({"base64AESKey": AES, "certificateOrPublicKeyMap": {
        SERIAL.to_lowercase(): entry(SERIAL, "CERTIFICATE", &certificate(1, SERIAL, 2030)),
        second: entry(second, "CERTIFICATE", &certificate(2, second, 2030)),
    }})
}

pub(crate) fn entry(id: &str, kind: &str, der: &[u8]) -> Value {
    json!({"id": id, "signatureDeviceType": kind, "signatureCertificateOrPublicKey": STANDARD.encode(der)})
}

/// A folder with files to check.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Files(tempfile::tempdir().unwrap())
    }

    pub(crate) fn of(export: &Value, keys: &Value) -> Self {
        let files = Self::new();
        files.write("dep.json", export.to_string());
        files.write("keys.json", keys.to_string());
        files
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// `dep.verify` of `dep.json` with `keys.json`, and these parameters more.
    pub(crate) fn verify(&self, more: Value) -> Result<Value, fiskal::error::Error> {
        let mut params = json!({"file": self.path("dep.json"), "keys": self.path("keys.json")});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        operations::find("dep.verify").unwrap().run_alone(&params, &Interrupt::never()).unwrap()
    }
}

/// What `dep.verify` says of these receipts.
pub(crate) fn verify(receipts: &[String]) -> Value {
    Files::of(&export(receipts), &keys()).verify(json!({})).unwrap()
}

/// Rule and position of each finding; position 0 where there is none.
pub(crate) fn found(report: &Value) -> Vec<(String, u64)> {
    let of = |finding: &Value| {
        (finding["rule"].as_str().unwrap().to_owned(), finding["position"].as_u64().unwrap_or_default())
    };
    report["findings"].as_array().unwrap().iter().map(of).collect()
}

/// A file that lies among the tests.
pub(crate) fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dep").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
