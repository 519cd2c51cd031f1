//! What the till sells: begun, then completed or aborted.

use crate::money::Exact;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A sale, as the till hands it over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// The caller's id, at most 64 characters, unique per register; made if absent.
    #[serde(default)]
    pub id: Option<String>,
    /// The register's name in the configuration.
    pub register: String,
    /// The merchant's own receipt number.
    #[serde(default)]
    pub number: Option<String>,
    /// The series of that number.
    #[serde(default)]
    pub series: Option<String>,
    /// What is issued.
    #[serde(default)]
    pub document: Document,
    /// A free text on the receipt.
    #[serde(default)]
    pub text: Option<String>,
    /// A training sale: it is recorded as such and is no turnover.
    #[serde(default)]
    pub training: bool,
    /// When the cashier began; the time of `sale.begin` if absent.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// Who sells.
    #[serde(default)]
    pub cashier: Option<Cashier>,
    /// The table, in a restaurant.
    #[serde(default)]
    pub table: Option<String>,
    /// What is sold, at most 1,000.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Discounts on the whole sale.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// Cash rounding: what the payments are more (or less) than the items.
    #[serde(default)]
    pub rounding: Option<Exact>,
    /// How it is paid.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// Who buys.
    #[serde(default)]
    pub customer: Option<Value>,
    /// The earlier receipt that this one refers to.
    #[serde(default)]
    pub original: Option<Value>,
    /// The caller's own notes; they go along where the service has a place for them.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Per service, what only that service knows.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// What a sale issues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// A till receipt.
    #[default]
    Receipt,
    /// An invoice.
    Invoice,
    /// A draft, such as a restaurant's note before payment.
    Draft,
    /// A pro-forma invoice.
    Proforma,
}

/// Who sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cashier {
    /// The till's own id of the person.
    pub id: String,
    /// The name, where it is to be recorded.
    #[serde(default)]
    pub name: Option<String>,
}

/// One line of a sale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    pub text: String,
    /// How much of it; the only number that may be negative.
    pub quantity: Exact,
    /// The unit of the quantity, such as `kg`.
    #[serde(default)]
    pub unit: Option<String>,
    /// The price of one unit, VAT included.
    pub unit_price: Exact,
    /// The price of the line after its discounts, VAT included; wins within a cent.
    #[serde(default)]
    pub total: Option<Exact>,
    /// The VAT of the item.
    pub vat: Vat,
    /// Good or service.
    #[serde(default)]
    pub kind: ItemKind,
    /// What role the line plays.
    #[serde(default, rename = "type")]
    pub item_type: ItemType,
    /// Discounts on this item.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// The article behind it.
    #[serde(default)]
    pub article: Option<Article>,
    /// Per service, what only that service knows.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// Good or service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A good.
    #[default]
    Good,
    /// A service.
    Service,
}

/// What role an item plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemType {
    /// Something sold.
    #[default]
    Item,
    /// A deposit taken.
    Deposit,
    /// A deposit given back.
    DepositReturn,
    /// A voucher sold.
    Voucher,
    /// A tip.
    Tip,
    /// A service charge.
    ServiceCharge,
    /// A down payment.
    DownPayment,
    /// A down payment that is settled.
    DownPaymentSettled,
}

/// The VAT of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Vat {
    /// A percentage.
    Percent(Exact),
    /// A rate with the service's own code.
    Rate {
        /// The percentage.
        rate: Exact,
        /// The service's code.
        #[serde(default)]
        code: Option<String>,
    },
    /// No VAT, with the reason.
    Exempt {
        /// Why.
        exempt: Exemption,
        /// The service's own code.
        #[serde(default)]
        code: Option<String>,
    },
    /// The buyer owes the VAT.
    ReverseCharge {
        /// Always true.
        reverse_charge: bool,
    },
}

/// Why an item bears no VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    /// Outside the scope of VAT.
    NotSubject,
    /// Exempt.
    Exempt,
    /// An export.
    Export,
    /// A supply within the EU.
    IntraEu,
    /// Margin scheme.
    Margin,
    /// Taken for a third party.
    ThirdParty,
    /// A multi-purpose voucher.
    Voucher,
}

/// A discount: a gross amount or a percentage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// The gross amount off.
    #[serde(default)]
    pub amount: Option<Exact>,
    /// The percentage off.
    #[serde(default)]
    pub percent: Option<Exact>,
    /// What it is for.
    #[serde(default)]
    pub text: Option<String>,
}

/// The article behind an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The merchant's number.
    #[serde(default)]
    pub number: Option<String>,
    /// The GTIN.
    #[serde(default)]
    pub gtin: Option<String>,
    /// The group.
    #[serde(default)]
    pub group: Option<String>,
}

/// How a part of the sale is paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// By what.
    pub method: Method,
    /// How much.
    pub amount: Exact,
    /// What the customer gave, where it was more.
    #[serde(default)]
    pub tendered: Option<Exact>,
    /// The card.
    #[serde(default)]
    pub card: Option<Card>,
    /// The voucher.
    #[serde(default)]
    pub voucher: Option<Voucher>,
    /// The gift card.
    #[serde(default)]
    pub gift_card: Option<GiftCard>,
    /// The foreign currency it was paid in.
    #[serde(default)]
    pub foreign: Option<Foreign>,
    /// The name of the means, such as that of a wallet.
    #[serde(default)]
    pub name: Option<String>,
    /// The means' own reference.
    #[serde(default)]
    pub reference: Option<String>,
}

/// A means of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Cash.
    Cash,
    /// A debit or credit card.
    Card,
    /// A meal voucher.
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
    /// On account.
    OnAccount,
    /// Anything else.
    Other,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// `credit`, `debit` or `prepaid`.
    #[serde(default)]
    pub kind: Option<String>,
    /// The masked number.
    #[serde(default)]
    pub number: Option<String>,
}

/// A voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// `single` or `multiple`.
    #[serde(default)]
    pub purpose: Option<String>,
    /// Its number.
    #[serde(default)]
    pub number: Option<String>,
}

/// A gift card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftCard {
    /// Its id.
    pub id: String,
}

/// A payment in a foreign currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// ISO 4217.
    pub currency: String,
    /// The amount in it.
    pub amount: Exact,
    /// The rate.
    pub rate: Exact,
}
