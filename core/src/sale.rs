//! What the till sells: begun, then completed or aborted.
//!
//! [`Sale::read`] turns JSON into a [`Sale`] and refuses what is not one; [`Sale::check_complete`]
//! says whether it can be booked; [`Sale::amounts`] works out its cents.

mod check;
mod fingerprint;
mod party;
mod payment;
mod read;
mod vat;

pub(crate) use check::{check_item, check_payment};
pub use party::{Address, Cashier, Customer, CustomerType, Gender, IdType, Identification, Original, Person};
pub use payment::{Card, CardKind, Foreign, GiftCard, Method, Payment, Voucher, VoucherPurpose};
pub use vat::{Exemption, Vat};

use crate::money::Exact;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A sale, as the till hands it over.
///
/// ```
/// use fiskal::sale::Sale;
/// let sale = Sale::read(&serde_json::json!({
///     "register": "till-1",
///     "items": [{"text": "Croissant", "quantity": 2, "unit_price": "1.20", "vat": "5.5"}],
///     "payments": [{"method": "cash", "amount": "2.40", "tendered": "5.00"}],
/// }))?;
/// sale.check_complete()?;
/// assert_eq!(sale.amounts()?.totals.gross.to_string(), "2.40");
/// assert_eq!(sale.amounts()?.change.to_string(), "2.60");
/// # Ok::<(), fiskal::error::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// The caller's id, at most 64 visible characters, unique per register; made if absent.
    #[serde(default)]
    pub id: Option<String>,
    /// The register's name in the configuration.
    pub register: String,
    /// The merchant's own receipt number, at most 64 visible characters.
    #[serde(default)]
    pub number: Option<String>,
    /// The series of that number, at most 64 visible characters.
    #[serde(default)]
    pub series: Option<String>,
    /// What is issued.
    #[serde(default)]
    pub document: Document,
    /// A free text on the receipt, at most 250 characters.
    #[serde(default)]
    pub text: Option<String>,
    /// A training sale: it is recorded as such and is no turnover.
    #[serde(default)]
    pub training: bool,
    /// When the cashier began (RFC 3339); the time of `sale.begin` if absent.
    #[serde(default, deserialize_with = "crate::read::time")]
    #[schemars(with = "Option<String>")]
    pub started_at: Option<Timestamp>,
    /// Who sells.
    #[serde(default)]
    pub cashier: Option<Cashier>,
    /// The table, in a restaurant; at most 64 characters.
    #[serde(default)]
    pub table: Option<String>,
    /// What is sold, at most 1,000.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Discounts on the whole sale, each off what the earlier ones left; at most 100.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// Cash rounding in euros, -0.05 to 0.05: what the payments are more (or less) than the items.
    #[serde(default)]
    pub rounding: Option<Exact>,
    /// How it is paid; at most 100.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// Who buys.
    #[serde(default)]
    pub customer: Option<Customer>,
    /// The earlier receipt that this one refers to, for a return.
    #[serde(default)]
    pub original: Option<Original>,
    /// The caller's own notes, at most 18, with names of at most 40 and texts of at most 250 characters; they go
    /// along where the service has a place for them.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Per service, what only that service knows: `{"sign-fr": {…}}` with `properties` and `transaction` (objects of
    /// texts), `activity_code`, `operation_date`; `{"sign-at": {…}}` with `form` (`standard_v1`, `raw` or
    /// `ekabs_v0`) and `ekabs_v0`. The pages of the services say what each is for; the blocks of other services are
    /// not looked at.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// What a sale issues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DocumentType")]
pub enum Document {
    /// A till receipt.
    #[default]
    Receipt,
    /// An invoice.
    Invoice,
    /// A draft, such as a restaurant's note before payment; it needs no payments.
    Draft,
    /// A pro-forma invoice; it needs no payments.
    Proforma,
}

impl Document {
    /// Whether it is a plain receipt.
    pub(crate) fn is_receipt(&self) -> bool {
        *self == Document::Receipt
    }
}

/// One line of a sale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is, 1 to 250 characters.
    pub text: String,
    /// How much of it; negative for what is taken back.
    pub quantity: Exact,
    /// The unit of the quantity, such as `kg`; at most 64 characters.
    #[serde(default)]
    pub unit: Option<String>,
    /// The price of one unit in euros, VAT included; not negative.
    pub unit_price: Exact,
    /// The price of the line after its own discounts, VAT included, in cents exactly, with the sign
    /// of the quantity. Given, it wins over the computed one, from which it may differ by one cent.
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
    /// Discounts on this item, each off what the earlier ones left; at most 100.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// The article behind it.
    #[serde(default)]
    pub article: Option<Article>,
    /// Per service, what only that service knows: `{"sign-fr": {…}}` with `properties` (an object of texts);
    /// `{"sign-at": {…}}` with `additional_text`, `delivery_period_start`, `delivery_period_end`.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// Good or service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A good.
    #[default]
    Good,
    /// A service.
    Service,
}

/// What role an item plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// A discount: a gross amount or a percentage, never both.
///
/// On what is taken back it works the same way: the amount given back is less by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// The gross amount off, in euros and cents; not negative.
    #[serde(default)]
    pub amount: Option<Exact>,
    /// The percentage off, 0 to 100.
    #[serde(default)]
    pub percent: Option<Exact>,
    /// What it is for, at most 250 characters.
    #[serde(default)]
    pub text: Option<String>,
}

/// The article behind an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The merchant's number, at most 64 characters.
    #[serde(default)]
    pub number: Option<String>,
    /// The GTIN: 8, 12, 13 or 14 digits (GS1 General Specifications).
    #[serde(default)]
    pub gtin: Option<String>,
    /// The group, at most 64 characters.
    #[serde(default)]
    pub group: Option<String>,
}
