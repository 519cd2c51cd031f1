//! What stands on a receipt, and in which order.

use super::paper::{Block, Paper, Style};
use super::words::Words;
use crate::money::Exact;
use crate::receipt::{Place, Receipt, ReceiptType, State};
use crate::sale::{Customer, Discount, Document, Item, Payment};

/// All of the receipt, from top to bottom.
pub(super) fn blocks(receipt: &Receipt) -> Vec<Block> {
    let sheet = Sheet { receipt, words: Words::of(receipt) };
    let mut paper = Paper::default();
    sheet.issuer(&mut paper);
    sheet.mentions(&mut paper, Place::Header);
    paper.rule();
    sheet.notices(&mut paper);
    sheet.head(&mut paper);
    paper.rule();
    sheet.items(&mut paper);
    sheet.mentions(&mut paper, Place::Body);
    paper.rule();
    sheet.total(&mut paper);
    sheet.payments(&mut paper);
    paper.rule();
    sheet.vat(&mut paper);
    paper.rule();
    sheet.customer(&mut paper);
    sheet.fiscal(&mut paper);
    paper.rule();
    sheet.foot(&mut paper);
    paper.into_blocks()
}

pub(super) struct Sheet<'a> {
    pub(super) receipt: &'a Receipt,
    pub(super) words: &'static Words,
}

