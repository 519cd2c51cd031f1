//! Exact decimals: money, rates and quantities are never floats.
//!
//! Every calculation is checked: what would not fit is an error, never a wrapped or shortened
//! number. The currency is the euro, whose smallest unit is the cent.

use crate::error::{Error, Result};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::borrow::Cow;
use std::fmt;
use std::ops::Neg;
use std::str::FromStr;

/// Digits that an [`Exact`] may have before the point (contract sign-fr 2.7, "Numbers").
pub const WHOLE_DIGITS: usize = 12;
/// Digits that an [`Exact`] may have after the point (contract sign-fr 2.7, "Numbers").
pub const PLACES: u32 = 8;
/// Decimal places of the euro.
pub const CENT_PLACES: u32 = 2;

/// The smallest number that no longer fits before the point: 10^12.
const LIMIT: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0);
const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

/// A decimal number of at most 12 digits before and 8 after the point.
///
/// In JSON it is a string such as `"1.20"` or an integer; a float is refused, because `1.1` has no
/// exact binary form. There is no exponent and no leading `+`. It is written back with the places
/// it came with: `"1.20"` stays `"1.20"`, but equals `"1.2"`.
///
/// ```
/// use fiskal::money::Exact;
/// let price: Exact = "1.20".parse()?;
/// assert_eq!(price.to_string(), "1.20");
/// assert_eq!(price, "1.2".parse()?);
/// assert!("1e3".parse::<Exact>().is_err());
/// # Ok::<(), fiskal::error::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(pub Decimal);

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact(Decimal::ZERO);

    /// The number, if it keeps the bounds.
    ///
    /// # Errors
    /// `invalid` when it has more than 12 digits before or 8 after the point.
    pub fn new(value: Decimal) -> Result<Self> {
        if value.abs() >= LIMIT {
            return Err(wrong(format!("{value} has more than {WHOLE_DIGITS} digits before the point")));
        }
        if value.normalize().scale() > PLACES {
            return Err(wrong(format!("{value} has more than {PLACES} digits after the point")));
        }
        Ok(Exact(unsigned_zero(value)))
    }

    /// Whether it is a whole number of cents.
    pub fn is_cents(self) -> bool {
        self.0.normalize().scale() <= CENT_PLACES
    }

    /// The same number without trailing zeros: `1.20` becomes `1.2`.
    pub fn normalize(self) -> Self {
        Exact(unsigned_zero(self.0.normalize()))
    }
}

impl Neg for Exact {
    type Output = Exact;

    /// The opposite number; that of zero is zero, and not `-0`.
    fn neg(self) -> Exact {
        Exact(unsigned_zero(-self.0))
    }
}

impl FromStr for Exact {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, places) = match unsigned.split_once('.') {
            Some((whole, places)) => (whole, Some(places)),
            None => (unsigned, None),
        };
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, WHOLE_DIGITS) || !places.is_none_or(|places| digits(places, PLACES as usize)) {
            return Err(wrong(format!(
                "{} is not a decimal number; write it like \"12.50\", with at most {WHOLE_DIGITS} digits \
                 before and {PLACES} after the point",
                quoted(text)
            )));
        }
        Decimal::from_str_exact(text)
            .map(|value| Exact(unsigned_zero(value)))
            .map_err(|cause| wrong(format!("{} is not a decimal number: {cause}", quoted(text))))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(ExactVisitor)
    }
}

/// Reads an [`Exact`] from a string or an integer; shared with types that allow more beside it.
pub(crate) struct ExactVisitor;

impl serde::de::Visitor<'_> for ExactVisitor {
    type Value = Exact;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a decimal number as a string, such as \"12.50\"")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Exact, E> {
        text.parse().map_err(|error: Error| E::custom(error.message()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> std::result::Result<Exact, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> std::result::Result<Exact, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<Exact, E> {
        Err(E::custom(format!(
            "{number} is a floating-point number, which is not exact; give it as a string"
        )))
    }
}

impl schemars::JsonSchema for Exact {
    fn schema_name() -> Cow<'static, str> {
        "Exact".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (description, types) = if generator.contract().is_serialize() {
            ("A decimal number, as a string.", json!("string"))
        } else {
            ("A decimal number: a string, or an integer.", json!(["string", "integer"]))
        };
        schemars::json_schema!({
            "description": description,
            "type": types,
            "format": "decimal",
            "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,8})?$",
        })
    }
}

/// `a + b`.
///
/// # Errors
/// `invalid` when the sum does not fit.
pub fn add(a: Decimal, b: Decimal) -> Result<Decimal> {
    a.checked_add(b).ok_or_else(too_large)
}

/// `a - b`.
///
/// # Errors
/// `invalid` when the difference does not fit.
pub fn sub(a: Decimal, b: Decimal) -> Result<Decimal> {
    a.checked_sub(b).ok_or_else(too_large)
}

/// `a × b`.
///
/// Exact for two [`Exact`]s whose product keeps the 12 digits before the point: it then has at most
/// 12 + 16 digits, and a `Decimal` holds 28. A larger product is an error.
///
/// # Errors
/// `invalid` when the product has more than 12 digits before the point.
pub fn mul(a: Decimal, b: Decimal) -> Result<Decimal> {
    a.checked_mul(b).filter(|product| product.abs() < LIMIT).ok_or_else(too_large)
}

/// The sum of all `values`; zero for none.
///
/// # Errors
/// `invalid` when the sum does not fit.
pub fn sum(values: impl IntoIterator<Item = Decimal>) -> Result<Decimal> {
    values.into_iter().try_fold(Decimal::ZERO, add)
}

/// `value` rounded to exactly `places` places; a half goes away from zero.
///
/// The half goes up as in Regulation (EC) 1103/97, Article 5; for negative amounts the rule is
/// mirrored, so that a return undoes its sale to the cent. Rounding to more places than `value` has
/// adds zeros.
pub fn round(value: Decimal, places: u32) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    unsigned_zero(rounded)
}

