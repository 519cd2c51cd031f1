//! The signed text of a receipt, and the value that ties the next receipt to it.

use super::fields::{base64, base64_text};
use super::{MachineCode, Malformed, ocr};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// base64url of `{"alg":"ES256"}`, byte for byte.
const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
/// What stands for the signature while the signature creation unit is out.
const OUTAGE: &[u8; 34] = b"Sicherheitseinrichtung ausgefallen";

/// A receipt as a JSON Web Signature (RFC 7515, compact): its code and the signature of it.
///
/// ```
/// use fiskal::verify::rksv::Jws;
/// let qr = "_R1-AT3_dGxx_3_2026-11-01T10:00:00_10,00_0,00_0,00_0,00_0,00_tVRyCEP/QfU=_5474185F_Bdat4XruHIg=\
///           _U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg==";
/// let jws = Jws::from_code(qr)?;
/// assert!(jws.to_string().ends_with(".U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg"));
/// assert_eq!(jws.to_string().parse::<Jws>()?.qr(), qr);
/// # Ok::<(), fiskal::verify::rksv::Malformed>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jws {
    /// The code without the signature.
    pub payload: String,
    /// The signature.
    pub signature: Signature,
}

/// The signature of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// ES256: `r` and `s`, 32 bytes each.
    Es256([u8; 64]),
    /// None: the signature creation unit was out.
    Outage,
}

impl Signature {
    fn read(bytes: &[u8], text: &str) -> Result<Self, Malformed> {
        if bytes == OUTAGE {
            return Ok(Signature::Outage);
        }
        let expected = "64 bytes r and s, or the text of an outage,";
        bytes.try_into().map(Signature::Es256).map_err(|_| Malformed::new("signature", text, expected))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Signature::Es256(bytes) => bytes,
            Signature::Outage => OUTAGE,
        }
    }
}

impl Jws {
    /// Rebuilds the signed text from a code as it is printed: the text of a QR code, or the OCR form.
    ///
    /// # Errors
    /// [`Malformed`] when the code has not twelve fields and a signature, or one of them the wrong form.
    pub fn from_code(text: &str) -> Result<Self, Malformed> {
        let (payload, signature) = text.rsplit_once('_').unwrap_or_default();
        if ocr::is_ocr(payload) {
            return Jws::from_code(&ocr::to_qr(payload, signature)?);
        }
        payload.parse::<MachineCode>()?;
        let bytes = base64("signature", signature)?;
        Ok(Jws { payload: payload.to_owned(), signature: Signature::read(&bytes, signature)? })
    }

    /// The text of the receipt's QR code.
    pub fn qr(&self) -> String {
        format!("{}_{}", self.payload, base64_text(self.signature.bytes()))
    }

    /// The code in letters that a text reader tells apart, in base32 where the QR code has base64.
    ///
    /// # Errors
    /// [`Malformed`] when the payload is no machine code.
    pub fn ocr(&self) -> Result<String, Malformed> {
        self.payload.parse::<MachineCode>()?;
        Ok(ocr::from_parts(&self.payload, self.signature.bytes()))
    }

    /// The bytes that are signed.
    pub fn signing_input(&self) -> String {
        format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(&self.payload))
    }

    /// The chain value of the receipt that follows this one.
    pub fn chain_value(&self) -> [u8; 8] {
        chain_value_of(&self.to_string())
    }
}

impl std::fmt::Display for Jws {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.signing_input(), URL_SAFE_NO_PAD.encode(self.signature.bytes()))
    }
}

impl std::str::FromStr for Jws {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let parts: Vec<&str> = text.split('.').take(4).collect();
        let [header, payload, signature] = parts.as_slice() else {
            return Err(Malformed::new("receipt", text, "a JSON Web Signature of three parts"));
        };
        if *header != HEADER {
            return Err(Malformed::new("header", header, HEADER));
        }
        let payload = payload_text(payload)?;
        let bytes = base64url("signature", signature)?;
        Ok(Jws { payload, signature: Signature::read(&bytes, signature)? })
    }
}

fn payload_text(part: &str) -> Result<String, Malformed> {
    String::from_utf8(base64url("payload", part)?)
        .map_err(|_| Malformed::new("payload", part, "base64url of UTF-8"))
}

fn base64url(part: &'static str, text: &str) -> Result<Vec<u8>, Malformed> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Malformed::new(part, text, "base64url without padding"))
}

/// The payload of a signed text whose other parts need not be right.
pub(in crate::verify) fn payload_of(text: &str) -> Option<String> {
    payload_text(text.split('.').nth(1)?).ok()
}

/// The chain value of a register's first receipt.
pub fn chain_start(register: &str) -> [u8; 8] {
    chain_value_of(register)
}

/// The chain value of the receipt that follows this text, whatever it is: even a receipt that cannot be read
/// has a successor.
pub(in crate::verify) fn chain_value_of(text: &str) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(text).into();
    [a, b, c, d, e, f, g, h]
}
