//! Compares the three books of a run.

use super::beliefs::Belief;
use super::plan::{Plan, Way};
use serde_json::Value;
use std::collections::BTreeSet;

/// Errors that a till has to live with; any other in a run is a difference.
const BEARABLE: [&str; 3] = ["unreachable", "unknown_outcome", "busy"];

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
}

impl Books {
    /// The differences, one sentence each.
    pub fn differences(&self) -> Vec<String> {
        let mut differences = self.journal_itself();
        for sale in &self.plan.sales {
            match sale.way {
                Way::Aborted => differences.extend(self.of_aborted(&sale.id)),
                Way::Whole | Way::Begun => differences.extend(self.of_sold(&sale.id)),
            }
        }
        differences.extend(self.counts());
        differences.extend(self.strange_beliefs());
        differences
    }

    fn journal_itself(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let misfit = &self.journal["verified"]["misfit"];
        if !misfit.is_null() {
            wrong.push(format!("the journal does not verify: {misfit}"));
        }
        let register = &self.journal["status"]["registers"][0];
        if self.journal["waiting"] != 0 || register["waiting"] != 0 || register["open_sales"] != 0 {
            wrong.push(format!("something is left open: {register}"));
        }
        wrong
    }

    /// A sold sale has one receipt in every book, and it is the same one.
    fn of_sold(&self, sale: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let receipts: Vec<&Value> = self.receipts().filter(|receipt| receipt["sale"] == sale).collect();
        let [receipt] = receipts.as_slice() else {
            return vec![format!("{sale}: {} receipts in the journal", receipts.len())];
        };
        if receipt["state"] != "signed" || !receipt["todo"].is_null() {
            wrong.push(format!("{sale}: {} with todo {}", receipt["state"], receipt["todo"]));
        }
        for belief in self.beliefs_of(sale, "receipt") {
            if belief.told["id"] != receipt["id"] || belief.told["totals"] != receipt["totals"] {
                wrong.push(format!("{sale}: the till was given {}, the journal has {receipt}", belief.told));
            }
            let signed = belief.told["state"] == "signed";
            if signed && ["ids", "signature"].iter().any(|key| belief.told[*key] != receipt[*key]) {
                wrong.push(format!("{sale}: what was signed has changed: {} {receipt}", belief.told));
            }
        }
        if self.beliefs_of(sale, "receipt").last().is_none_or(|belief| belief.told["state"] != "signed") {
            wrong.push(format!("{sale}: the till has no signed receipt"));
        }
        let booked: Vec<&Value> = self.booked_as("TRANSACTION::RECEIPT", &receipt["id"]).collect();
        match booked.as_slice() {
            [booking] => {
                for (what, booked, believed) in [
                    ("record", &booking["id"], &receipt["ids"]["record"]),
                    ("number", &booking["number"], &receipt["number"]),
                    ("times", &booking["times"], &Value::from(1)),
                ] {
                    if booked != believed {
                        wrong.push(format!("{sale}: {what} is {booked} at the service, {believed} here"));
                    }
                }
            }
            others => wrong.push(format!("{sale}: booked {} times", others.len())),
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
        let aborted = self.plan.sales.iter().filter(|sale| sale.way == Way::Aborted).count();
        let sold = self.plan.sales.len() - aborted;
        [("TRANSACTION::ABORT", aborted), ("TRANSACTION::RECEIPT", sold)]
            .into_iter()
            .filter_map(|(kind, expected)| {
                let booked = self.count(kind);
                (booked != expected)
                    .then(|| format!("{booked} of {kind} are booked, there should be {expected}"))
            })
            .collect()
    }

    /// Intentions that no transaction uses. None is meant; but an intention may be booked late, when
    /// the service was still at work on a request whose repetition it answered with 503, and the next
    /// key has booked another by then. It has no turnover and serves nobody.
    pub fn spare_intentions(&self) -> usize {
        self.count("INTENTION::TRANSACTION").saturating_sub(self.plan.sales.len())
    }

    fn count(&self, kind: &str) -> usize {
        self.booked.iter().filter(|booking| booking["type"] == kind).count()
    }

    fn strange_beliefs(&self) -> BTreeSet<String> {
        let errors = self.beliefs.iter().filter(|belief| belief.kind == "error");
        errors
            .filter(|belief| !BEARABLE.contains(&belief.told["kind"].as_str().unwrap_or_default()))
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
