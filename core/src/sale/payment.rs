//! How a sale is paid.

use crate::money::Exact;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a part of the sale is paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// By what.
    pub method: Method,
    /// How much of the sale it pays, in euros and cents; negative when money goes back.
    pub amount: Exact,
    /// What the customer gave, where it was more; the change is the difference.
    #[serde(default)]
    pub tendered: Option<Exact>,
    /// The card; for `card`, `meal_voucher` and `wallet`.
    #[serde(default)]
    pub card: Option<Card>,
    /// The voucher; for `voucher` and `meal_voucher`.
    #[serde(default)]
    pub voucher: Option<Voucher>,
    /// The gift card; for `gift_card`.
    #[serde(default)]
    pub gift_card: Option<GiftCard>,
    /// The foreign currency it was paid in; `amount` stays in euros.
    #[serde(default)]
    pub foreign: Option<Foreign>,
    /// The name of the means, such as that of a wallet; at most 250 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// The means' own reference, at most 250 characters.
    #[serde(default)]
    pub reference: Option<String>,
}

/// A means of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PaymentMethod")]
pub enum Method {
    /// Cash.
    Cash,
    /// A debit or credit card.
    Card,
    /// A meal voucher, on paper or as a card.
    MealVoucher,
    /// A voucher.
    Voucher,
    /// A gift card.
    GiftCard,
    /// A wallet.
    Wallet,
    /// Paid online.
    Online,
    /// A bank transfer.
    Transfer,
    /// On account: paid later.
    OnAccount,
    /// Anything else.
    Other,
}

/// A card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// What kind of card.
    #[serde(default)]
    pub kind: Option<CardKind>,
    /// The masked number: 4 to 19 digits and `*`, at most 12 of them digits (a card number may be
    /// kept with its first eight and last four digits, PCI DSS 4.0, 3.4.1).
    #[serde(default)]
    pub number: Option<String>,
}

/// What kind of card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// A credit card.
    Credit,
    /// A debit card.
    Debit,
    /// A prepaid card.
    Prepaid,
}

/// A voucher.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// For what it can be used.
    #[serde(default)]
    pub purpose: Option<VoucherPurpose>,
    /// Its number, at most 64 characters.
    #[serde(default)]
    pub number: Option<String>,
}

/// For what a voucher can be used (Directive 2006/112/EC, Article 30a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoucherPurpose {
    /// Single-purpose: its VAT was due when it was sold.
    Single,
    /// Multi-purpose: its VAT is due now.
    Multiple,
}

/// A gift card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCard {
    /// Its id, at most 64 characters.
    pub id: String,
}

/// A payment in a foreign currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// ISO 4217: three capital letters.
    pub currency: String,
    /// The amount in it.
    pub amount: Exact,
    /// How many euros one unit of it is; more than zero.
    pub rate: Exact,
}
