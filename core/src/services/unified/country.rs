//! What differs between the countries behind this interface: one table for each.

use super::facts::MerchantFacts;
use super::provision::{MerchantParams, Taxpayer};
use super::receipt::Sellers;
use super::records::Record;
use super::run::{Flow, Run};
use super::settings::TaxpayerChanges;
use super::{french, italian, italian_paper, receipt};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Duty, Facts};
use crate::receipt::{Mention, Receipt};
use crate::resource::UpdateMerchant;
use crate::sale::{CardKind, Customer, Document, Item, Method, Payment, Sale};
use crate::services::lacking;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// A country, as the unified API serves it (contract sign-fr 2.4 to 2.10).
pub(super) struct Country {
    /// The service's name in the configuration, and of its block in `extra`.
    pub(super) service: &'static str,
    /// The name in sentences.
    pub(super) name: &'static str,
    /// Whether the law lets a register go on without the service, in a chain of records sent later.
    pub(super) goes_on_offline: bool,
    /// What a till has to do while the service cannot be reached, where it may not go on.
    pub(super) without_service: &'static str,
    /// The operations that the country lacks, with what to do instead.
    pub(super) lacks: &'static [(&'static str, &'static str)],
    /// Whether the service counts reprints; elsewhere the journal does.
    pub(super) counts_copies: bool,
    /// Whether records say who made them, whether they are training, and further properties.
    pub(super) has_details: bool,
    /// Whether something can be taken back among what is sold.
    pub(super) mixes_returns: bool,
    /// Whether a return repeats VAT and price of the line that it takes back.
    pub(super) repeats_lines: bool,
    /// The farthest that cash rounding moves a sum, where the country has a rule of its own.
    pub(super) most_rounding: Option<Decimal>,
    /// Whether its locations may have other systems than registers.
    pub(super) has_other_systems: bool,
    documents: &'static [Document],
    methods: &'static [Method],
    card_kinds: &'static [CardKind],
    exemptions: &'static [(&'static str, Exempt)],
    /// The code of a customer that the service is told.
    pub(super) customer_code: fn(&Customer) -> Option<&str>,
    /// The taxpayer that a merchant is.
    pub(super) taxpayer: fn(&Run<'_>, &MerchantParams) -> Result<Taxpayer>,
    /// What a call changes of the taxpayer beside names and address, from the call's block in `extra`.
    pub(super) taxpayer_changes: TaxpayerChange,
    /// The secrets of a merchant that the service shows with its taxpayer: where, and the key in the block.
    pub(super) shown_secrets: &'static [(&'static str, &'static str)],
    /// Tells the service what has changed of a merchant that is provisioned already.
    pub(super) renewed: for<'r> fn(&Run<'r>, MerchantFacts) -> Flow<MerchantFacts>,
    /// What the law wants on paper of a sale, as far as it is known before it is booked.
    pub(super) mentions: fn(&Receipt, &Sellers<'_>, Option<&Receipt>) -> Vec<Mention>,
    /// The mentions of a receipt about an earlier one, which has those of the earlier one so far.
    pub(super) mentions_about: fn(&mut Receipt, &Receipt),
    /// Puts what the record says into its receipt, where the law wants it on paper.
    pub(super) sign: fn(&mut Receipt, &Record),
    /// What has to be done by a date.
    pub(super) duties: fn(&Facts, &str, Timestamp) -> Vec<Duty>,
}

/// What a call changes of a taxpayer that is as the last value says, from its parameters and its block in `extra`.
type TaxpayerChange = fn(&Run<'_>, &UpdateMerchant, &Map<String, Value>, &Value) -> Result<TaxpayerChanges>;

/// Which exemption of a system a reason stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Exempt {
    /// The one of this code.
    Code(&'static str),
    /// The one whose description has one of these, in lower case: sources give its code differently.
    Described(&'static [&'static str]),
    /// None; with what to do instead.
    None(&'static str),
}

impl std::fmt::Debug for Country {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.service)
    }
}

