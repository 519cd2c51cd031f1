//! Do VAT codes belong to the system, and do the amounts add up (contract sign-fr 2.6, 2.10)?
//!
//! The rules were published for Italy; the schema that they speak about serves France too. Where a sign is not
//! published (RETURN entries among SALE entries, `payments[].details.discount`) a setting says which readings
//! are accepted.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::settings::{PaymentDiscount, ReturnSign, SignFrSettings, ValueBase};
use crate::sign_fr::country::Country;

/// What is wrong with an operation, each a sentence that begins with a JSON pointer into it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) vat: Vec<String>,
    pub(super) amounts: Vec<String>,
}

/// Sums over entries, or the document's own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) amount: Decimal,
    pub(super) exclusive: Decimal,
    pub(super) inclusive: Decimal,
}

struct Auditor<'a> {
    country: Country,
    tolerance: Decimal,
    settings: &'a SignFrSettings,
    /// Where the document begins inside the operation.
    root: &'a str,
    findings: Findings,
}

/// Checks a transaction's content; operations without a document have nothing to check.
pub(super) fn check(country: Country, kind: &str, operation: &Value, settings: &SignFrSettings) -> Findings {
    let (root, document) = match kind {
        "RECEIPT" | "DRAFT_RECEIPT" | "INVOICE" | "PRO_FORMA_INVOICE" => ("", Some(operation)),
        "CORRECTION" => ("/data", operation.get("data")),
        _ => ("", None),
    };
    let mut auditor = Auditor {
        country,
        tolerance: settings.amount_tolerance.parse().unwrap_or_default(),
        settings,
        root,
        findings: Findings::default(),
    };
    if let Some(document) = document
        && auditor.document(document).is_none()
    {
        auditor.findings.amounts.push(format!("{root}: an amount is too large to be added up"));
    }
    auditor.findings
}

