//! A system's key and certificate, read back with other means than those that made them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

#[path = "support/jws.rs"]
mod jws;

use std::time::Duration;

use fiskal_sandbox::crypto::{CryptoError, SystemKey};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::der::DecodePem;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

const SERIAL: &str = "0189f7eaae2c78098aebb819cf5e9e7f";

fn key() -> SystemKey {
    SystemKey::generate("till-1", SERIAL, "2026-03-01T12:00:00.9Z".parse().unwrap()).unwrap()
}

#[test]
fn the_certificate_says_what_the_contract_shows() {
    let key = key();
    let certificate = Certificate::from_pem(key.certificate_pem()).unwrap();
    let fields = certificate.tbs_certificate();
    for name in [fields.issuer(), fields.subject()] {
        let mut parts: Vec<String> = name.to_string().split(',').map(str::to_owned).collect();
        parts.sort();
        assert_eq!(parts, ["CN=till-1", "O=libfiskal sandbox"]);
    }
    assert_eq!(jws::serial_number(&certificate), SERIAL);
    assert_eq!(key.serial_number(), SERIAL);

    let second =
        |text: &str| Duration::from_secs(text.parse::<Timestamp>().unwrap().as_second().unsigned_abs());
    assert_eq!(fields.validity().not_before.to_unix_duration(), second("2026-03-01T12:00:00Z"));
    assert_eq!(fields.validity().not_after.to_unix_duration(), second("2029-03-01T12:00:00Z"));
    assert_eq!(key.expires_at(), "2029-03-01T12:00:00Z".parse().unwrap());

    let (_, usage) = fields.get_extension::<KeyUsage>().unwrap().unwrap();
    assert!(usage.digital_signature() && usage.key_cert_sign() && !usage.crl_sign());
    let (_, constraints) = fields.get_extension::<BasicConstraints>().unwrap().unwrap();
    assert!(constraints.ca);
}

#[test]
fn serial_numbers_keep_their_value() {
    let cases = [
        ("1", "01"),
        ("ABC", "0abc"),
        ("ff", "ff"),
        ("00ff", "ff"),
        ("80000000000000000000000000000000", "80000000000000000000000000000000"),
    ];
    for (given, expected) in cases {
        let key = SystemKey::generate("s", given, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(key.serial_number(), expected);
        assert_eq!(jws::serial_number(&Certificate::from_pem(key.certificate_pem()).unwrap()), expected);
    }
    let too_long = "1".repeat(33);
    for refused in ["", "0", "00", "g1", "-1", "+1", "1 ", &too_long] {
        let error = SystemKey::generate("s", refused, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(matches!(error, CryptoError::Serial(_)), "{refused:?}: {error}");
    }
}

#[test]
fn validity_reaches_past_2049_and_ends_with_the_calendar() {
    let late = SystemKey::generate("s", "1", "2049-06-01T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(late.expires_at(), "2052-06-01T00:00:00Z".parse().unwrap());
    let leap = SystemKey::generate("s", "1", "2028-02-29T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(leap.expires_at(), "2031-02-28T00:00:00Z".parse().unwrap());
    let error = SystemKey::generate("s", "1", Timestamp::MAX).unwrap_err();
    assert!(matches!(error, CryptoError::Validity(_)), "{error}");
}

#[test]
fn what_it_signs_verifies_with_its_certificate_and_nothing_else_does() {
    let (key, other) = (key(), key());
    let document = "<record>é</record>".as_bytes();
    let signed = key.jws(document).unwrap();
    assert!(jws::verifies(&signed, document, key.certificate_pem()));
    assert!(!jws::verifies(&signed, b"<record>e</record>", key.certificate_pem()));
    assert!(!jws::verifies(&signed, b"", key.certificate_pem()));
    let (header, _) = signed.split_once("..").unwrap();
    let (_, foreign) = other
        .jws(document)
        .map(|jws| jws.rsplit_once('.').map(|(h, s)| (h.to_owned(), s.to_owned())).unwrap())
        .unwrap();
    assert!(!jws::verifies(&format!("{header}..{foreign}"), document, key.certificate_pem()));
    assert!(
        key.jws(&vec![b'x'; 1 << 20]).unwrap().len() < 16_384,
        "fits IntegrityContentData, whatever it signs"
    );
}

#[test]
fn a_stored_key_is_taken_up_again() {
    let made = key();
    let stored = SystemKey::from_pem(made.private_key_pem(), made.certificate_pem()).unwrap();
    assert_eq!(stored.serial_number(), SERIAL);
    assert_eq!(stored.expires_at(), made.expires_at());
    assert_eq!(stored.private_key_pem(), made.private_key_pem());
    assert!(jws::verifies(&stored.jws(b"x").unwrap(), b"x", made.certificate_pem()));
}

#[test]
fn what_cannot_be_a_key_is_refused() {
    let (key, other) = (key(), key());
    let broken = key.certificate_pem().replacen("MII", "MIJ", 1);
    let cases = [
        (key.private_key_pem(), other.certificate_pem(), "the two that were made together"),
        ("", key.certificate_pem(), "the private key cannot be read"),
        (key.certificate_pem(), key.certificate_pem(), "the private key cannot be read"),
        (key.private_key_pem(), "", "the certificate cannot be read"),
        (key.private_key_pem(), key.private_key_pem(), "expected a CERTIFICATE"),
        (key.private_key_pem(), &broken, "the certificate cannot be read"),
    ];
    for (private, certificate, expected) in cases {
        let error = SystemKey::from_pem(private, certificate).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains(key.private_key_pem()), "a secret in {error}");
    }
}

#[test]
fn the_key_is_not_printed() {
    let shown = format!("{:?}", key());
    assert_eq!(shown, format!("SystemKey {{ serial_number: \"{SERIAL}\", .. }}"));
}