impl Sheet<'_> {
    pub(super) fn issuer(&self, paper: &mut Paper) {
        let issuer = &self.receipt.issuer;
        let trade_name = issuer.trade_name.as_deref().unwrap_or(&issuer.name);
        paper.center(trade_name, Style::Strong);
        if trade_name != issuer.name {
            paper.center(&issuer.name, Style::Plain);
        }
        if let Some(location) = &issuer.location {
            paper.center(location, Style::Plain);
        }
        for line in &issuer.address {
            paper.center(line, Style::Plain);
        }
        for (label, number) in
            [(self.words.tax_id, &issuer.tax_id), (self.words.vat_number, &issuer.vat_number)]
        {
            if let Some(number) = number {
                paper.center(&format!("{label} {number}"), Style::Plain);
            }
        }
    }

    /// What nobody may overlook: a copy, a test, a training sale, a receipt that is not final.
    fn notices(&self, paper: &mut Paper) {
        let receipt = self.receipt;
        if receipt.copy > 0 {
            paper.center(&format!("{} {}", self.words.duplicate, receipt.copy), Style::Strong);
        }
        if receipt.environment != "live" {
            paper.center(&format!("{} ({})", self.words.not_live, receipt.environment), Style::Strong);
        }
        if matches!(receipt.document, Document::Draft | Document::Proforma) {
            paper.center(self.words.not_a_receipt, Style::Strong);
        }
        if receipt.receipt_type == ReceiptType::Training {
            paper.center(self.words.training, Style::Strong);
        }
        match receipt.state {
            State::Signed => {}
            State::Pending => paper.center(self.words.pending, Style::Strong),
            State::Provisional => paper.center(self.words.provisional, Style::Strong),
            State::Refused => paper.center(self.words.refused, Style::Strong),
        }
    }

    fn head(&self, paper: &mut Paper) {
        let receipt = self.receipt;
        let kind = self.words.document(receipt);
        let number = [&receipt.series, &receipt.number].into_iter().flatten().cloned().collect::<Vec<_>>();
        let time = receipt.signed_at.as_ref().or(receipt.started_at.as_ref());
        paper.left(&format!("{kind} {}", number.join(" ")));
        if let Some(time) = time {
            paper.left(&self.words.time(time));
        }
        paper.left(&format!("{} {}", self.words.register, receipt.register));
        if let Some(cashier) = &receipt.cashier {
            let who = cashier.name.as_deref().unwrap_or(&cashier.id);
            paper.left(&format!("{} {who}", self.words.cashier));
        }
        if let Some(original) = &receipt.original {
            // The number says more to people than the library's own id.
            let receipt = original.receipt.clone().filter(|_| original.number.is_none());
            let named = [&original.series, &original.number, &receipt, &original.external];
            let named = named.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            paper.left(&format!("{} {named}", self.words.refers_to));
            paper.left(original.reason.as_deref().unwrap_or_default());
        }
    }

    fn items(&self, paper: &mut Paper) {
        // A receipt that never was a sale of this library may not add up; it is shown as it came.
        let amounts = self.receipt.amounts().ok();
        let mut worked_out = amounts.iter().flat_map(|amounts| &amounts.items);
        for item in &self.receipt.items {
            let amounts = worked_out.next();
            let price = amounts.map(|amounts| amounts.before).or(item.total);
            paper.pair(
                &item.text,
                price.map(|price| self.words.money(price)).unwrap_or_default(),
                Style::Plain,
            );
            self.quantity_and_vat(paper, item);
            for (label, off) in self.discounts(&item.discounts, amounts.map(|amounts| amounts.own.as_slice()))
            {
                paper.indented_pair(&label, off);
            }
        }
        if !self.receipt.discounts.is_empty() {
            if let Some(amounts) = &amounts {
                let before = amounts
                    .discounts
                    .iter()
                    .fold(amounts.totals.gross.0, |sum, off| sum.saturating_add(off.0));
                paper.rule();
                paper.pair(self.words.subtotal, self.words.money(Exact(before)), Style::Plain);
            }
            let off = amounts.as_ref().map(|amounts| amounts.discounts.as_slice());
            for (label, off) in self.discounts(&self.receipt.discounts, off) {
                paper.pair(&label, off, Style::Plain);
            }
        }
    }

    fn quantity_and_vat(&self, paper: &mut Paper, item: &Item) {
        let mut parts = Vec::new();
        if item.quantity != Exact(1.into()) || item.unit.is_some() {
            let quantity = self.words.number(item.quantity.normalize());
            let unit = item.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
            parts.push(format!("{quantity}{unit} × {}", self.words.money(item.unit_price)));
        }
        // With one rate the table of VAT says it; with several, each item must say which is its own.
        if self.receipt.totals.vat.len() > 1 {
            parts.push(match item.vat.rate() {
                Some(rate) => format!("{} {} %", self.words.vat, self.words.number(rate.normalize())),
                None => self.words.exempt(item.vat.exempt().unwrap_or_default()).to_owned(),
            });
        }
        paper.indented(&parts.join(" · "));
    }

    /// The label of each discount and what it takes off, with the sign of what it does.
    fn discounts(&self, discounts: &[Discount], worked_out: Option<&[Exact]>) -> Vec<(String, String)> {
        let rows = discounts.iter().enumerate().map(|(index, discount)| {
            let mut label = discount.text.clone().unwrap_or_else(|| self.words.discount.to_owned());
            if let Some(percent) = discount.percent {
                label.push_str(&format!(" {} %", self.words.number(percent.normalize())));
            }
            let off = worked_out.and_then(|amounts| amounts.get(index).copied()).or(discount.amount);
            (label, off.map(|off| self.words.money(-off)).unwrap_or_default())
        });
        rows.collect()
    }

    fn total(&self, paper: &mut Paper) {
        // What was sold is on the receipt that is paid here: this one has payments, and sums of nothing.
        if self.receipt.receipt_type == ReceiptType::Payment {
            return;
        }
        let gross = self.receipt.totals.gross;
        match self.receipt.rounding.filter(|rounding| *rounding != Exact::ZERO) {
            None => paper.pair(self.words.total, self.words.money(gross), Style::Big),
            Some(rounding) => {
                paper.pair(self.words.total, self.words.money(gross), Style::Strong);
                paper.pair(self.words.rounding, self.words.money(rounding), Style::Plain);
                paper.pair(
                    self.words.to_pay,
                    self.words.money(Exact(gross.0.saturating_add(rounding.0))),
                    Style::Big,
                );
            }
        }
        paper.gap();
    }

    fn payments(&self, paper: &mut Paper) {
        let mut change = Exact::ZERO;
        for payment in &self.receipt.payments {
            let given = payment.tendered.unwrap_or(payment.amount);
            change = Exact(change.0.saturating_add(given.0).saturating_sub(payment.amount.0));
            let mut label = self.words.method(payment.method).to_owned();
            if let Some(name) = &payment.name {
                label.push_str(&format!(" {name}"));
            }
            paper.pair(&label, self.words.money(given), Style::Plain);
            self.payment_details(paper, payment);
        }
        if change != Exact::ZERO {
            paper.pair(self.words.change, self.words.money(change), Style::Plain);
        }
    }

    fn payment_details(&self, paper: &mut Paper, payment: &Payment) {
        let card = payment.card.as_ref().and_then(|card| card.number.clone());
        let voucher = payment.voucher.as_ref().and_then(|voucher| voucher.number.clone());
        let gift_card = payment.gift_card.as_ref().map(|card| card.id.clone());
        let foreign = payment.foreign.as_ref().map(|foreign| {
            let (amount, rate) = (self.words.money(foreign.amount), self.words.number(foreign.rate));
            format!("{amount} {} × {rate}", foreign.currency)
        });
        for detail in [card, voucher, gift_card, foreign, payment.reference.clone()].into_iter().flatten() {
            paper.indented(&detail);
        }
    }

    pub(super) fn vat(&self, paper: &mut Paper) {
        let groups = &self.receipt.totals.vat;
        if groups.is_empty() {
            return;
        }
        let mut rows = vec![
            vec!["%", self.words.net, self.words.vat, self.words.gross]
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        ];
        rows.extend(groups.iter().map(|group| {
            let exempt = || self.words.exempt(group.exempt.as_deref().unwrap_or_default()).to_owned();
            let name = group.rate.map_or_else(exempt, |rate| self.words.number(rate.normalize()));
            let mut row = vec![name];
            row.extend([group.net, group.amount, group.gross].map(|amount| self.words.money(amount)));
            row
        }));
        paper.table(rows);
    }

    fn customer(&self, paper: &mut Paper) {
        let Some(Customer { name, person, id, address, code, .. }) = &self.receipt.customer else { return };
        paper.left(name.as_deref().unwrap_or_default());
        if let Some(person) = person {
            paper.left(&format!(
                "{} {} {}",
                person.prefix.as_deref().unwrap_or_default(),
                person.forename,
                person.surname
            ));
        }
        if let Some(address) = address {
            let number = address.number.as_deref().unwrap_or_default();
            let street = &address.street;
            let numbered = if self.words.number_first {
                format!("{number} {street}")
            } else {
                format!("{street} {number}")
            };
            paper.left(&numbered);
            paper.left(&format!("{} {} {}", address.code, address.city, address.country));
        }
        paper.left(id.as_ref().map_or("", |id| &id.number));
        paper.left(code.as_deref().unwrap_or_default());
        paper.rule();
    }

    fn fiscal(&self, paper: &mut Paper) {
        let fiscal = &self.receipt.fiscal;
        let numbers = [
            &fiscal.number,
            &fiscal.register_serial,
            &fiscal.tse_serial,
            &fiscal.transaction_number,
            &fiscal.signature_counter,
        ];
        // What a mention says under the country's own label is not said twice.
        let said = |number: &str| {
            self.receipt.mentions.iter().any(|mention| mention.text.ends_with(&format!(": {number}")))
        };
        for (label, number) in self.words.fiscal.iter().zip(numbers) {
            if let Some(number) = number.as_ref().filter(|number| !said(number)) {
                paper.left(&format!("{label} {number}"));
            }
        }
    }

    fn foot(&self, paper: &mut Paper) {
        paper.center(self.receipt.text.as_deref().unwrap_or_default(), Style::Plain);
        self.mentions(paper, Place::Footer);
        paper.gap();
        self.mentions(paper, Place::AboveQr);
        if let Some(qr) = &self.receipt.qr {
            paper.qr(qr);
        }
        self.mentions(paper, Place::BelowQr);
    }

    fn mentions(&self, paper: &mut Paper, place: Place) {
        for mention in self.receipt.mentions.iter().filter(|mention| mention.place == place) {
            paper.center(&mention.text, Style::Plain);
        }
    }
}
