//! The code of a receipt in letters for a text reader, where a printer or the merchant wants no QR code.

use crate::error::{Error, Result};
use crate::receipt::{Mention, Place, Receipt};

/// The receipt with its code in letters in place of the QR code: what is printed of it has the code as the last of the
/// texts that stand above the QR code, in lines as wide as the paper, which a reader joins.
///
/// # Errors
/// `invalid` for a receipt without an OCR form, such as one of another country or one made without the service.
///
/// ```
/// use fiskal::print;
/// use fiskal::receipt::Receipt;
/// let receipt = Receipt { ocr: Some("_R1-AT3_dGxx_1_2026-11-01T09:00:00".into()), ..Receipt::default() };
/// let paper = print::text(&print::in_ocr(&receipt)?, 24);
/// assert!(paper.ends_with("_R1-AT3_dGxx_1_2026-11-0\n       1T09:00:00\n"), "{paper}");
/// # Ok::<(), fiskal::error::Error>(())
/// ```
pub fn in_ocr(receipt: &Receipt) -> Result<Receipt> {
    let Some(text) = receipt.ocr.clone() else {
        let message = "this receipt has no OCR form; print it with its QR code";
        return Err(Error::invalid("/code", message));
    };
    let mut shown = Receipt { qr: None, ..receipt.clone() };
    shown.mentions.push(Mention { place: Place::AboveQr, text });
    Ok(shown)
}
