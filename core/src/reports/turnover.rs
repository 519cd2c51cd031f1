//! What receipts add to the grand totals.
//!
//! | receipt | adds |
//! |---|---|
//! | a sale, as receipt or invoice | its sums |
//! | a return | its sums, which are negative |
//! | a cancellation | what the cancelled receipt added, with the other sign |
//! | a correction | its sums less what the corrected receipt added |
//! | draft, pro forma, training, payment | nothing, and so do those that refer to one |
//!
//! Only what is signed counts.

use crate::error::Result;
use crate::money::{self, Exact};
use crate::receipt::{Receipt, ReceiptType, State, Totals, VatTotal};
use crate::reports::Span;
use crate::sale::{Document, Original};
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How many receipts counted, and their sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ReportedSums")]
pub struct Sums {
    /// How many receipts counted.
    pub count: u32,
    /// Their sums.
    pub totals: Totals,
}

/// The receipts of one register, as far as grand totals want to know them.
///
/// ```
/// use fiskal::receipt::{Receipt, State, Totals};
/// use fiskal::reports::Turnover;
/// let sold = Receipt {
///     id: "r-1".into(),
///     state: State::Signed,
///     signed_at: Some("2026-03-01T12:00:00+01:00".into()),
///     totals: Totals { gross: "2.40".parse()?, net: "2.27".parse()?, vat: vec![] },
///     ..Receipt::default()
/// };
/// let turnover = Turnover::of([sold]);
/// assert_eq!(turnover.until("2026-03-02T00:00:00+01:00".parse().unwrap())?.totals.gross.to_string(), "2.40");
/// # Ok::<(), fiskal::error::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Turnover {
    receipts: Vec<Slim>,
    by_id: HashMap<String, usize>,
    by_number: HashMap<(Option<String>, String), usize>,
}

/// What is kept of a receipt.
#[derive(Clone, Debug)]
struct Slim {
    receipt_type: ReceiptType,
    document: Document,
    state: State,
    at: Option<Timestamp>,
    totals: Totals,
    refers: Option<Box<Reference>>,
}

/// What a receipt refers to.
#[derive(Clone, Debug)]
enum Reference {
    Receipt(String),
    Number(Option<String>, String),
    /// A receipt of another register, or of no register.
    Elsewhere,
}

impl Turnover {
    /// Takes in all receipts of one register, in any order.
    pub fn of(receipts: impl IntoIterator<Item = Receipt>) -> Turnover {
        let mut turnover = Turnover::default();
        receipts.into_iter().for_each(|receipt| turnover.take(receipt));
        turnover
    }

    /// Takes in one more receipt; one that was taken in before is replaced.
    pub fn take(&mut self, receipt: Receipt) {
        let time = receipt.signed_at.or(receipt.started_at);
        let slim = Slim {
            receipt_type: receipt.receipt_type,
            document: receipt.document,
            state: receipt.state,
            at: time.and_then(|at| at.parse().ok()),
            totals: receipt.totals,
            refers: receipt.original.map(|original| Box::new(reference(original, &receipt.register))),
        };
        let place = *self.by_id.entry(receipt.id).or_insert(self.receipts.len());
        match self.receipts.get_mut(place) {
            Some(known) => *known = slim,
            None => self.receipts.push(slim),
        }
        if let Some(number) = receipt.number {
            self.by_number.insert((receipt.series, number), place);
        }
    }

    /// What was signed within a period.
    ///
    /// # Errors
    /// `invalid` where a sum leaves the range of a decimal.
    pub fn within(&self, span: Span) -> Result<Sums> {
        self.sums(|at| span.start <= at && at < span.end)
    }

    /// What was ever signed, until before `end`.
    ///
    /// # Errors
    /// `invalid` where a sum leaves the range of a decimal.
    pub fn until(&self, end: Timestamp) -> Result<Sums> {
        self.sums(|at| at < end)
    }

