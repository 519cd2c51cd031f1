//! What came back, and what must be printed.

use crate::json;
use crate::money::Exact;
use crate::sale::{Cashier, Customer, Discount, Document, Item, Original, Payment, Sale};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A receipt: what came back from the service, and what must be printed.
///
/// Amounts are in euros. Fields of a receipt that are not known here are passed over when it is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The receipt's id: that of the operation that made it (a UUID).
    pub id: String,
    /// The caller's sale id.
    pub sale: Option<String>,
    /// The register's name in the configuration.
    pub register: String,
    /// The service's name, such as `sign-fr`.
    pub service: String,
    /// `live`, `test` or `sandbox`; what is not `live` says so on paper.
    pub environment: String,
    /// What kind of receipt it is.
    #[serde(rename = "type")]
    pub receipt_type: ReceiptType,
    /// What was issued, where it is no receipt.
    #[serde(default, skip_serializing_if = "Document::is_receipt")]
    pub document: Document,
    /// How final it is.
    pub state: State,
    /// The merchant's own number.
    pub number: Option<String>,
    /// Its series.
    pub series: Option<String>,
    /// When the sale began (RFC 3339 with the location's offset).
    pub started_at: Option<String>,
    /// When the service signed it (RFC 3339 with the location's offset); absent until it has.
    pub signed_at: Option<String>,
    /// The service's signature, as it goes on paper.
    pub signature: Option<String>,
    /// The numbers that the law wants on paper.
    pub fiscal: Fiscal,
    /// The service's ids by their names, such as `record` and `intention`.
    pub ids: BTreeMap<String, String>,
    /// Who issues it.
    pub issuer: Issuer,
    /// Who sold, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<Cashier>,
    /// What was sold, as the sale said it.
    pub items: Vec<Item>,
    /// Discounts on the whole sale, without which the items do not add up to the totals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// Cash rounding: what the payments are more (or less) than `totals.gross`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Exact>,
    /// How it was paid.
    pub payments: Vec<Payment>,
    /// The sums.
    pub totals: Totals,
    /// Who bought, where the sale said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The merchant's free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Texts that must be printed, in their order at each place.
    pub mentions: Vec<Mention>,
    /// The QR code that must be printed.
    pub qr: Option<Qr>,
    /// What the QR code says in letters for a text reader (OCR), where the law lets them be printed instead: base32
    /// where the QR code has base64. Austria has it, once a receipt is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocr: Option<String>,
    /// The earlier receipt that this one refers to.
    pub original: Option<Original>,
    /// The id of the provisional receipt that this one replaces; its own, where it kept its id.
    pub replaces: Option<String>,
    /// Receipts that the service made on the way, such as Austrian month ends.
    pub also: Vec<Receipt>,
    /// What the till or its user has to do about it, in one sentence.
    pub todo: Option<String>,
    /// The number of this copy; 0 is the original.
    pub copy: u32,
    /// What was checked of the answer: `content`, `chain`; `finanzonline` where the service tells that FinanzOnline
    /// found the receipt good.
    pub verified: Vec<String>,
    /// The service's own last answer, untouched; `null` while there is none.
    pub answer: Value,
}

impl Receipt {
    /// A receipt with all that the sale itself says; the rest is for the service to fill in.
    ///
    /// `totals` are those of [`Sale::amounts`]. The type is `training` for a training sale, `return`
    /// for one that refers to an earlier receipt, else `sale`; the state is `pending`.
    pub fn of_sale(sale: &Sale, totals: Totals) -> Receipt {
        let receipt_type = match (sale.training, &sale.original) {
            (true, _) => ReceiptType::Training,
            (false, Some(_)) => ReceiptType::Return,
            (false, None) => ReceiptType::Sale,
        };
        Receipt {
            sale: sale.id.clone(),
            register: sale.register.clone(),
            document: sale.document,
            receipt_type,
            number: sale.number.clone(),
            series: sale.series.clone(),
            cashier: sale.cashier.clone(),
            items: sale.items.clone(),
            discounts: sale.discounts.clone(),
            rounding: sale.rounding,
            payments: sale.payments.clone(),
            totals,
            customer: sale.customer.clone(),
            text: sale.text.clone(),
            original: sale.original.clone(),
            ..Receipt::default()
        }
    }

    /// The value at `path` in the receipt's JSON, as text: `"totals.gross"`, `"mentions.0.text"`.
    ///
    /// Keys and indices (from 0) are joined by dots. Strings come as they are, numbers and booleans
    /// as JSON writes them; lists and objects come as JSON. `None` for what is absent or `null`, and
    /// for the empty path.
    pub fn get(&self, path: &str) -> Option<String> {
        json::text_at(serde_json::to_value(self).ok()?, path)
    }

    /// How many elements the list at `path` has; `None` where there is no list.
    pub fn count(&self, path: &str) -> Option<usize> {
        json::at(serde_json::to_value(self).ok()?, path)?.as_array().map(Vec::len)
    }
}

