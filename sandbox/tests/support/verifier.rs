//! A verifier of DEP7 exports: the rules of contract sign-at 6.8, and those of 6.10 that public verifiers do not see.
//! Written from the contract; it calls nothing of the sandbox.

use std::collections::HashSet;

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use serde_json::Value;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

const OUTAGE: &[u8] = b"Sicherheitseinrichtung ausgefallen";

/// One receipt of a verified export.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    pub(crate) number: String,
    /// Local time without a zone.
    pub(crate) time: String,
    /// Normal, reduced 1, reduced 2, zero, special.
    pub(crate) amounts: [i128; 5],
    pub(crate) signed: bool,
    pub(crate) counter: i128,
    pub(crate) qr: String,
}

struct Chain {
    key: Vec<u8>,
    previous: Option<String>,
    register: String,
    provider: String,
    width: Option<usize>,
    sum: i128,
    numbers: HashSet<String>,
    time: String,
    in_outage: bool,
}

/// Verifies an export with the key container beside it. The error names the receipt and the rule.
pub(crate) fn verify(dep: &Value, container: &Value) -> Result<Vec<Verified>, String> {
    let mut chain = Chain {
        key: STANDARD.decode(container["base64AESKey"].as_str().unwrap()).unwrap(),
        previous: None,
        register: String::new(),
        provider: String::new(),
        width: None,
        sum: 0,
        numbers: HashSet::new(),
        time: String::new(),
        in_outage: false,
    };
    let mut all = Vec::new();
    for group in dep["Belege-Gruppe"].as_array().unwrap() {
        let certificate = STANDARD.decode(group["Signaturzertifikat"].as_str().unwrap()).unwrap();
        check_issuer(&certificate, group["Zertifizierungsstellen"].as_array().unwrap())?;
        for jws in group["Belege-kompakt"].as_array().unwrap() {
            let place = all.len() + 1;
            let verified = chain
                .next(jws.as_str().unwrap(), &certificate, container)
                .map_err(|rule| format!("receipt {place}: {rule}"))?;
            all.push(verified);
        }
    }
    Ok(all)
}

fn rule(holds: bool, rule: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}

fn public_key(certificate: &[u8]) -> VerifyingKey {
    let certificate = Certificate::from_der(certificate).unwrap();
    let key = certificate.tbs_certificate().subject_public_key_info().to_der().unwrap();
    VerifyingKey::from_public_key_der(&key).unwrap()
}

fn check_issuer(certificate: &[u8], authorities: &[Value]) -> Result<(), String> {
    let [authority] = authorities else { return Err("one authority is expected".to_owned()) };
    let authority = STANDARD.decode(authority.as_str().unwrap()).unwrap();
    let certificate = Certificate::from_der(certificate).unwrap();
    let signature = Signature::from_der(certificate.signature().as_bytes().unwrap()).unwrap();
    let signed = certificate.tbs_certificate().to_der().unwrap();
    let holds = public_key(&authority).verify(&signed, &signature).is_ok();
    rule(holds, "the certificate is not the authority's")
}

impl Chain {
    fn next(&mut self, jws: &str, certificate: &[u8], container: &Value) -> Result<Verified, String> {
        let parts: Vec<&str> = jws.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err("not a JWS".to_owned()) };
        rule(header == "eyJhbGciOiJFUzI1NiJ9", "the header")?;
        let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|error| error.to_string())?;
        let fields: Vec<&str> = payload.split('_').collect();
        let ["", suite, register, number, time, amounts @ .., counter, serial, previous] = &fields[..] else {
            return Err("the fields of the machine code".to_owned());
        };
        let amounts: [i128; 5] = amounts
            .iter()
            .map(|text| cents(text))
            .collect::<Result<Vec<_>, _>>()?
            .try_into()
            .map_err(|_| "five amounts".to_owned())?;

        let expected = self.previous.as_deref().unwrap_or(register);
        let expected = STANDARD.encode(&Sha256::digest(expected)[..8]);
        rule(*previous == expected, "the chain value")?;
        if self.previous.is_none() {
            self.register = (*register).to_owned();
            self.provider = (*suite).to_owned();
        }
        rule(self.register == *register && self.provider == *suite, "Kassen-ID and system stay the same")?;
        rule(self.numbers.insert((*number).to_owned()), "numbers are unique")?;
        rule(time.len() == 19 && *time >= self.time.as_str(), "times do not go back")?;

        let signed = signature != OUTAGE;
        if signed {
            let named = &container["certificateOrPublicKeyMap"][*serial]["signatureCertificateOrPublicKey"];
            rule(
                named.as_str() == Some(&STANDARD.encode(certificate)),
                "the certificate of the serial number",
            )?;
            let parsed = Certificate::from_der(certificate).unwrap();
            let bytes = parsed.tbs_certificate().serial_number().as_bytes().to_vec();
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            rule(digits.trim_start_matches('0') == *serial, "the certificate's own serial number")?;
            let signature = Signature::from_slice(&signature).map_err(|_| "r and s of 32 bytes each")?;
            let input = jws.rsplit_once('.').unwrap().0;
            rule(public_key(certificate).verify(input.as_bytes(), &signature).is_ok(), "the signature")?;
        }

        let counter = STANDARD.decode(counter).map_err(|error| error.to_string())?;
        let is_zero = amounts == [0; 5];
        let word = matches!(&counter[..], b"STO" | b"TRA");
        if counter != b"TRA" {
            self.sum += amounts.iter().sum::<i128>();
        }
        if !word {
            rule(
                self.width.is_none_or(|width| width == counter.len()),
                "the counter's width stays the same",
            )?;
            rule((5..=16).contains(&counter.len()), "the counter's width")?;
            self.width = Some(counter.len());
            rule(self.decrypt(register, number, &counter) == self.sum, "the turnover counter")?;
        }
        if self.previous.is_none() {
            rule(is_zero && signed && !word && self.sum == 0, "the start receipt")?;
        }
        if self.in_outage && signed {
            rule(is_zero && !word, "a zero receipt ends an outage")?;
        }
        self.in_outage = !signed;
        self.time = (*time).to_owned();
        self.previous = Some(jws.to_owned());
        Ok(Verified {
            number: (*number).to_owned(),
            time: (*time).to_owned(),
            amounts,
            signed,
            counter: self.sum,
            qr: format!("{payload}_{}", STANDARD.encode(signature)),
        })
    }

    /// The counter's value: what is encrypted, XOR the first bytes of AES(key, SHA-256(register ‖ number)[..16]).
    fn decrypt(&self, register: &str, number: &str, counter: &[u8]) -> i128 {
        let start = Sha256::digest(format!("{register}{number}"));
        let mut block = Array::try_from(&start[..16]).unwrap();
        aes::Aes256::new_from_slice(&self.key).unwrap().encrypt_block(&mut block);
        let plain: Vec<u8> = counter.iter().zip(block.iter()).map(|(a, b)| a ^ b).collect();
        let sign = if plain[0] >= 0x80 { -1 } else { 0 };
        plain.iter().fold(sign, |value, byte| (value << 8) | i128::from(*byte))
    }
}

/// An amount with a decimal comma and two digits behind it, without leading zeros or thousands.
fn cents(text: &str) -> Result<i128, String> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let wrong = || format!("the amount {text}");
    let (whole, part) = digits.split_once(',').ok_or_else(wrong)?;
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = whole.len() > 1 && whole.starts_with('0');
    if !plain(whole) || !plain(part) || part.len() != 2 || leading {
        return Err(wrong());
    }
    Ok(sign * format!("{whole}{part}").parse::<i128>().map_err(|error| error.to_string())?)
}
