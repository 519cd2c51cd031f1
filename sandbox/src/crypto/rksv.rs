//! The security device of an Austrian cash register: machine code, turnover counter, signature and chain
//! (contract sign-at 6; suite R1: ES256, AES-256 in counter mode, SHA-256, chain values of 8 bytes).

use std::fmt;

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use jiff::civil::DateTime;
use sha2::{Digest as _, Sha256};

use super::key::{CryptoError, SystemKey};

/// `{"alg":"ES256"}` as base64url: the header of every receipt (6.3).
const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
/// What stands for the signature while the signature creation unit is out of order (6.5).
pub const OUTAGE: &str = "Sicherheitseinrichtung ausgefallen";
/// What stands for the turnover counter of a cancellation (6.2).
pub const CANCELLATION: &str = "STO";
/// What stands for the turnover counter of a training receipt (6.2).
pub const TRAINING: &str = "TRA";
/// Bytes of a chain value (6.4).
const CHAIN_BYTES: usize = 8;
/// Widths that a turnover counter may have, in bytes (6.2).
pub const COUNTER_BYTES: std::ops::RangeInclusive<usize> = 5..=16;

/// What a receipt says to a machine, without its signature (6.1). Written out by [`fmt::Display`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineCode<'a> {
    /// Who issued the certificate: `AT3` is PrimeSign.
    pub provider: &'a str,
    /// The register's id (Kassen-ID).
    pub register: &'a str,
    /// The receipt's number.
    pub number: &'a str,
    /// When it is signed, in Austrian local time.
    pub time: DateTime,
    /// Gross amounts in cents: standard, reduced 1, reduced 2, zero, special.
    pub amounts: [i64; 5],
    /// The turnover counter as [`turnover_counter`] or [`marked`] gives it.
    pub counter: &'a str,
    /// The certificate's serial number in hexadecimal.
    pub serial: &'a str,
    /// The chain value, as [`chain_value`] gives it.
    pub chain: &'a str,
}

impl fmt::Display for MachineCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MachineCode { provider, register, number, time, counter, serial, chain, .. } = self;
        write!(f, "_R1-{provider}_{register}_{number}_{}", time.strftime("%Y-%m-%dT%H:%M:%S"))?;
        for cents in self.amounts {
            let sign = if cents < 0 { "-" } else { "" };
            let cents = cents.unsigned_abs();
            write!(f, "_{sign}{},{:02}", cents / 100, cents % 100)?;
        }
        write!(f, "_{counter}_{serial}_{chain}")
    }
}

/// The turnover counter after a receipt, encrypted (6.2): big-endian two's complement of `width` bytes, under a key
/// stream that begins at SHA-256(register ‖ number). None if `cents` do not fit, or `width` is not between 5 and 16.
#[must_use]
pub fn turnover_counter(
    key: &[u8; 32],
    register: &str,
    number: &str,
    cents: i128,
    width: usize,
) -> Option<String> {
    if !COUNTER_BYTES.contains(&width) {
        return None;
    }
    let bytes = cents.to_be_bytes();
    let (above, counter) = bytes.split_at_checked(bytes.len().checked_sub(width)?)?;
    let negative = counter.first().is_some_and(|byte| byte & 0x80 != 0);
    let padding = if cents < 0 { 0xff } else { 0 };
    if above.iter().any(|byte| *byte != padding) || negative != (cents < 0) {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(register);
    hash.update(number);
    let mut block = aes::Block::default();
    block.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    Aes256::new(&(*key).into()).encrypt_block(&mut block);
    let encrypted: Vec<u8> = counter.iter().zip(block).map(|(plain, stream)| plain ^ stream).collect();
    Some(STANDARD.encode(encrypted))
}

/// The field of the turnover counter where a receipt has a word in its place.
#[must_use]
pub fn marked(word: &str) -> String {
    STANDARD.encode(word)
}

/// The chain value over the receipt before, or over the register's id for the first receipt (6.4).
#[must_use]
pub fn chain_value(previous: &str) -> String {
    let hash = Sha256::digest(previous);
    STANDARD.encode(hash.get(..CHAIN_BYTES).unwrap_or_default())
}

/// The checksum that is typed into FinanzOnline beside a counter's key, which is given as base64 (6.6).
#[must_use]
pub fn key_checksum(base64_key: &str) -> String {
    let hash = Sha256::digest(base64_key);
    STANDARD_NO_PAD.encode(hash.get(..3).unwrap_or_default())
}

/// A receipt in the JWS compact serialization (6.3), signed; without a key, with the words that say so (6.5).
///
/// # Errors
///
/// As for [`SystemKey::sign`].
pub fn receipt(payload: &str, key: Option<&SystemKey>) -> Result<String, CryptoError> {
    let input = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = match key {
        Some(key) => key.sign(input.as_bytes())?.to_vec(),
        None => OUTAGE.as_bytes().to_vec(),
    };
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The content of the QR code for a receipt: its machine code with the signature in ordinary base64 (6.3). None for
/// a text that is no receipt.
#[must_use]
pub fn qr(jws: &str) -> Option<String> {
    let mut parts = jws.split('.').skip(1);
    let payload = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    Some(format!("{}_{}", String::from_utf8(payload).ok()?, STANDARD.encode(signature)))
}
