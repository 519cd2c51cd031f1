//! The people and papers around a sale: who sells, who buys, and the earlier receipt.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cashier {
    /// The till's own id of the person, at most 64 visible characters.
    pub id: String,
    /// The name, where it is to be recorded; at most 128 characters.
    #[serde(default)]
    pub name: Option<String>,
}

/// Who buys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// A business or a consumer.
    #[serde(default, rename = "type")]
    pub customer_type: CustomerType,
    /// The name of the business, or of the person in one piece; at most 250 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// The person's name in its parts, where the service wants them.
    #[serde(default)]
    pub person: Option<Person>,
    /// The number by which authorities know the customer.
    #[serde(default)]
    pub id: Option<Identification>,
    /// Where the customer lives or trades.
    #[serde(default)]
    pub address: Option<Address>,
    /// The merchant's own customer code, at most 64 visible characters.
    #[serde(default)]
    pub code: Option<String>,
    /// The Italian lottery code: 8 or 16 capital letters and digits.
    #[serde(default)]
    pub lottery_code: Option<String>,
}

/// A business or a consumer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerType {
    /// Buys for a business.
    Business,
    /// Buys for private use.
    #[default]
    Consumer,
}

/// A person's name in its parts; each at most 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The forename.
    pub forename: String,
    /// The surname.
    pub surname: String,
    /// The gender, where the service wants it.
    #[serde(default)]
    pub gender: Option<Gender>,
    /// What stands before the name, such as a title.
    #[serde(default)]
    pub prefix: Option<String>,
}

/// A gender, as the services record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Diverse.
    Diverse,
    /// Female.
    Female,
    /// Male.
    Male,
}

/// A number by which authorities know somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// What kind of number.
    #[serde(rename = "type")]
    pub id_type: IdType,
    /// The number, at most 64 visible characters.
    pub number: String,
    /// The country that gave it: ISO 3166 alpha-2, two capital letters.
    #[serde(default)]
    pub country: Option<String>,
}

/// What kind of number an [`Identification`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdType {
    /// A VAT number.
    Vat,
    /// The national tax number.
    Tax,
    /// A passport.
    Passport,
    /// An official document of the country, such as an identity card.
    Document,
    /// A residence certificate.
    Residence,
    /// Anything else.
    Other,
}

/// A postal address; each part at most 128 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The street.
    pub street: String,
    /// The house number.
    #[serde(default)]
    pub number: Option<String>,
    /// The postal code.
    pub code: String,
    /// The city.
    pub city: String,
    /// ISO 3166 alpha-2: two capital letters.
    pub country: String,
}

/// The earlier receipt that a sale refers to, named in exactly one of three ways: by `receipt`, by
/// `number` (with its `register`, `series` and `issued_at` where they differ or are known), or by
/// `external`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// The receipt's id.
    #[serde(default)]
    pub receipt: Option<String>,
    /// The register that issued it; this register if absent.
    #[serde(default)]
    pub register: Option<String>,
    /// Its series.
    #[serde(default)]
    pub series: Option<String>,
    /// Its number.
    #[serde(default)]
    pub number: Option<String>,
    /// When it was issued: a date or an RFC 3339 time.
    #[serde(default)]
    pub issued_at: Option<String>,
    /// What names a receipt that this journal never saw.
    #[serde(default)]
    pub external: Option<String>,
    /// Why the sale refers to it, at most 250 characters.
    #[serde(default)]
    pub reason: Option<String>,
}
