//! Verifying what a system signs, with nothing of the sandbox's own code.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::{DecodePem, Encode};

/// The certificate's serial number as lower-case hexadecimal.
pub(crate) fn serial_number(certificate: &Certificate) -> String {
    let bytes =
        certificate.tbs_certificate().serial_number().as_bytes().iter().skip_while(|byte| **byte == 0);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `jws`, a compact JWS with detached content (RFC 7515, appendix F), signs `content` with the
/// key of the certificate, and its header names that certificate.
pub(crate) fn verifies(jws: &str, content: &[u8], certificate_pem: &str) -> bool {
    let certificate = Certificate::from_pem(certificate_pem).unwrap();
    let [header, detached, signature] = jws.split('.').collect::<Vec<_>>()[..] else { return false };
    assert_eq!(detached, "", "the content is detached");

    let named: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(certificate.to_der().unwrap()));
    assert_eq!(named, json!({"alg": "ES256", "kid": serial_number(&certificate), "x5t#S256": thumbprint}));

    let key = certificate.tbs_certificate().subject_public_key_info().to_der().unwrap();
    let key = VerifyingKey::from_public_key_der(&key).unwrap();
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    let Ok(signature) = Signature::from_slice(&signature) else { return false };
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(content));
    key.verify(signed.as_bytes(), &signature).is_ok()
}
