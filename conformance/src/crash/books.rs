//! Compares the three books of a run.

use super::beliefs::Belief;
use super::plan::{Plan, Sale, Way};
use crate::country::Country;
use serde_json::Value;
use std::collections::BTreeSet;

/// Errors that a till has to live with; any other in a run is a difference.
const BEARABLE: [&str; 3] = ["unreachable", "unknown_outcome", "busy"];
/// What is booked because a till asked for it, in France and Italy and in Austria.
const BY_TILLS: [&str; 6] = [
    "TRANSACTION::RECEIPT",
    "TRANSACTION::CANCELLATION",
    "TRANSACTION::ABORT",
    "NORMAL",
    "TRAINING",
    "CANCELLATION",
];
/// What France and Italy book before each of theirs.
const INTENTION: &str = "INTENTION::TRANSACTION";
/// One more where registers go out of service.
const OUT_OF_SERVICE: &str = "not_ready";

/// The three books, and what the till meant to sell.
#[derive(Debug)]
pub struct Books {
    /// What was meant to be sold.
    pub plan: Plan,
    /// All that the till was told.
    pub beliefs: Vec<Belief>,
    /// What the journal says in the end.
    pub journal: Value,
    /// What the sandbox has booked, in its order.
    pub booked: Vec<Value>,
    /// In Austria: what `dep.verify` says of the exported log, and the machine codes in it.
    pub log: Option<(Value, Vec<String>)>,
}

impl Books {
    /// The differences, one sentence each.
    pub fn differences(&self) -> Vec<String> {
        let mut differences = self.journal_itself();
        for sale in &self.plan.sales {
            match sale.way {
                Way::Aborted => differences.extend(self.of_aborted(&sale.id)),
                way => differences.extend(self.of_sold(&sale.id, way)),
            }
        }
        differences.extend(self.counts());
        differences.extend(self.strange_beliefs());
        differences.extend(self.log_itself());
        differences
    }

    fn journal_itself(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let misfit = &self.journal["verified"]["misfit"];
        if !misfit.is_null() {
            wrong.push(format!("the journal does not verify: {misfit}"));
        }
        let online = &self.journal["verified"]["online"];
        if online["count"] != 0 {
            wrong.push(format!("the service's records do not fit the journal: {}", online["misfits"]));
        }
        let register = &self.journal["status"]["registers"][0];
        if self.journal["waiting"] != 0 || register["waiting"] != 0 || register["open_sales"] != 0 {
            wrong.push(format!("something is left open: {register}"));
        }
        wrong
    }

    /// A sold sale has one receipt in every book, and it is the same one; so has its cancellation.
    fn of_sold(&self, sale: &str, way: Way) -> Vec<String> {
        let sold: Vec<&Value> = self.receipts().filter(|receipt| receipt["sale"] == sale).collect();
        let [receipt] = sold.as_slice() else {
            return vec![format!("{sale}: {} receipts in the journal", sold.len())];
        };
        let mut wrong = Vec::new();
        let kinds = ["receipt", "cancelled"].into_iter().zip(way.booked_as(self.plan.country));
        for (kind, booked_as) in kinds {
            if kind == "receipt" {
                wrong.extend(self.of_receipt(sale, kind, receipt, booked_as));
                continue;
            }
            let of = |one: &&Value| one["type"] == "cancel" && one["original"]["receipt"] == receipt["id"];
            let taken_back: Vec<&Value> = self.receipts().filter(of).collect();
            match taken_back.as_slice() {
                [one] => wrong.extend(self.of_receipt(sale, kind, one, booked_as)),
                others => wrong.push(format!("{sale}: cancelled {} times in the journal", others.len())),
            }
        }
        wrong
    }