/// The four characters of a signature that a French receipt shows: the 3rd, 7th, 13th and 19th (NF525; contract
/// sign-fr 5.7). They stand in the receipt's mentions as `Signature : …`; this is for paper of the till's own.
///
/// `None` for a signature with fewer than 19 characters. The service does not say whether it means the signature of
/// its journal or that of the document's own sequence; this library takes the journal's.
///
/// ```
/// assert_eq!(fiskal::receipt::nf525_extract("ABCDEFGHIJKLMNOPQRSTUVWXYZ").as_deref(), Some("CGMS"));
/// assert_eq!(fiskal::receipt::nf525_extract("too short"), None);
/// ```
pub fn nf525_extract(signature: &str) -> Option<String> {
    [3, 7, 13, 19].iter().map(|place| signature.chars().nth(place - 1)).collect()
}

/// What kind of receipt it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptType {
    /// A sale.
    #[default]
    Sale,
    /// A return.
    Return,
    /// A cancellation of a receipt never handed over.
    Cancel,
    /// A correction of wrong data.
    Correction,
    /// A payment of an earlier receipt.
    Payment,
    /// A training sale.
    Training,
    /// A zero receipt.
    Zero,
    /// The first receipt of a register.
    Start,
    /// A monthly receipt.
    Monthly,
    /// A yearly receipt.
    Yearly,
    /// The last receipt of a register.
    Closing,
}

/// How final a receipt is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ReceiptState")]
pub enum State {
    /// The service has it, finally.
    Signed,
    /// Booked or being settled; printable; `sync` finishes it. What is not known to be signed is
    /// pending.
    #[default]
    Pending,
    /// Made without the service by the country's law.
    Provisional,
    /// A record exists and was rejected later.
    Refused,
}

/// The numbers that the law wants on paper; absent where a country has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fiscal {
    /// The fiscal number of the receipt.
    pub number: Option<String>,
    /// The serial number of the register.
    pub register_serial: Option<String>,
    /// The serial number of the security element.
    pub tse_serial: Option<String>,
    /// The number of the transaction.
    pub transaction_number: Option<String>,
    /// The security element's counter of signatures.
    pub signature_counter: Option<String>,
}

/// Who issues a receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issuer {
    /// The legal name.
    pub name: String,
    /// The name over the door.
    pub trade_name: Option<String>,
    /// The tax number, such as the French SIREN.
    pub tax_id: Option<String>,
    /// The VAT number.
    pub vat_number: Option<String>,
    /// The address line by line: street and number, code and city, country.
    pub address: Vec<String>,
    /// The location's name, where it is not the head office.
    pub location: Option<String>,
}

/// The sums of a receipt, in euros with two places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// VAT included, after discounts, before cash rounding.
    pub gross: Exact,
    /// Without VAT: the sum of the rates' nets.
    pub net: Exact,
    /// Per VAT rate, the highest first; then per reason for charging none, by name.
    pub vat: Vec<VatTotal>,
}

impl Totals {
    /// The opposite: what a cancellation of the receipt adds.
    pub(crate) fn negated(&self) -> Totals {
        let of_group = |group: &VatTotal| VatTotal {
            net: -group.net,
            amount: -group.amount,
            gross: -group.gross,
            ..group.clone()
        };
        Totals { gross: -self.gross, net: -self.net, vat: self.vat.iter().map(of_group).collect() }
    }
}

/// The sums of one VAT rate, or of the items that bear none for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VatTotal {
    /// The percentage, without trailing zeros; `null` where no VAT is charged.
    pub rate: Option<Exact>,
    /// Why no VAT is charged: the name of an [`Exemption`](crate::sale::Exemption) or
    /// `reverse_charge`; absent where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exempt: Option<String>,
    /// Without VAT.
    pub net: Exact,
    /// The VAT: `gross` - `net`.
    pub amount: Exact,
    /// VAT included, after all discounts.
    pub gross: Exact,
}

/// A text that must be printed, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// Where on the paper.
    pub place: Place,
    /// The text.
    pub text: String,
}

/// Where a mention goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "MentionPlace")]
pub enum Place {
    /// At the top, below the issuer.
    Header,
    /// After the items, above the total.
    Body,
    /// At the bottom, above the QR code and what belongs to it.
    Footer,
    /// Right above the QR code.
    AboveQr,
    /// Right below the QR code.
    BelowQr,
}

/// A QR code that must be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Qr {
    /// What it encodes, as UTF-8; at most 2,953 bytes at level L, fewer at the others.
    pub payload: String,
    /// The error correction level: `L`, `M`, `Q` or `H` (ISO/IEC 18004).
    pub error_correction: String,
    /// The least width of the code on paper without its quiet zone, in millimetres.
    pub min_mm: u32,
}
