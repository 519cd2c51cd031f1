//! The key container of a verifier (`cryptographicMaterialContainer.json`): the register's AES key and the
//! public keys under which its receipts are signed.

use super::read::unusable;
use crate::error::{Error, Result};
use crate::json::Strict;
use crate::read::{escape, strict};
use crate::text::quoted;
use crate::verify::rksv::{Malformed, Signer, TurnoverKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The parameter that named the file.
const POINTER: &str = "/keys";

/// The keys by which an export is checked.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) turnover: TurnoverKey,
    signers: BTreeMap<String, Signer>,
}

/// The file; what else is in it does not matter here.
#[derive(Deserialize)]
struct Container {
    #[serde(rename = "base64AESKey")]
    aes_key: String,
    #[serde(rename = "certificateOrPublicKeyMap")]
    keys: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "signatureDeviceType")]
    kind: KeyKind,
    #[serde(rename = "signatureCertificateOrPublicKey")]
    der: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum KeyKind {
    Certificate,
    PublicKey,
}

impl Keys {
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let Strict::<true>(json) =
            serde_json::from_slice(bytes).map_err(|cause| unusable(POINTER, "a key container", &cause))?;
        let container: Container = strict(&json).map_err(|error| {
            let place = error.pointer().unwrap_or_default().to_owned();
            wrong(&place, error.message())
        })?;
        let turnover = TurnoverKey::from_base64(&container.aes_key)
            .map_err(|cause| wrong("/base64AESKey", &cause.to_string()))?;
        let mut signers = BTreeMap::new();
        for (name, entry) in &container.keys {
            let place = format!("/certificateOrPublicKeyMap/{}", escape(name));
            let signer = signer(entry).map_err(|cause| wrong(&place, &cause.to_string()))?;
            // Verifiers differ in whether letters' case counts (contract sign-at 6.2), so a key may stand under both.
            let same = signers.get(&name.to_lowercase()).is_none_or(|known| *known == signer);
            if !same {
                return Err(wrong(&place, "another key has this name, but for the case of its letters"));
            }
            signers.insert(name.to_lowercase(), signer);
        }
        Ok(Keys { turnover, signers })
    }

    /// The key of this name; FinanzOnline does not tell upper case from lower case.
    pub(super) fn find(&self, name: &str) -> Option<&Signer> {
        self.signers.get(&name.to_lowercase())
    }

    /// The names of the first keys, for a message.
    pub(super) fn names(&self) -> String {
        let names: Vec<String> = self.signers.keys().take(3).map(|name| quoted(name)).collect();
        if names.is_empty() { "none, for the container is empty".to_owned() } else { names.join(", ") }
    }
}

fn signer(entry: &Entry) -> std::result::Result<Signer, Malformed> {
    let der = STANDARD.decode(&entry.der).unwrap_or_default();
    match entry.kind {
        KeyKind::Certificate => Signer::from_certificate(&der),
        KeyKind::PublicKey => Signer::from_public_key(&der),
    }
}

fn wrong(place: &str, why: &str) -> Error {
    Error::invalid(POINTER, format!("the key container cannot be used: at {}, {why}", quoted(place)))
}
