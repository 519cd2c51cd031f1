//! The public key under which receipts are signed.

use super::{Jws, Malformed, Signature};
use jiff::Timestamp;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use std::ops::RangeInclusive;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// id-ecPublicKey (RFC 5480, section 2.1.1).
const EC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256r1, the curve of ES256 (RFC 5480, section 2.1.1.1).
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// A point that is not compressed: a mark and two coordinates (RFC 5480, section 2.2).
const POINT: (u8, usize) = (4, 65);

/// A public key, with what its certificate says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    point: Vec<u8>,
    certificate: Option<Stated>,
}

/// What a certificate says of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stated {
    serial: String,
    valid: RangeInclusive<Timestamp>,
}

impl Signer {
    /// The key of a certificate (X.509, DER).
    ///
    /// # Errors
    /// [`Malformed`] when the bytes are no certificate, or its key is not one for ES256.
    pub fn from_certificate(der: &[u8]) -> Result<Self, Malformed> {
        let certificate = certificate(der)?;
        let stated = certificate.tbs_certificate();
        let validity = stated.validity();
        let valid = instant(validity.not_before.to_unix_duration())?
            ..=instant(validity.not_after.to_unix_duration())?;
        Ok(Signer {
            point: point(stated.subject_public_key_info())?,
            certificate: Some(Stated { serial: serial(&certificate), valid }),
        })
    }

    /// A key alone (SubjectPublicKeyInfo, DER), as closed systems have it.
    ///
    /// # Errors
    /// [`Malformed`] when the bytes are no public key for ES256.
    pub fn from_public_key(der: &[u8]) -> Result<Self, Malformed> {
        let key = SubjectPublicKeyInfoOwned::from_der(der).map_err(|cause| {
            Malformed::new("public key", &cause.to_string(), "SubjectPublicKeyInfo in DER")
        })?;
        Ok(Signer { point: point(&key)?, certificate: None })
    }

    /// The certificate's serial number, in lower-case hexadecimal digits without leading zeros.
    pub fn serial(&self) -> Option<&str> {
        self.certificate.as_ref().map(|stated| stated.serial.as_str())
    }

    /// From when to when the certificate is valid.
    pub fn valid(&self) -> Option<&RangeInclusive<Timestamp>> {
        self.certificate.as_ref().map(|stated| &stated.valid)
    }

    /// Whether the receipt was signed with this key; an unsigned one was not.
    pub fn signed(&self, jws: &Jws) -> bool {
        let Signature::Es256(signature) = &jws.signature else { return false };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point);
        key.verify(jws.signing_input().as_bytes(), signature).is_ok()
    }
}

fn certificate(der: &[u8]) -> Result<Certificate, Malformed> {
    Certificate::from_der(der)
        .map_err(|cause| Malformed::new("certificate", &cause.to_string(), "an X.509 certificate in DER"))
}

fn serial(certificate: &Certificate) -> String {
    let bytes = certificate.tbs_certificate().serial_number().as_bytes();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.trim_start_matches('0').to_owned()
}

fn instant(since_1970: Duration) -> Result<Timestamp, Malformed> {
    Timestamp::UNIX_EPOCH
        .checked_add(since_1970)
        .map_err(|cause| Malformed::new("validity", &cause.to_string(), "a time of this calendar"))
}

/// The point of a key on the curve P-256.
fn point(key: &SubjectPublicKeyInfoOwned) -> Result<Vec<u8>, Malformed> {
    let algorithm = &key.algorithm;
    let curve = algorithm.parameters.as_ref().and_then(|any| any.to_der().ok());
    let is_p256 = curve.and_then(|der| ObjectIdentifier::from_der(&der).ok()) == Some(P256);
    if algorithm.oid != EC_KEY || !is_p256 {
        return Err(Malformed::new("key", &algorithm.oid.to_string(), "one on the curve P-256"));
    }
    let (mark, length) = POINT;
    let point = key.subject_public_key.raw_bytes();
    if point.first() != Some(&mark) || point.len() != length {
        return Err(Malformed::new("key", &format!("{} bytes", point.len()), "an uncompressed point"));
    }
    Ok(point.to_vec())
}