impl Auditor<'_> {
    /// Nothing if a sum leaves the range of a decimal.
    fn document(&mut self, document: &Value) -> Option<()> {
        let mut sums = Totals::default();
        let mut netted = Totals::default();
        let mut is_whole = true;
        for (index, entry) in list(document, "entries").iter().enumerate() {
            let data = entry.get("data")?;
            // The guide's lines need not say what they cost (contract sign-fr 1.6).
            if data.get("vat").is_none() {
                is_whole = false;
                continue;
            }
            let line = self.item(&format!("/entries/{index}/data"), data)?;
            sums = sums.plus(line)?;
            let is_return = entry.get("type").is_some_and(|kind| kind == "RETURN");
            netted = netted.plus(if is_return { line.negated() } else { line })?;
        }
        let total = totals(document.pointer("/document/total_vat")?)?;
        self.close(
            "/document/total_vat",
            "amount plus exclusive is not inclusive",
            total.amount.checked_add(total.exclusive)?,
            total.inclusive,
        );
        let fits = match self.settings.return_sign {
            ReturnSign::Subtracted => self.same(netted, total),
            ReturnSign::Added => self.same(sums, total),
            ReturnSign::Either => self.same(netted, total) || self.same(sums, total),
        };
        if is_whole && !fits {
            let what = format!(
                "{total} is not the sum of the entries, {sums} (returns added) or {netted} (returns subtracted)"
            );
            self.report("/document/total_vat", &what);
        }
        self.payments(document, total.inclusive)?;
        self.breakdown(document, total.amount)
    }

    fn item(&mut self, place: &str, item: &Value) -> Option<Totals> {
        for (index, part) in list(item, "items").iter().enumerate() {
            self.item(&format!("{place}/items/{index}"), part)?;
        }
        let vat = item.get("vat")?;
        let code = text(vat, "code");
        let base = decimal(item.pointer("/value/base"))?;
        let gross_base =
            decimal(item.pointer("/unit/price"))?.checked_mul(decimal(item.pointer("/unit/quantity"))?)?;
        let discount = optional(item.pointer("/value/discount"))?;
        let surcharge = optional(item.pointer("/value/surcharge"))?;
        let gross = gross_base.checked_sub(discount)?.checked_add(surcharge)?;
        // How a factor enters the price is not published.
        let has_factor = item.pointer("/unit/factor").is_some();
        if text(vat, "type") == "VAT_EXEMPTION" {
            if !self.country.exempts(code) {
                self.findings
                    .vat
                    .push(format!("{}{place}/vat/code '{code}' is no exemption of the system", self.root));
            }
            if !has_factor {
                self.base(place, base, gross_base, gross_base);
            }
            // Like the other lines it is summed as it says itself: in cents, which price × quantity may not be.
            let own = match self.settings.value_base {
                ValueBase::Any => gross,
                _ => base.checked_sub(discount)?.checked_add(surcharge)?,
            };
            return Some(Totals { amount: Decimal::ZERO, exclusive: own, inclusive: own });
        }
        let line = totals(vat)?;
        let percentage = decimal(vat.get("percentage"))?;
        self.rate(place, code, percentage);
        self.close(
            &format!("{place}/vat"),
            "amount plus exclusive is not inclusive",
            line.amount.checked_add(line.exclusive)?,
            line.inclusive,
        );
        let hundred = Decimal::ONE_HUNDRED;
        let vat_of_exclusive = line.exclusive.checked_mul(percentage)?.checked_div(hundred)?;
        self.close(
            &format!("{place}/vat/amount"),
            "amount is not exclusive × percentage",
            vat_of_exclusive,
            line.amount,
        );
        if !has_factor {
            self.close(
                &format!("{place}/vat/inclusive"),
                "inclusive is not price × quantity − discount + surcharge",
                gross,
                line.inclusive,
            );
            let net_base = gross_base.checked_mul(hundred)?.checked_div(hundred.checked_add(percentage)?)?;
            self.base(place, base, net_base, gross_base);
        }
        Some(line)
    }

    fn rate(&mut self, place: &str, code: &str, percentage: Decimal) {
        let known = self.country.vat_rates().iter().find(|(known, _)| *known == code);
        match known.and_then(|(_, percentage)| percentage.parse::<Decimal>().ok()) {
            Some(expected) if expected == percentage => {}
            Some(expected) => self.findings.vat.push(format!(
                "{}{place}/vat/percentage '{percentage}' is not {code}'s percentage in this system, {expected}",
                self.root
            )),
            None => self.findings.vat.push(format!("{}{place}/vat/code '{code}' is no rate of the system", self.root)),
        }
    }

    fn base(&mut self, place: &str, base: Decimal, net: Decimal, gross: Decimal) {
        let (is_net, is_gross) = (self.near(base, net), self.near(base, gross));
        let fits = match self.settings.value_base {
            ValueBase::Net => is_net,
            ValueBase::Gross => is_gross,
            ValueBase::Either => is_net || is_gross,
            ValueBase::Any => true,
        };
        if !fits {
            self.report(
                &format!("{place}/value/base"),
                &format!("{base} is not price × quantity ({net} net, {gross} gross)"),
            );
        }
    }

    fn payments(&mut self, document: &Value, inclusive: Decimal) -> Option<()> {
        let payments = list(document, "payments");
        let (mut paid, mut discounts) = (Decimal::ZERO, Decimal::ZERO);
        for payment in payments {
            paid = paid.checked_add(decimal(payment.pointer("/details/amount"))?)?;
            discounts = discounts.checked_add(optional(payment.pointer("/details/discount"))?)?;
        }
        let (added, subtracted) = (paid.checked_add(discounts)?, paid.checked_sub(discounts)?);
        let readings = match self.settings.payment_discount {
            PaymentDiscount::Added => vec![added],
            PaymentDiscount::Subtracted => vec![subtracted],
            PaymentDiscount::Apart => vec![paid],
            PaymentDiscount::Any => vec![paid, added, subtracted],
        };
        if !payments.is_empty() && !readings.iter().any(|sum| self.near(*sum, inclusive)) {
            self.report(
                "/payments",
                &format!("the payments are {paid} (discounts {discounts}), the document is {inclusive}"),
            );
        }
        Some(())
    }

    fn breakdown(&mut self, document: &Value, amount: Decimal) -> Option<()> {
        let lines = list(document, "breakdown");
        let mut sum = Decimal::ZERO;
        for line in lines {
            sum = sum.checked_add(decimal(line.get("amount"))?)?;
        }
        if !lines.is_empty() {
            self.close("/breakdown", "the breakdown is not the document's VAT", sum, amount);
        }
        Some(())
    }

    fn same(&self, left: Totals, right: Totals) -> bool {
        self.near(left.amount, right.amount)
            && self.near(left.exclusive, right.exclusive)
            && self.near(left.inclusive, right.inclusive)
    }

    fn near(&self, left: Decimal, right: Decimal) -> bool {
        left.checked_sub(right).is_some_and(|difference| difference.abs() <= self.tolerance)
    }

    fn close(&mut self, place: &str, rule: &str, computed: Decimal, given: Decimal) {
        if !self.near(computed, given) {
            self.report(place, &format!("{rule}: computed {computed}, given {given}"));
        }
    }

    fn report(&mut self, place: &str, what: &str) {
        self.findings.amounts.push(format!("{}{place}: {what}", self.root));
    }
}

impl Totals {
    pub(super) fn plus(self, other: Totals) -> Option<Totals> {
        Some(Totals {
            amount: self.amount.checked_add(other.amount)?,
            exclusive: self.exclusive.checked_add(other.exclusive)?,
            inclusive: self.inclusive.checked_add(other.inclusive)?,
        })
    }

    pub(super) fn negated(self) -> Totals {
        Totals { amount: -self.amount, exclusive: -self.exclusive, inclusive: -self.inclusive }
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} VAT, {} net, {} gross", self.amount, self.exclusive, self.inclusive)
    }
}

pub(super) fn totals(value: &Value) -> Option<Totals> {
    Some(Totals {
        amount: decimal(value.get("amount"))?,
        exclusive: decimal(value.get("exclusive"))?,
        inclusive: decimal(value.get("inclusive"))?,
    })
}

fn decimal(value: Option<&Value>) -> Option<Decimal> {
    value.and_then(Value::as_str)?.parse().ok()
}

/// Zero for what is not there.
fn optional(value: Option<&Value>) -> Option<Decimal> {
    value.map_or(Some(Decimal::ZERO), |value| decimal(Some(value)))
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
