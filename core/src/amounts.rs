//! The cents of a sale: per item, per VAT rate, and in all.
//!
//! The rules, with their sources:
//!
//! 1. An item's price is `unit_price` × `quantity`, rounded to cents, a half away from zero
//!    ([`money::round`]; contract sign-fr 2.10: price × quantity, VAT included).
//! 2. Its discounts are taken off in the order given, each off what the earlier ones left; a
//!    percentage is rounded to cents (contract sign-fr 2.10: discounts are gross). On what is taken
//!    back (a negative price) a discount is negative too, so that a return undoes its sale.
//! 3. A given `total` is the price after these discounts, with the sign of the quantity, and may
//!    differ from the computed one by a cent. It wins: the discounts stay as they are, and the price
//!    before them moves by the difference.
//! 4. The sale's discounts are taken off the sum of the items in the same way, and each is spread
//!    over the VAT rates in proportion to their sums, then within a rate over its items, in whole
//!    cents by largest remainder ([`money::split`]). Equal remainders go to the higher rate first
//!    (exempt groups last, by name), then to the earlier item, so that the order of the items moves
//!    no cent between rates.
//! 5. VAT is taken out once per rate, from the sum of its items: net = gross / (1 + rate), rounded
//!    to cents; VAT = gross - net (contract sign-fr 2.10). Exempt items are summed per reason.
//! 6. Cash rounding is not turnover: it changes what is paid, not these sums (contract sign-fr
//!    2.10: it goes with the payments).

use crate::error::{Error, Result};
use crate::money::{self, Exact};
use crate::receipt::{Receipt, Totals, VatTotal};
use crate::sale::{Discount, Item, Payment, Sale, Vat};
use rust_decimal::Decimal;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How far a given total may be from the computed one: one cent.
const TOTAL_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The cents of a sale; all in euros with two places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// One for each item, in their order.
    pub items: Vec<ItemAmounts>,
    /// What each of the sale's discounts takes off; it has the sign of what it is taken off.
    pub discounts: Vec<Exact>,
    /// The sums; `gross` is after all discounts and before cash rounding.
    pub totals: Totals,
    /// Cash rounding; zero if there is none.
    pub rounding: Exact,
    /// What the payments come to.
    pub paid: Exact,
    /// What the customer gets back: tendered less amount, over all payments.
    pub change: Exact,
}

/// The cents of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemAmounts {
    /// VAT included, before any discount.
    pub before: Exact,
    /// What each of the item's own discounts takes off.
    pub own: Vec<Exact>,
    /// All discounts: the item's own and its share of the sale's. It has the sign of `before`.
    pub discount: Exact,
    /// VAT included, after all discounts: `before` - `discount`.
    pub gross: Exact,
}

impl Sale {
    /// Works out the cents of the sale by the rules of [the module](crate::amounts).
    ///
    /// It needs no payments, and no items.
    ///
    /// # Errors
    /// `invalid` when a discount is more than what it is taken off, a given `total` is more than a
    /// cent from the computed one, or an amount has more than 12 digits before the point.
    pub fn amounts(&self) -> Result<Amounts> {
        work_out(&self.items, &self.discounts, self.rounding, &self.payments)
    }
}

impl Receipt {
    /// Works out the cents of the receipt again, as [`Sale::amounts`] did of its sale.
    ///
    /// # Errors
    /// Those of [`Sale::amounts`], for a receipt that never was a sale of this library.
    pub fn amounts(&self) -> Result<Amounts> {
        work_out(&self.items, &self.discounts, self.rounding, &self.payments)
    }
}

fn work_out(
    items: &[Item],
    discounts: &[Discount],
    rounding: Option<Exact>,
    payments: &[Payment],
) -> Result<Amounts> {
    let mut lines = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        lines.push(Line::of(item).map_err(|error| error.under(&format!("/items/{index}")))?);
    }
    let groups = Groups::of(items);
    let mut left = money::sum(lines.iter().map(|line| line.gross))?;
    let mut taken_off = Vec::with_capacity(discounts.len());
    for (index, discount) in discounts.iter().enumerate() {
        let place = format!("/discounts/{index}");
        let off = off(discount, left).map_err(|error| error.under(&place))?;
        groups.spread(off, &mut lines).map_err(|error| error.at(&place))?;
        left = money::sub(left, off)?;
        taken_off.push(exact(off)?);
    }
    let change = payments.iter().map(|payment| match payment.tendered {
        Some(tendered) => money::sub(tendered.0, payment.amount.0),
        None => Ok(Decimal::ZERO),
    });
    let change = money::sum(change.collect::<Result<Vec<_>>>()?)?;
    Ok(Amounts {
        totals: groups.totals(&lines)?,
        items: lines.into_iter().map(Line::amounts).collect::<Result<_>>()?,
        discounts: taken_off,
        rounding: exact(rounding.unwrap_or_default().0)?,
        paid: exact(money::sum(payments.iter().map(|payment| payment.amount.0))?)?,
        change: exact(change)?,
    })
}

/// One item while discounts are being taken off.
struct Line {
    before: Decimal,
    own: Vec<Exact>,
    gross: Decimal,
}