/// France: SIGN FR.
pub(super) static FRANCE: Country = Country {
    service: "sign-fr",
    name: "France",
    goes_on_offline: true,
    without_service: "nothing was booked, try again",
    lacks: &[
        ("receipt.document", "in France the authority makes no document of a receipt"),
        ("credentials.update", "the service keeps no credentials for an authority"),
        ("credentials.revoke", NO_REVOCATION),
    ],
    counts_copies: true,
    has_details: true,
    mixes_returns: true,
    repeats_lines: false,
    most_rounding: None,
    has_other_systems: true,
    documents: &[Document::Receipt, Document::Draft, Document::Invoice, Document::Proforma],
    methods: &[
        Method::Cash,
        Method::Card,
        Method::MealVoucher,
        Method::Voucher,
        Method::GiftCard,
        Method::Wallet,
        Method::Online,
        Method::Transfer,
        Method::OnAccount,
        Method::Other,
    ],
    card_kinds: &[CardKind::Credit, CardKind::Debit, CardKind::Prepaid],
    exemptions: &[
        ("not_subject", Exempt::Code("NOT_SUBJECT")),
        ("third_party", Exempt::Code("NOT_SUBJECT")),
        ("voucher", Exempt::Code("NOT_SUBJECT")),
        ("export", Exempt::Code("NOT_TAXABLE")),
        ("intra_eu", Exempt::Code("NOT_TAXABLE")),
        ("reverse_charge", Exempt::Code("NOT_TAXABLE")),
        ("exempt", Exempt::Code("CAUSE_1")),
        ("margin", Exempt::Code("CAUSE_3")),
    ],
    customer_code: |customer| customer.code.as_deref(),
    taxpayer: french::taxpayer,
    taxpayer_changes: french::taxpayer_changes,
    shown_secrets: &[],
    renewed: |_, known| Ok(known),
    mentions: receipt::french_mentions,
    mentions_about: |_, _| {},
    sign: receipt::french_sign,
    duties: |_, _, _| Vec::new(),
};

/// Italy's systems list no EXPORT (contract sign-fr 2.7).
const NO_EXPORTS: &str = "the service makes no exports; `record.get` reads a record with its signed artifact";

/// Subjects are shown as enabled or disabled, and nothing changes that (contract sign-fr 3.3).
const NO_REVOCATION: &str = "the service has no request that disables an API key; ask its support to";

/// Italy: SIGN IT (docs/decisions/0016-italy.md).
pub(super) static ITALY: Country = Country {
    service: "sign-it",
    name: "Italy",
    goes_on_offline: false,
    without_service: "nothing was booked, try again; while it lasts, write the sale into the emergency \
                      register and issue it within 12 days",
    lacks: &[
        ("receipt.pay", "the service is not told what is paid later"),
        (
            "receipt.invoice",
            "the service is told the customer with the sale alone; give customer.lottery_code there",
        ),
        (
            "receipt.correct",
            "take the wrong lines back with a return, or cancel the receipt, and sell what is right",
        ),
        ("event.record", "the service records no events"),
        ("closing.create", "the service makes no closings; `report` has the sums of the journal"),
        ("credentials.revoke", NO_REVOCATION),
        ("export.create", NO_EXPORTS),
        ("export.get", NO_EXPORTS),
        ("export.list", NO_EXPORTS),
        ("export.fetch", NO_EXPORTS),
    ],
    counts_copies: false,
    has_details: false,
    mixes_returns: false,
    repeats_lines: true,
    most_rounding: Some(Decimal::from_parts(2, 0, 0, false, 2)),
    has_other_systems: false,
    documents: &[Document::Receipt],
    methods: &[
        Method::Cash,
        Method::Card,
        Method::MealVoucher,
        Method::Wallet,
        Method::Online,
        Method::OnAccount,
    ],
    card_kinds: &[CardKind::Credit, CardKind::Debit],
    exemptions: &[
        ("not_subject", Exempt::Code("NOT_SUBJECT")),
        ("voucher", Exempt::Code("NOT_SUBJECT")),
        ("export", Exempt::Code("NOT_TAXABLE")),
        ("intra_eu", Exempt::Code("NOT_TAXABLE")),
        ("margin", Exempt::Code("CAUSE_3")),
        ("exempt", Exempt::Described(&["exempt", "esent", "n4"])),
        ("third_party", Exempt::Described(&["exclu", "esclus", "n1"])),
        ("reverse_charge", Exempt::None("it is invoiced, not sold on a receipt")),
    ],
    customer_code: |customer| customer.lottery_code.as_deref(),
    taxpayer: italian::taxpayer,
    taxpayer_changes: italian::taxpayer_changes,
    shown_secrets: &[("/content/fiscalization/credentials/tax_id_number", "tax_id_number")],
    renewed: italian::renewed,
    mentions: |receipt, _, original| italian_paper::mentions(receipt, original),
    mentions_about: |receipt, original| receipt.mentions = italian_paper::mentions(receipt, Some(original)),
    sign: italian_paper::sign,
    duties: italian::duties,
};