/// `value` rounded to cents; see [`round`].
pub fn cents(value: Decimal) -> Decimal {
    round(value, CENT_PLACES)
}

/// `percent` per cent of `value`, rounded to cents.
///
/// # Errors
/// `invalid` when the product does not fit.
pub fn percent_of(value: Decimal, percent: Decimal) -> Result<Decimal> {
    let hundredth = percent.checked_div(HUNDRED).ok_or_else(too_large)?;
    Ok(cents(mul(value, hundredth)?))
}

/// Takes the VAT of `percent` out of `gross`: net = gross / (1 + percent/100) rounded to `places`,
/// VAT = gross - net (contract sign-fr 2.10). The two always add up to `gross`.
///
/// # Errors
/// `invalid` when `percent` is not between 0 and 100 or the amount does not fit.
pub fn vat_included(gross: Decimal, percent: Decimal, places: u32) -> Result<(Decimal, Decimal)> {
    if percent.is_sign_negative() && !percent.is_zero() || percent > HUNDRED {
        return Err(wrong(format!("a VAT rate of {percent} per cent is not between 0 and 100")));
    }
    // Multiplying first keeps the quotient exact to 28 digits, far beyond any half that matters.
    let net = gross
        .checked_mul(HUNDRED)
        .and_then(|hundredfold| hundredfold.checked_div(HUNDRED + percent))
        .ok_or_else(too_large)?;
    let net = round(net, places);
    Ok((net, sub(gross, net)?))
}

/// Splits `total`, a whole number of cents, over `weights` in whole cents: every part is its exact
/// share cut down to the cent, and the cents left over go, one each, to the largest cut-off
/// remainders; among equal remainders to the first. The parts add up to `total`.
///
/// Weights may be of mixed sign (a returned article among bought ones); a part has then the sign of
/// its weight, as a percentage off everything would have it.
///
/// # Errors
/// `invalid` when `total` is not a whole number of cents, when it is not zero and the weights add
/// up to zero, or when a number does not fit.
pub fn split(total: Decimal, weights: &[Decimal]) -> Result<Vec<Decimal>> {
    if !Exact(total).is_cents() {
        return Err(wrong(format!("{total} is not a whole number of cents")));
    }
    let whole = scaled(total, CENT_PLACES)?;
    let places = weights.iter().map(|weight| weight.normalize().scale()).max().unwrap_or_default();
    let weights = weights.iter().map(|weight| scaled(*weight, places)).collect::<Result<Vec<i128>>>()?;
    let weight_sum =
        weights.iter().try_fold(0i128, |sum, weight| sum.checked_add(*weight)).ok_or_else(too_large)?;
    if weight_sum == 0 {
        return if whole == 0 {
            Ok(vec![cents(Decimal::ZERO); weights.len()])
        } else {
            Err(wrong(format!("{total} cannot be spread over nothing")))
        };
    }

    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        // With a negative sum both signs turn, so that the divisor is positive and every cut goes down.
        let product = whole.checked_mul(weight * weight_sum.signum()).ok_or_else(too_large)?;
        parts.push(product.div_euclid(weight_sum.abs()));
        remainders.push((std::cmp::Reverse(product.rem_euclid(weight_sum.abs())), index));
    }
    remainders.sort_unstable();
    let left_over = usize::try_from(whole - parts.iter().sum::<i128>())
        .map_err(|_| Error::internal("the parts of a split are more than the whole"))?;
    for (_, index) in remainders.into_iter().take(left_over) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts
        .into_iter()
        .map(|part| Decimal::try_from_i128_with_scale(part, CENT_PLACES).map_err(|_| too_large()))
        .collect()
}

/// `value` × 10^`places`, which must be whole.
fn scaled(value: Decimal, places: u32) -> Result<i128> {
    let mut value = value;
    if value.scale() > places {
        value = value.normalize();
    }
    let missing = places
        .checked_sub(value.scale())
        .ok_or_else(|| wrong(format!("{value} has more than {places} digits after the point")))?;
    value.mantissa().checked_mul(10i128.pow(missing)).ok_or_else(too_large)
}

/// `-0` is a zero.
fn unsigned_zero(mut value: Decimal) -> Decimal {
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value
}

/// What the caller wrote, short enough for a sentence and without control characters.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{short:?}{dots}")
}

fn wrong(message: String) -> Error {
    Error::invalid("", message)
}

fn too_large() -> Error {
    wrong(format!("an amount has more than {WHOLE_DIGITS} digits before the point"))
}
