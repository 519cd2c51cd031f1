//! What a documento commerciale shows: what it is, the number that the tax agency gave it, the document that
//! it takes back from, the lottery code (contract sign-fr 2.7 and 2.8; docs/decisions/0016-italy.md).

use super::records::Record;
use super::wire::text;
use crate::receipt::{Mention, Place, Receipt, ReceiptType};
use jiff::fmt::temporal::Pieces;

/// The mentions of a receipt, as far as they are known before it is booked. `original` is the one that it
/// takes back from.
pub(super) fn mentions(receipt: &Receipt, original: Option<&Receipt>) -> Vec<Mention> {
    let kind = match receipt.receipt_type {
        ReceiptType::Return => "emesso per RESO MERCE",
        ReceiptType::Cancel => "emesso per ANNULLAMENTO",
        _ => "di vendita o prestazione",
    };
    let mut mentions =
        vec![mention(Place::Header, "DOCUMENTO COMMERCIALE".into()), mention(Place::Header, kind.into())];
    mentions.extend(original.and_then(reference).map(|text| mention(Place::Header, text)));
    let lottery = receipt.customer.as_ref().and_then(|customer| customer.lottery_code.as_deref());
    mentions.extend(lottery.map(|code| mention(Place::Footer, format!("Codice lotteria: {code}"))));
    mentions
}

/// Puts the number of the document at the tax agency into the receipt, which has it once the agency does.
pub(super) fn sign(receipt: &mut Receipt, record: &Record) {
    receipt.fiscal.number = text(&record.0, "/content/compliance/data").map(str::to_owned);
}

/// The document that is taken back from, with its day as its own clock showed it.
fn reference(original: &Receipt) -> Option<String> {
    let number = original.fiscal.number.as_deref()?;
    let day = original.signed_at.as_deref().and_then(|at| Pieces::parse(at).ok()).map(|pieces| pieces.date());
    let of = day.map(|day| format!(" del {}", day.strftime("%d-%m-%Y"))).unwrap_or_default();
    Some(format!("Documento di riferimento: {number}{of}"))
}

fn mention(place: Place, text: String) -> Mention {
    Mention { place, text }
}
