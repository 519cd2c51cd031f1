//! Whether two sales say the same.

use super::{Discount, Item, Payment, Sale, Vat};
use crate::error::{Error, Result};
use crate::money::Exact;
use sha2::{Digest, Sha256};

impl Sale {
    /// SHA-256 (in hex) of the sale's content as canonical JSON (RFC 8785), by which a repeated
    /// call is told from another sale under the same id.
    ///
    /// What means the same has the same fingerprint: `"2.20"` and `"2.2"`, an absent field and its
    /// default, a time in another zone, `"5.5"` and `{"rate": "5.5"}`.
    ///
    /// # Errors
    /// `invalid` when `extra` holds a number that JSON's canonical form cannot write.
    pub fn fingerprint(&self) -> Result<String> {
        let mut sale = self.clone();
        sale.normalize();
        let bytes = serde_json_canonicalizer::to_vec(&sale)
            .map_err(|cause| Error::invalid("/extra", format!("the sale has no canonical form: {cause}")))?;
        Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Gives every decimal of the sale its one normal form.
    fn normalize(&mut self) {
        optional(&mut self.rounding);
        self.items.iter_mut().for_each(normalize_item);
        self.discounts.iter_mut().for_each(normalize_discount);
        self.payments.iter_mut().for_each(normalize_payment);
    }
}

fn normalize_item(item: &mut Item) {
    item.quantity = item.quantity.normalize();
    item.unit_price = item.unit_price.normalize();
    optional(&mut item.total);
    item.vat = match &item.vat {
        Vat::Percent(rate) | Vat::Rate { rate, code: None } => Vat::Percent(rate.normalize()),
        Vat::Rate { rate, code } => Vat::Rate { rate: rate.normalize(), code: code.clone() },
        other => other.clone(),
    };
    item.discounts.iter_mut().for_each(normalize_discount);
}

fn normalize_discount(discount: &mut Discount) {
    optional(&mut discount.amount);
    optional(&mut discount.percent);
}

fn normalize_payment(payment: &mut Payment) {
    payment.amount = payment.amount.normalize();
    optional(&mut payment.tendered);
    if let Some(foreign) = &mut payment.foreign {
        foreign.amount = foreign.amount.normalize();
        foreign.rate = foreign.rate.normalize();
    }
}

fn optional(number: &mut Option<Exact>) {
    *number = number.map(Exact::normalize);
}
