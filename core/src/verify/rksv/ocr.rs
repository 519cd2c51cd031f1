//! The OCR form of a code: base32 (RFC 4648, section 6) where the QR code has base64.

use super::Malformed;
use super::fields::{base64, base64_text};
use data_encoding::BASE32;

/// Where the fields in another alphabet stand: the turnover counter and the chain value.
const ENCODED: [(usize, &str); 2] = [(10, "turnover counter"), (12, "chain value")];
/// What 8 bytes of chain value are in base32; in base64 they are 12 characters.
const CHAIN_LENGTH: usize = 16;

/// Whether a code without its signature is in this form.
pub(super) fn is_ocr(payload: &str) -> bool {
    payload.rsplit('_').next().is_some_and(|chain| chain.len() == CHAIN_LENGTH)
}

/// The same code as a QR code has it.
pub(super) fn to_qr(payload: &str, signature: &str) -> Result<String, Malformed> {
    let mut fields: Vec<String> = payload.split('_').map(str::to_owned).collect();
    for (place, part) in ENCODED {
        if let Some(field) = fields.get_mut(place) {
            *field = base64_text(&base32(part, field)?);
        }
    }
    fields.push(base64_text(&base32("signature", signature)?));
    Ok(fields.join("_"))
}

/// The OCR form of a well-formed code and its signature.
pub(super) fn from_parts(payload: &str, signature: &[u8]) -> String {
    let mut fields: Vec<String> = payload.split('_').map(str::to_owned).collect();
    for (place, part) in ENCODED {
        if let Some(field) = fields.get_mut(place)
            && let Ok(bytes) = base64(part, field)
        {
            *field = BASE32.encode(&bytes);
        }
    }
    fields.push(BASE32.encode(signature));
    fields.join("_")
}

fn base32(part: &'static str, text: &str) -> Result<Vec<u8>, Malformed> {
    BASE32.decode(text.as_bytes()).map_err(|_| Malformed::new(part, text, "padded base32"))
}