    /// How many receipts made until before `end` are not final yet, and may count later.
    pub fn waiting(&self, end: Timestamp) -> usize {
        let waits = |receipt: &&Slim| {
            matches!(receipt.state, State::Pending | State::Provisional)
                && receipt.at.is_none_or(|at| at < end)
        };
        self.receipts.iter().filter(waits).count()
    }

    fn sums(&self, counts: impl Fn(Timestamp) -> bool) -> Result<Sums> {
        let mut sums = Sums::default();
        for receipt in self.receipts.iter().filter(|receipt| receipt.at.is_some_and(&counts)) {
            if let Some(effect) = self.effect(receipt)? {
                sums.count += 1;
                add(&mut sums.totals, &effect)?;
            }
        }
        sums.totals.vat.sort_by(|one, other| {
            let key =
                |group: &VatTotal| (group.rate.is_none(), std::cmp::Reverse(group.rate.map(|rate| rate.0)));
            key(one).cmp(&key(other)).then_with(|| one.exempt.cmp(&other.exempt))
        });
        Ok(sums)
    }

    /// What a receipt adds; nothing for one that is no turnover.
    fn effect(&self, receipt: &Slim) -> Result<Option<Totals>> {
        if receipt.state != State::Signed {
            return Ok(None);
        }
        match receipt.receipt_type {
            ReceiptType::Sale => {
                let counts = matches!(receipt.document, Document::Receipt | Document::Invoice);
                Ok(counts.then(|| receipt.totals.clone()))
            }
            ReceiptType::Return | ReceiptType::Cancel => match self.original(receipt) {
                Some(original) => Ok(self.effect(original)?.map(|_| receipt.totals.clone())),
                // The sums say what goes back, also where the journal lacks the original.
                None => Ok(Some(receipt.totals.clone())),
            },
            ReceiptType::Correction => {
                let Some(original) = self.original(receipt) else { return Ok(None) };
                let Some(before) = self.effect(original)? else { return Ok(None) };
                let mut effect = receipt.totals.clone();
                add(&mut effect, &before.negated())?;
                Ok(Some(effect))
            }
            _ => Ok(None),
        }
    }

    /// The receipt that another refers to. It is an earlier one: chains of references end.
    fn original(&self, receipt: &Slim) -> Option<&Slim> {
        let place = match receipt.refers.as_deref()? {
            Reference::Receipt(id) => self.by_id.get(id),
            Reference::Number(series, number) => self.by_number.get(&(series.clone(), number.clone())),
            Reference::Elsewhere => None,
        };
        // What refers to something that itself refers on was never issued by this library.
        place.and_then(|place| self.receipts.get(*place)).filter(|found| {
            found.refers.is_none() || {
                found.receipt_type == ReceiptType::Return && receipt.receipt_type == ReceiptType::Cancel
            }
        })
    }
}

/// What a receipt of `register` refers to. Another register's numbers are its own.
fn reference(original: Original, register: &str) -> Reference {
    let is_here = original.register.is_none_or(|other| other == register);
    match (original.receipt, original.number) {
        (Some(id), _) => Reference::Receipt(id),
        (None, Some(number)) if is_here => Reference::Number(original.series, number),
        (None, _) => Reference::Elsewhere,
    }
}

/// Adds one receipt's sums, rate by rate.
fn add(sums: &mut Totals, more: &Totals) -> Result<()> {
    plus(&mut sums.gross, more.gross.0)?;
    plus(&mut sums.net, more.net.0)?;
    for group in &more.vat {
        let same = |known: &&mut VatTotal| known.rate == group.rate && known.exempt == group.exempt;
        match sums.vat.iter_mut().find(same) {
            Some(known) => {
                plus(&mut known.net, group.net.0)?;
                plus(&mut known.amount, group.amount.0)?;
                plus(&mut known.gross, group.gross.0)?;
            }
            None => sums.vat.push(group.clone()),
        }
    }
    Ok(())
}

fn plus(sum: &mut Exact, more: Decimal) -> Result<()> {
    *sum = Exact::new(money::add(sum.0, more)?)?;
    Ok(())
}