impl Line {
    fn of(item: &Item) -> Result<Line> {
        let mut before = money::cents(money::mul(item.unit_price.0, item.quantity.0)?);
        let mut gross = before;
        let mut own = Vec::with_capacity(item.discounts.len());
        for (index, discount) in item.discounts.iter().enumerate() {
            let place = format!("/discounts/{index}");
            let off = off(discount, gross).map_err(|error| error.under(&place))?;
            gross = money::sub(gross, off)?;
            own.push(exact(off)?);
        }
        if let Some(total) = item.total {
            let difference = money::sub(total.0, gross)?;
            if difference.abs() > TOTAL_TOLERANCE {
                let message = format!(
                    "the total {total} is not what price, quantity and discounts come to, {gross}; it may \
                     differ by one cent, or be left out"
                );
                return Err(Error::invalid("/total", message));
            }
            if total != Exact::ZERO && total.cmp(&Exact::ZERO) != item.quantity.cmp(&Exact::ZERO) {
                let message = format!("the total {total} has not the sign of the quantity {}", item.quantity);
                return Err(Error::invalid("/total", message));
            }
            before = money::cents(money::add(before, difference)?);
            gross = money::cents(total.0);
        }
        Ok(Line { before, own, gross })
    }

    fn amounts(self) -> Result<ItemAmounts> {
        Ok(ItemAmounts {
            before: exact(self.before)?,
            own: self.own,
            discount: exact(money::sub(self.before, self.gross)?)?,
            gross: exact(self.gross)?,
        })
    }
}

/// What `discount` takes off `value`; it has the sign of `value`.
fn off(discount: &Discount, value: Decimal) -> Result<Decimal> {
    match (discount.amount, discount.percent) {
        (Some(amount), None) if amount.0 > value.abs() => {
            let message =
                format!("the discount of {amount} is more than the {} it is taken off", value.abs());
            Err(Error::invalid("/amount", message))
        }
        (Some(amount), None) if value.is_sign_negative() => Ok(-money::cents(amount.0)),
        (Some(amount), None) => Ok(money::cents(amount.0)),
        (None, Some(percent)) => money::percent_of(value, percent.0),
        _ => Err(Error::invalid("", "a discount has either an amount or a percent; give exactly one")),
    }
}

/// How the groups of a sale are ordered: rates falling, then the reasons for charging none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Rate(Reverse<Exact>),
    Exempt(&'static str),
}

impl Group {
    fn of(vat: &Vat) -> Group {
        match (vat.rate(), vat.exempt()) {
            (Some(rate), _) => Group::Rate(Reverse(rate.normalize())),
            (None, reason) => Group::Exempt(reason.unwrap_or_default()),
        }
    }
}

/// The indices of the items of each VAT rate or exemption.
struct Groups(BTreeMap<Group, Vec<usize>>);

impl Groups {
    fn of(items: &[Item]) -> Groups {
        let mut groups: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            groups.entry(Group::of(&item.vat)).or_default().push(index);
        }
        Groups(groups)
    }

    /// Takes `off` off all lines, by rate and then by line.
    fn spread(&self, off: Decimal, lines: &mut [Line]) -> Result<()> {
        let weights = self.sums(lines)?;
        for (members, share) in self.0.values().zip(money::split(off, &weights)?) {
            let weights: Vec<Decimal> = gross_of(members, lines).collect();
            for (member, part) in members.iter().zip(money::split(share, &weights)?) {
                if let Some(line) = lines.get_mut(*member) {
                    line.gross = money::sub(line.gross, part)?;
                }
            }
        }
        Ok(())
    }

    fn totals(&self, lines: &[Line]) -> Result<Totals> {
        let mut vat = Vec::with_capacity(self.0.len());
        for (group, gross) in self.0.keys().zip(self.sums(lines)?) {
            let (rate, exempt) = match group {
                Group::Rate(Reverse(rate)) => (Some(*rate), None),
                Group::Exempt(reason) => (None, Some((*reason).to_owned())),
            };
            let (net, amount) = money::vat_included(gross, rate.unwrap_or_default().0, money::CENT_PLACES)?;
            vat.push(VatTotal {
                rate,
                exempt,
                net: exact(net)?,
                amount: exact(amount)?,
                gross: exact(gross)?,
            });
        }
        Ok(Totals {
            gross: exact(money::sum(vat.iter().map(|group| group.gross.0))?)?,
            net: exact(money::sum(vat.iter().map(|group| group.net.0))?)?,
            vat,
        })
    }

    fn sums(&self, lines: &[Line]) -> Result<Vec<Decimal>> {
        self.0.values().map(|members| money::sum(gross_of(members, lines))).collect()
    }
}

fn gross_of<'a>(members: &'a [usize], lines: &'a [Line]) -> impl Iterator<Item = Decimal> + 'a {
    members.iter().filter_map(|member| lines.get(*member)).map(|line| line.gross)
}

/// An amount with two places, within the bounds of [`Exact`].
fn exact(amount: Decimal) -> Result<Exact> {
    Exact::new(money::cents(amount))
}
