use std::fmt;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, SerialNumber};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::certificate::Certificate;

/// How long a certificate is valid (contract sign-fr 2.6).
const VALID_YEARS: i64 = 3;

/// Hexadecimal digits of a serial number: `CertificateSerialNumber` of the contract allows 32 characters,
/// RFC 5280 a few more.
const SERIAL_DIGITS: std::ops::RangeInclusive<usize> = 1..=32;

/// A key or certificate could not be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// The serial number asked for is not 1 to 32 hexadecimal digits, or is zero.
    #[error("`{0}` cannot be a certificate's serial number: give 1 to 32 hexadecimal digits, not all zero")]
    Serial(String),
    /// The certificate would end after the last time that can be written.
    #[error("a certificate cannot begin on {0}: its end lies too far in the future")]
    Validity(Timestamp),
    /// The certificate could not be made.
    #[error("the certificate cannot be made: {0}")]
    Issue(#[from] rcgen::Error),
    /// The private key is not a P-256 key in PKCS #8, as PEM.
    #[error("the private key cannot be read: {0}")]
    PrivateKey(#[from] p256::pkcs8::Error),
    /// The certificate is not X.509 with a P-256 key, as PEM.
    #[error("the certificate cannot be read: {0}")]
    Certificate(String),
    /// The certificate is for another key.
    #[error("the certificate is not for this private key; give the two that were made together")]
    Pair,
    /// The key refused to sign.
    #[error("signing failed: {0}")]
    Sign(#[from] p256::ecdsa::Error),
}

/// The signing key of one system, with the certificate that says so: ECDSA on P-256 with SHA-256, one of
/// the two algorithms that the contract's `CryptographySignature` allows for it.
pub struct SystemKey {
    signing: SigningKey,
    private_key_pem: String,
    certificate_pem: String,
    certificate: Certificate,
}

impl SystemKey {
    /// Makes a new key, and for it a self-signed certificate `O=libfiskal sandbox, CN=subject`, valid for
    /// three years from `not_before` (whole seconds; contract 2.6 on what real certificates look like).
    /// `serial` is its serial number in hexadecimal, for example a UUID without dashes.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Serial`] and [`CryptoError::Validity`] for bad input; [`CryptoError::Issue`] if the
    /// certificate cannot be made, for example for a subject that X.509 cannot carry.
    pub fn generate(subject: &str, serial: &str, not_before: Timestamp) -> Result<SystemKey, CryptoError> {
        let pair = KeyPair::generate()?;
        let mut params = params(subject, serial, not_before, VALID_YEARS)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&pair)?;
        SystemKey::from_pem(&pair.serialize_pem(), &certificate.pem())
    }

    /// Takes up a key that [`SystemKey::generate`] made, from a store.
    ///
    /// # Errors
    ///
    /// If one of the two cannot be read, or they do not belong together.
    pub fn from_pem(key_pem: &str, cert_pem: &str) -> Result<SystemKey, CryptoError> {
        let signing = SigningKey::from_pkcs8_pem(key_pem)?;
        let certificate = Certificate::from_pem(cert_pem).map_err(CryptoError::Certificate)?;
        if certificate.public_key != *signing.verifying_key() {
            return Err(CryptoError::Pair);
        }
        Ok(SystemKey {
            signing,
            private_key_pem: key_pem.to_owned(),
            certificate_pem: cert_pem.to_owned(),
            certificate,
        })
    }

    /// The private key, PKCS #8 as PEM. Secret.
    #[must_use]
    pub fn private_key_pem(&self) -> &str {
        &self.private_key_pem
    }

    /// The certificate, X.509 as PEM: `x509_pem` of the contract.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The certificate's serial number as lower-case hexadecimal, two digits a byte, without leading zero
    /// bytes: `serial_number` of the contract.
    #[must_use]
    pub fn serial_number(&self) -> &str {
        &self.certificate.serial_number
    }

    /// The last second in which the certificate is valid: `expires_at` of the contract.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.certificate.expires_at
    }

    /// The certificate, X.509 as DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate.der
    }

    /// Signs bytes: ECDSA on P-256 with SHA-256, as `r` and `s` one behind the other (RFC 7518, 3.4).
    ///
    /// # Errors
    ///
    /// [`CryptoError::Sign`], which does not happen with a key that could be read.
    pub fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], CryptoError> {
        let signature: Signature = self.signing.try_sign(bytes)?;
        Ok(signature.to_bytes().into())
    }

    /// A JWT (RFC 7519) with the given claims.
    ///
    /// # Errors
    ///
    /// As for [`SystemKey::sign`].
    pub(crate) fn jwt(&self, claims: &str) -> Result<String, CryptoError> {
        let jws = self.jws(claims.as_bytes())?;
        Ok(jws.replacen("..", &format!(".{}.", URL_SAFE_NO_PAD.encode(claims)), 1))
    }

    /// Signs a document: a compact JWS (RFC 7515) with detached content (its appendix F), that is
    /// `header..signature`, with ES256. Who verifies it puts the document, as base64url, between the two
    /// points. The header names the certificate by serial number (`kid`) and SHA-256 (`x5t#S256`).
    ///
    /// The content is detached because it is handed over beside the signature anyway, and because with it
    /// a receipt of thirty lines would not fit the 16,384 characters of `IntegrityContentData`.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Sign`], which does not happen with a key that could be read.
    pub fn jws(&self, payload: &[u8]) -> Result<String, CryptoError> {
        let header = json!({
            "alg": "ES256",
            "kid": self.serial_number(),
            "x5t#S256": URL_SAFE_NO_PAD.encode(Sha256::digest(&self.certificate.der)),
        });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let input = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        Ok(format!("{header}..{}", URL_SAFE_NO_PAD.encode(self.sign(input.as_bytes())?)))
    }
}

impl fmt::Debug for SystemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemKey").field("serial_number", &self.serial_number()).finish_non_exhaustive()
    }
}

fn serial_number(digits: &str) -> Option<SerialNumber> {
    if !SERIAL_DIGITS.contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let number = u128::from_str_radix(digits, 16).ok().filter(|number| *number > 0)?;
    let bytes = number.to_be_bytes();
    let significant = bytes.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<_>>();
    Some(SerialNumber::from_slice(&significant))
}

/// What a certificate says, before it says what its key is for.
pub(super) fn params(
    subject: &str,
    serial: &str,
    not_before: Timestamp,
    years: i64,
) -> Result<CertificateParams, CryptoError> {
    let serial = serial_number(serial).ok_or_else(|| CryptoError::Serial(serial.to_owned()))?;
    let (begin, end) = validity(not_before, years).ok_or(CryptoError::Validity(not_before))?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::OrganizationName, "libfiskal sandbox");
    params.distinguished_name.push(DnType::CommonName, subject);
    params.serial_number = Some(serial);
    params.not_before = begin.into();
    params.not_after = end.into();
    Ok(params)
}

fn validity(not_before: Timestamp, years: i64) -> Option<(SystemTime, SystemTime)> {
    let begin = Timestamp::from_second(not_before.as_second()).ok()?.to_zoned(TimeZone::UTC);
    let end = begin.checked_add(years.years()).ok()?;
    Some((begin.timestamp().into(), end.timestamp().into()))
}
