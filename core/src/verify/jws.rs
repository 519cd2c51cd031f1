//! A JSON Web Signature (RFC 7515) whose content lies beside it (its appendix F), over content of any size.

use crate::error::{Error, Kind, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use serde::Deserialize;
use sha2::{Digest, Sha256, Sha384};
use x509_cert::Certificate;
use x509_cert::der::{DecodePem, Encode};
use x509_cert::spki::DecodePublicKey;

/// A signature being checked: the content comes piece by piece, and none of it is kept.
///
/// The algorithms are ES256, ES384, RS256 and PS256 (RFC 7518, 3.1); which one it is must fit the certificate's
/// key. The certificate itself is trusted as it is: who calls got it from where trust begins. Only the key that
/// it holds is used.
///
/// ```no_run
/// # fn main() -> fiskal::error::Result<()> {
/// # let (jws, certificate, pieces) = ("", "", Vec::<Vec<u8>>::new());
/// let mut signature = fiskal::verify::DetachedJws::new(jws, certificate)?;
/// for piece in pieces {
///     signature.update(&piece);
/// }
/// signature.verify()?;
/// # Ok(()) }
/// ```
pub struct DetachedJws {
    key: Key,
    signature: Vec<u8>,
    digest: Hash,
    /// Up to two bytes that do not make a whole group of base64 yet.
    rest: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// What must be understood; nothing of it is.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

enum Key {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    Pkcs1(rsa::pkcs1v15::VerifyingKey<Sha256>),
    Pss(rsa::pss::VerifyingKey<Sha256>),
}

enum Hash {
    Sha256(Sha256),
    Sha384(Sha384),
}

impl DetachedJws {
    /// Begins to check a compact JWS of the form `header..signature` with the key of an X.509 certificate (PEM).
    ///
    /// # Errors
    /// `mismatch` for a text that is no such JWS, an algorithm that is not supported or does not fit the key, and
    /// a certificate that cannot be read.
    pub fn new(jws: &str, certificate_pem: &str) -> Result<Self> {
        let parts: Vec<&str> = jws.trim().split('.').collect();
        let [header, "", signature] = parts.as_slice() else {
            return Err(wrong("it is not of the form header..signature"));
        };
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| wrong("it is not base64url"));
        let told: Header = serde_json::from_slice(&decoded(header)?)
            .map_err(|cause| wrong(format!("its header cannot be read: {cause}")))?;
        if told.crit.is_some() {
            return Err(wrong("its header has extensions (crit) that are not known here"));
        }
        let mut jws = DetachedJws {
            key: key(&told.alg, certificate_pem)?,
            signature: decoded(signature)?,
            digest: match told.alg.as_str() {
                "ES384" => Hash::Sha384(Sha384::new()),
                _ => Hash::Sha256(Sha256::new()),
            },
            rest: Vec::with_capacity(3),
        };
        jws.digest.update(header.as_bytes());
        jws.digest.update(b".");
        Ok(jws)
    }

    /// Takes in the next piece of the content.
    pub fn update(&mut self, mut piece: &[u8]) {
        while !self.rest.is_empty() && self.rest.len() < 3 {
            let Some((first, others)) = piece.split_first() else { return };
            self.rest.push(*first);
            piece = others;
        }
        let group = std::mem::take(&mut self.rest);
        self.digest.update(URL_SAFE_NO_PAD.encode(&group).as_bytes());
        let (whole, rest) = piece.split_at(piece.len() - piece.len() % 3);
        self.digest.update(URL_SAFE_NO_PAD.encode(whole).as_bytes());
        self.rest = rest.to_vec();
    }

    /// Whether all of the content was signed with the certificate's key.
    ///
    /// # Errors
    /// `mismatch` where it was not.
    pub fn verify(mut self) -> Result<()> {
        self.digest.update(URL_SAFE_NO_PAD.encode(&self.rest).as_bytes());
        let digest = self.digest.finalize();
        let signature = self.signature.as_slice();
        let verified = match &self.key {
            Key::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify_prehash(&digest, &signature)),
            Key::P384(key) => p384::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify_prehash(&digest, &signature)),
            Key::Pkcs1(key) => rsa::pkcs1v15::Signature::try_from(signature)
                .and_then(|signature| key.verify_prehash(&digest, &signature)),
            Key::Pss(key) => rsa::pss::Signature::try_from(signature)
                .and_then(|signature| key.verify_prehash(&digest, &signature)),
        };
        verified.map_err(|_| wrong("it is not over this content, or not made with the certificate's key"))
    }
}

impl Hash {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Hash::Sha256(digest) => Digest::update(digest, bytes),
            Hash::Sha384(digest) => Digest::update(digest, bytes),
        }
    }

    fn finalize(self) -> Vec<u8> {
        match self {
            Hash::Sha256(digest) => digest.finalize().to_vec(),
            Hash::Sha384(digest) => digest.finalize().to_vec(),
        }
    }
}

/// The certificate's key, for this algorithm.
fn key(algorithm: &str, certificate_pem: &str) -> Result<Key> {
    let unreadable = || wrong("the certificate it was made with cannot be read");
    let certificate = Certificate::from_pem(certificate_pem.as_bytes()).map_err(|_| unreadable())?;
    let public =
        certificate.tbs_certificate().subject_public_key_info().to_der().map_err(|_| unreadable())?;
    let misfit = || wrong(format!("its algorithm {algorithm} does not fit the certificate's key"));
    match algorithm {
        "ES256" => {
            p256::ecdsa::VerifyingKey::from_public_key_der(&public).map(Key::P256).map_err(|_| misfit())
        }
        "ES384" => {
            p384::ecdsa::VerifyingKey::from_public_key_der(&public).map(Key::P384).map_err(|_| misfit())
        }
        "RS256" | "PS256" => {
            let public = rsa::PublicKey::from_public_key_der(&public).map_err(|_| misfit())?;
            Ok(match algorithm {
                "RS256" => Key::Pkcs1(rsa::pkcs1v15::VerifyingKey::new(public)),
                _ => Key::Pss(rsa::pss::VerifyingKey::new(public)),
            })
        }
        other => Err(wrong(format!(
            "its algorithm '{}' is none of ES256, ES384, RS256, PS256",
            other.escape_debug()
        ))),
    }
}

fn wrong(what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Mismatch, format!("the signature does not hold: {what}"))
}
