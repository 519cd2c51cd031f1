//! A closing on paper: what a register has sold in a day, a month or a fiscal year, and ever.

use super::paper::{Block, Paper, Style};
use super::words::Words;
use super::{escpos, html, text};
use crate::receipt::{Issuer, Receipt, nf525_extract};
use crate::reports::{Period, Sums};

/// What a closing says on paper.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosingPaper {
    /// Who closes.
    pub issuer: Issuer,
    /// The service's name, such as `sign-fr`; it chooses the language.
    pub service: String,
    /// `live`, `test` or `sandbox`; what is not `live` says so.
    pub environment: String,
    /// The register's name.
    pub register: String,
    /// What is closed.
    pub period: Period,
    /// The first moment (RFC 3339 with the location's offset).
    pub start: String,
    /// The first moment after it (RFC 3339 with the location's offset).
    pub end: String,
    /// The sums of the period.
    pub totals: Sums,
    /// The sums of all that was ever sold, up to the period's end.
    pub perpetual: Sums,
    /// The service's signature of its own closing, where it has made one.
    pub signature: Option<String>,
}

impl ClosingPaper {
    /// The closing as lines of at most `columns` columns; see [`super::text`].
    pub fn text(&self, columns: u32) -> String {
        text::drawn_from(&self.blocks(), columns)
    }

    /// The closing as a self-contained page; see [`super::html`].
    pub fn html(&self) -> String {
        html::page(self.words(), self.title(), &self.blocks())
    }

    /// The closing for a receipt printer; see [`super::escpos`].
    pub fn escpos(&self, columns: u32) -> Vec<u8> {
        escpos::commands(self.blocks(), columns)
    }

    fn words(&self) -> &'static Words {
        Words::of(&self.as_receipt())
    }

    fn title(&self) -> &'static str {
        let [day, month, year] = self.words().closings;
        match self.period {
            Period::Day => day,
            Period::Month => month,
            Period::Year => year,
        }
    }

    /// The members that a receipt has too.
    fn as_receipt(&self) -> Receipt {
        Receipt {
            issuer: self.issuer.clone(),
            service: self.service.clone(),
            environment: self.environment.clone(),
            totals: self.totals.totals.clone(),
            ..Receipt::default()
        }
    }

    fn blocks(&self) -> Vec<Block> {
        let (receipt, words) = (self.as_receipt(), self.words());
        let sheet = super::sections::Sheet { receipt: &receipt, words };
        let mut paper = Paper::default();
        sheet.issuer(&mut paper);
        paper.rule();
        if self.environment != "live" {
            paper.center(&format!("{} ({})", words.not_live, self.environment), Style::Strong);
        }
        paper.center(self.title(), Style::Strong);
        paper.left(&format!("{} –", words.time(&self.start)));
        paper.left(&words.time(&self.end));
        paper.left(&format!("{} {}", words.register, self.register));
        paper.rule();
        paper.pair(words.documents_counted, self.totals.count.to_string(), Style::Plain);
        paper.pair(words.total, words.money(self.totals.totals.gross), Style::Big);
        paper.gap();
        sheet.vat(&mut paper);
        paper.rule();
        paper.pair(words.ever_counted, self.perpetual.count.to_string(), Style::Plain);
        paper.pair(words.ever, words.money(self.perpetual.totals.gross), Style::Strong);
        paper.rule();
        match self.signature.as_deref().and_then(nf525_extract) {
            Some(extract) => paper.center(&format!("{} {extract}", words.signature), Style::Plain),
            None => paper.center(words.not_closed, Style::Plain),
        }
        paper.into_blocks()
    }
}