    /// What is wrong with a receipt of the journal, beside what the till was told under `kind` and what was booked.
    fn of_receipt(&self, sale: &str, kind: &str, receipt: &Value, booked_as: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        if receipt["state"] != "signed" || !receipt["todo"].is_null() {
            wrong.push(format!("{sale}: {} with todo {}", receipt["state"], receipt["todo"]));
        }
        for belief in self.beliefs_of(sale, kind) {
            if belief.told["id"] != receipt["id"] || belief.told["totals"] != receipt["totals"] {
                wrong.push(format!("{sale}: the till was given {}, the journal has {receipt}", belief.told));
            }
            let signed = belief.told["state"] == "signed";
            if signed && ["ids", "signature"].iter().any(|key| belief.told[*key] != receipt[*key]) {
                wrong.push(format!("{sale}: what was signed has changed: {} {receipt}", belief.told));
            }
        }
        if self.beliefs_of(sale, kind).last().is_none_or(|belief| belief.told["state"] != "signed") {
            wrong.push(format!("{sale}: the till has no signed receipt"));
        }
        let country = self.plan.country;
        let booked: Vec<&Value> = self.booked_as(booked_as, &receipt["id"]).collect();
        match booked.as_slice() {
            [booking] => {
                for (what, booked, believed) in [
                    ("record", &booking["id"], country.id(receipt)),
                    ("number", &booking["number"], country.number(receipt)),
                    ("times", &booking["times"], &Value::from(1)),
                ] {
                    if booked != believed {
                        wrong.push(format!("{sale}: {what} is {booked} at the service, {believed} here"));
                    }
                }
            }
            others => wrong.push(format!("{sale}: booked {} times", others.len())),
        }
        if let Some((_, codes)) = &self.log {
            let times = codes.iter().filter(|code| receipt["qr"]["payload"] == **code).count();
            if times != 1 {
                wrong.push(format!("{sale}: {times} times in the log: {}", receipt["qr"]["payload"]));
            }
        }
        wrong
    }

    fn of_aborted(&self, sale: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.receipts().any(|receipt| receipt["sale"] == sale) {
            wrong.push(format!("{sale}: aborted, and it has a receipt"));
        }
        if self.beliefs_of(sale, "aborted").next().is_none() {
            wrong.push(format!("{sale}: the till does not know that it was aborted"));
        }
        wrong
    }

    /// Nothing is booked that nobody meant.
    fn counts(&self) -> Vec<String> {
        let country = self.plan.country;
        let meant = |kind: &str| {
            let of = |sale: &&Sale| sale.way.booked_as(country).contains(&kind);
            self.plan.sales.iter().filter(of).count()
        };
        let kinds = BY_TILLS.iter().map(|kind| (kind, self.count(kind), meant(kind)));
        let differing = kinds.filter(|(_, booked, meant)| booked != meant);
        let said = differing
            .map(|(kind, booked, meant)| format!("{booked} of {kind} are booked, there should be {meant}"));
        said.collect()
    }

    /// The log has everything that was booked, and passes.
    fn log_itself(&self) -> Vec<String> {
        let Some((checked, codes)) = &self.log else { return Vec::new() };
        let mut wrong = Vec::new();
        if checked["fits"] != true || checked["receipts"] != self.booked.len() {
            wrong.push(format!("the log of {} bookings does not pass: {checked}", self.booked.len()));
        }
        if codes.len() != self.booked.len() {
            wrong.push(format!("{} receipts in the log of {} bookings", codes.len(), self.booked.len()));
        }
        wrong
    }

    /// Intentions that no transaction uses. None is meant; but an intention may be booked late, when
    /// the service was still at work on a request whose repetition it answered with 503, and the next
    /// key has booked another by then. It has no turnover and serves nobody.
    pub fn spare_intentions(&self) -> usize {
        let cancelled = self.plan.sales.iter().filter(|sale| sale.way == Way::Cancelled).count();
        self.count(INTENTION).saturating_sub(self.plan.sales.len() + cancelled)
    }

    fn count(&self, kind: &str) -> usize {
        self.booked.iter().filter(|booking| booking["type"] == kind).count()
    }

    fn strange_beliefs(&self) -> BTreeSet<String> {
        let bearable = |belief: &&Belief| {
            let kind = belief.told["kind"].as_str().unwrap_or_default();
            BEARABLE.contains(&kind) || (self.plan.country == Country::At && kind == OUT_OF_SERVICE)
        };
        let errors = self.beliefs.iter().filter(|belief| belief.kind == "error");
        errors
            .filter(|belief| !bearable(belief))
            .map(|belief| format!("{}: an error that should not be: {}", belief.sale, belief.told))
            .collect()
    }

    fn receipts(&self) -> impl Iterator<Item = &Value> {
        self.journal["receipts"].as_array().into_iter().flatten()
    }

    fn beliefs_of<'a>(&'a self, sale: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Belief> {
        self.beliefs.iter().filter(move |belief| belief.sale == sale && belief.kind == kind)
    }

    fn booked_as<'a>(&'a self, kind: &'a str, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
        self.booked.iter().filter(move |booking| {
            booking["type"] == kind && booking["metadata"]["fiskal_operation"] == *operation
        })
    }
}
