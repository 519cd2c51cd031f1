//! Random values for keys and secrets, drawn from the operating system through version 4 UUIDs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 43 characters of base64url with about 244 bits of entropy.
pub(crate) fn secret() -> String {
    let mut hash = Sha256::new();
    hash.update(Uuid::new_v4().as_bytes());
    hash.update(Uuid::new_v4().as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// A public key name: `prefix` and 32 hexadecimal characters.
pub(crate) fn key(prefix: &str) -> String {
    format!("{prefix}{}", Uuid::new_v4().simple())
}

/// What is kept of a secret. Secrets are random and long, so a plain digest does not invite guessing.
pub(crate) fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}