impl Country {
    /// Whether the country has this operation.
    ///
    /// # Errors
    /// `invalid`, with what to do instead.
    pub(super) fn has(&self, operation: &str) -> Result<()> {
        if self.lacks.iter().any(|(lacking, _)| *lacking == operation) {
            return Err(lacking(self.service, operation, self.lacks));
        }
        Ok(())
    }

    /// Whether a sale may begin like this.
    ///
    /// # Errors
    /// `invalid`, with the pointer of what the country does not have.
    pub(super) fn allows_beginning(&self, sale: &Sale) -> Result<()> {
        if sale.training && !self.has_details {
            let message =
                format!("the service has no training in {}; train in the sandbox or in test", self.name);
            return Err(Error::invalid("/training", message));
        }
        Ok(())
    }

    /// Whether the country has what the sale asks for.
    ///
    /// # Errors
    /// `invalid`, with the pointer of what it does not have.
    pub(super) fn allows(&self, sale: &Sale) -> Result<()> {
        self.allows_beginning(sale)?;
        if !self.documents.contains(&sale.document) {
            let message = format!("in {} the service issues receipts alone; leave document out", self.name);
            return Err(Error::invalid("/document", message));
        }
        self.allows_returns(sale)?;
        self.allows_rounding(sale)?;
        for (index, payment) in sale.payments.iter().enumerate() {
            self.allows_payment(payment).map_err(|error| error.under(&format!("/payments/{index}")))?;
        }
        Ok(())
    }

    fn allows_returns(&self, sale: &Sale) -> Result<()> {
        let is_back = |item: &Item| item.quantity.0.is_sign_negative() && !item.quantity.0.is_zero();
        if self.mixes_returns || sale.original.is_some() {
            return Ok(());
        }
        match sale.items.iter().position(is_back) {
            None => Ok(()),
            Some(index) => {
                let message = format!(
                    "in {} goods come back as a return of their own; name the receipt in original",
                    self.name
                );
                Err(Error::invalid(format!("/items/{index}/quantity"), message))
            }
        }
    }

    fn allows_rounding(&self, sale: &Sale) -> Result<()> {
        let (Some(most), Some(rounding)) = (self.most_rounding, sale.rounding) else { return Ok(()) };
        if rounding.0.abs() > most {
            let message = format!("in {} cash is rounded by {most} at most", self.name);
            return Err(Error::invalid("/rounding", message));
        }
        let in_cash = sale.payments.iter().any(|payment| payment.method == Method::Cash);
        if rounding.0.is_zero() || in_cash {
            return Ok(());
        }
        Err(Error::invalid("/rounding", "only what is paid in cash is rounded; leave rounding out"))
    }

    fn allows_payment(&self, payment: &Payment) -> Result<()> {
        if !self.methods.contains(&payment.method) {
            let known = "cash, card, meal_voucher, wallet, online and on_account";
            let message = format!("the service does not take this method in {}; it takes {known}", self.name);
            return Err(Error::invalid("/method", message));
        }
        match payment.card.as_ref().and_then(|card| card.kind) {
            Some(kind) if !self.card_kinds.contains(&kind) => {
                let message = format!("in {} a card is credit or debit", self.name);
                Err(Error::invalid("/card/kind", message))
            }
            _ => Ok(()),
        }
    }

    /// Which exemption a reason stands for.
    pub(super) fn exemption(&self, reason: &str) -> Exempt {
        let found = self.exemptions.iter().find(|(known, _)| *known == reason);
        found.map_or(Exempt::None("give its code"), |(_, exempt)| *exempt)
    }

    /// The error of a register that may not go on without the service.
    pub(super) fn unreachable(&self) -> Error {
        Error::new(Kind::Unreachable, format!("the service gives no answer; {}", self.without_service))
    }
}
