//! The labels on a receipt, by language, and how the language writes numbers and dates.

use super::languages::{AUSTRIAN, ENGLISH, FRENCH, GERMAN, ITALIAN, SPANISH};
use crate::money::Exact;
use crate::receipt::{Receipt, ReceiptType};
use crate::sale::{Document, Method};
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;

/// All words of one language.
pub(super) struct Words {
    /// The language (BCP 47).
    pub(super) language: &'static str,
    pub(super) point: char,
    /// Whether the house number stands before the street.
    pub(super) number_first: bool,
    pub(super) date: &'static str,
    /// The kinds of receipt: sale, return, cancellation, correction, training, payment, all others.
    pub(super) types: [&'static str; 7],
    /// The documents that are no receipt: invoice, draft, pro forma; and what the last two are not.
    pub(super) documents: [&'static str; 3],
    pub(super) not_a_receipt: &'static str,
    /// In the order of [`Method`].
    pub(super) methods: [&'static str; 10],
    pub(super) tax_id: &'static str,
    pub(super) vat_number: &'static str,
    pub(super) register: &'static str,
    pub(super) cashier: &'static str,
    pub(super) refers_to: &'static str,
    pub(super) subtotal: &'static str,
    pub(super) discount: &'static str,
    pub(super) total: &'static str,
    pub(super) rounding: &'static str,
    pub(super) to_pay: &'static str,
    pub(super) change: &'static str,
    /// Head of the VAT table: VAT, without VAT, with VAT.
    pub(super) vat: &'static str,
    pub(super) net: &'static str,
    pub(super) gross: &'static str,
    /// Not subject, exempt, export, within the EU, margin, third party, voucher, reverse charge.
    pub(super) exempt: [&'static str; 8],
    pub(super) duplicate: &'static str,
    pub(super) not_live: &'static str,
    pub(super) training: &'static str,
    pub(super) pending: &'static str,
    pub(super) provisional: &'static str,
    pub(super) refused: &'static str,
    /// Closings of a day, a month, a fiscal year.
    pub(super) closings: [&'static str; 3],
    /// How many documents counted in a period, and ever; and what was ever sold.
    pub(super) documents_counted: &'static str,
    pub(super) ever_counted: &'static str,
    pub(super) ever: &'static str,
    /// The extract of a closing's signature; and what stands there while the service has not closed.
    pub(super) signature: &'static str,
    pub(super) not_closed: &'static str,
    /// Fiscal number, register's serial, security element's serial, transaction, signature counter.
    pub(super) fiscal: [&'static str; 5],
}

impl Words {
    /// The words for a receipt: by its service, else by the country that ends its address.
    pub(super) fn of(receipt: &Receipt) -> &'static Words {
        let country = match receipt.service.as_str() {
            "sign-fr" => "FR",
            "sign-it" => "IT",
            "sign-at" => "AT",
            "sign-es" => "ES",
            "openfiskal" => "DE",
            _ => receipt.issuer.address.last().map_or("", |line| line.trim()),
        };
        match country {
            "FR" | "France" => &FRENCH,
            "IT" | "Italy" | "Italia" => &ITALIAN,
            "AT" | "Austria" | "Österreich" => &AUSTRIAN,
            "DE" | "Germany" | "Deutschland" => &GERMAN,
            "ES" | "Spain" | "España" => &SPANISH,
            _ => &ENGLISH,
        }
    }

    /// What the document is called.
    pub(super) fn document(&self, receipt: &Receipt) -> &'static str {
        let [invoice, draft, proforma] = self.documents;
        match receipt.document {
            Document::Receipt => self.receipt_type(receipt.receipt_type),
            Document::Invoice => invoice,
            Document::Draft => draft,
            Document::Proforma => proforma,
        }
    }

    fn receipt_type(&self, receipt_type: ReceiptType) -> &'static str {
        let [sale, returned, cancelled, corrected, training, payment, other] = self.types;
        match receipt_type {
            ReceiptType::Sale => sale,
            ReceiptType::Return => returned,
            ReceiptType::Cancel => cancelled,
            ReceiptType::Correction => corrected,
            ReceiptType::Training => training,
            ReceiptType::Payment => payment,
            _ => other,
        }
    }

    pub(super) fn method(&self, method: Method) -> &'static str {
        let [cash, card, meal_voucher, voucher, gift_card, wallet, online, transfer, on_account, other] =
            self.methods;
        match method {
            Method::Cash => cash,
            Method::Card => card,
            Method::MealVoucher => meal_voucher,
            Method::Voucher => voucher,
            Method::GiftCard => gift_card,
            Method::Wallet => wallet,
            Method::Online => online,
            Method::Transfer => transfer,
            Method::OnAccount => on_account,
            Method::Other => other,
        }
    }

    /// The words for a reason of [`crate::receipt::VatTotal::exempt`]; an unknown one stands for itself.
    pub(super) fn exempt<'a>(&self, reason: &'a str) -> &'a str {
        let [not_subject, exempt, export, intra_eu, margin, third_party, voucher, reverse_charge] =
            self.exempt;
        match reason {
            "not_subject" => not_subject,
            "exempt" => exempt,
            "export" => export,
            "intra_eu" => intra_eu,
            "margin" => margin,
            "third_party" => third_party,
            "voucher" => voucher,
            "reverse_charge" => reverse_charge,
            other => other,
        }
    }

    /// A number with the language's decimal point.
    pub(super) fn number(&self, number: Exact) -> String {
        number.to_string().replace('.', &self.point.to_string())
    }

    /// An amount with two places, or more where it has more.
    pub(super) fn money(&self, amount: Exact) -> String {
        let mut amount = amount.normalize().0;
        if amount.scale() < crate::money::CENT_PLACES {
            amount.rescale(crate::money::CENT_PLACES);
        }
        self.number(Exact(amount))
    }

    /// An RFC 3339 time as its own place's clock showed it; what is no such time stands for itself.
    pub(super) fn time(&self, time: &str) -> String {
        let local = Pieces::parse(time).ok().and_then(|pieces| {
            let civil = DateTime::from_parts(pieces.date(), pieces.time()?);
            jiff::fmt::strtime::format(self.date, civil).ok()
        });
        local.unwrap_or_else(|| time.to_owned())
    }
}
