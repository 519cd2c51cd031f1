//! What a check says in the end.

use crate::text::shown;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Display;

/// How many findings of a rule are told one by one; all are counted.
const MOST_TOLD: u64 = 100;
/// Longer than any code, in characters.
const LONGEST: usize = 2000;

/// The rules, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DepRule")]
#[non_exhaustive]
pub enum Rule {
    /// The form of the signed text, of the code in it and of its fields.
    Form,
    /// What the first receipt says.
    Start,
    /// The tie to the receipt before.
    Chain,
    /// Each number once.
    Number,
    /// Time that does not go back.
    Time,
    /// One register.
    Register,
    /// One kind of system.
    System,
    /// The turnover counter.
    Turnover,
    /// The counter's length.
    TurnoverWidth,
    /// The collective receipt after an outage.
    Clearance,
    /// The key that a receipt names.
    Certificate,
    /// The certificate's validity.
    Validity,
    /// The signature.
    Signature,
    /// The certificate of a group of the export.
    Group,
    /// Codes off paper.
    Printed,
    /// Receipts that the service lists and the export lacks.
    Missing,
    /// The amounts that the service lists.
    ListedAmounts,
    /// The time that the service lists.
    ListedTime,
    /// The code that the service lists.
    ListedCode,
}

impl Rule {
    /// The rules of the register's own chain, which need nothing but the export and the keys.
    pub(super) const OF_THE_CHAIN: [Rule; 14] = [
        Rule::Form,
        Rule::Start,
        Rule::Chain,
        Rule::Number,
        Rule::Time,
        Rule::Register,
        Rule::System,
        Rule::Turnover,
        Rule::TurnoverWidth,
        Rule::Clearance,
        Rule::Certificate,
        Rule::Validity,
        Rule::Signature,
        Rule::Group,
    ];
    /// The rules that hold the export against codes off paper.
    pub(super) const OF_PAPER: [Rule; 1] = [Rule::Printed];
    /// The rules that hold the export against the service's list of receipts.
    pub(super) const OF_THE_SERVICE: [Rule; 4] =
        [Rule::Missing, Rule::ListedAmounts, Rule::ListedTime, Rule::ListedCode];

    /// What the rule demands, in a sentence.
    pub fn demand(self) -> &'static str {
        match self {
            Rule::Form => "Every receipt is a compact JWS of a machine code in the form of suite R1.",
            Rule::Start => {
                "The first receipt is signed, sells nothing, and is no training and no cancellation."
            }
            Rule::Chain => {
                "Every receipt carries the hash of the one before; the first, of the register's id."
            }
            Rule::Number => "No two receipts have the same number.",
            Rule::Time => "Receipts bear Austria's local time, and none is older than the one before.",
            Rule::Register => "All receipts are of the same register.",
            Rule::System => "A register stays in an open or in a closed system.",
            Rule::Turnover => "The decrypted counter is the sum of all receipts so far, trainings left out.",
            Rule::TurnoverWidth => "The counter has the same number of bytes in all receipts.",
            Rule::Clearance => {
                "The first signed receipt after unsigned ones sells nothing, and is no training and no cancellation."
            }
            Rule::Certificate => {
                "The key that a receipt names is in the key container, and is its certificate's."
            }
            Rule::Validity => "A receipt is signed while its certificate is valid.",
            Rule::Signature => "The signature is valid under the key that the receipt names.",
            Rule::Group => "The certificate of a group is the one that its receipts name.",
            Rule::Printed => "Every printed code is in the export, unchanged.",
            Rule::Missing => "Every receipt that the service lists is in the export, in the same order.",
            Rule::ListedAmounts => "The amounts are those that the service lists, each in its VAT rate.",
            Rule::ListedTime => "The date is the service's time of signature in Austria's local time.",
            Rule::ListedCode => "The code is the one that the service lists.",
        }
    }
}

/// Result of `dep.verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DepReport")]
#[non_exhaustive]
pub struct Report {
    /// Whether nothing was found.
    pub fits: bool,
    /// How many receipts the export has.
    pub receipts: u64,
    /// How many groups of receipts it has; a group has one certificate.
    pub groups: u64,
    /// The register's id in FinanzOnline (Kassen-ID); none when no receipt can be read.
    pub register: Option<String>,
    /// The first receipt that can be read.
    pub first: Option<Named>,
    /// The last receipt that can be read.
    pub last: Option<Named>,
    /// The turnover after the last receipt, in euros; none where it cannot be told.
    pub turnover: Option<String>,
    /// Receipts without a signature, made while the signature creation unit was out.
    pub unsigned: u64,
    /// Training receipts.
    pub trainings: u64,
    /// Cancellations.
    pub cancellations: u64,
    /// Receipts that were held against the service's list.
    pub compared: u64,
    /// The rules that were checked, with how often each was broken.
    pub rules: Vec<Checked>,
    /// What was not checked, with the reason; a rule that stands in both lists was checked in part.
    pub unchecked: Vec<Unchecked>,
    /// What was found, rule by rule; of each rule the first 100.
    pub findings: Vec<Finding>,
}

/// A receipt, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DepReceipt")]
pub struct Named {
    /// Its number.
    pub number: String,
    /// Its date in Austria's local time.
    pub date: String,
}

/// A rule that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DepRuleChecked")]
pub struct Checked {
    /// The rule.
    pub rule: Rule,
    /// What it demands.
    pub demand: String,
    /// How often it was broken, also where no more than 100 are told.
    pub findings: u64,
}

/// Rules that were not checked, or not everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DepRulesUnchecked")]
pub struct Unchecked {
    /// The rules.
    pub rules: Vec<Rule>,
    /// Why not, or where not.
    pub why: String,
}

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DepFinding")]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The receipt's place in the export, from 1; none for what is missing or belongs to no receipt.
    pub position: Option<u64>,
    /// The receipt's number, where it can be read.
    pub number: Option<String>,
    /// What was found.
    pub found: String,
    /// What belongs there.
    pub expected: String,
}

/// Where something was found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct At<'a> {
    pub(super) position: Option<u64>,
    pub(super) number: Option<&'a str>,
}

impl<'a> At<'a> {
    /// A receipt of the export.
    pub(super) fn receipt(position: u64, number: &'a str) -> Self {
        At { position: Some(position), number: Some(number) }
    }

    /// A receipt that is not where it belongs.
    pub(super) fn number(number: &'a str) -> Self {
        At { position: None, number: Some(number) }
    }
}

/// What stands in a file, cut to a bearable length and without what would steer a terminal.
fn bearable(text: &impl Display) -> String {
    text.to_string().chars().filter(|character| !character.is_control()).take(LONGEST).collect()
}

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    told: Vec<Finding>,
    counts: BTreeMap<Rule, u64>,
}

impl Findings {
    pub(super) fn add(&mut self, rule: Rule, at: At<'_>, found: impl Display, expected: impl Display) {
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count <= MOST_TOLD {
            self.told.push(Finding {
                rule,
                position: at.position,
                number: at.number.map(shown),
                found: bearable(&found),
                expected: bearable(&expected),
            });
        }
    }

    /// The findings by rule, then in the order of the export.
    pub(super) fn told(mut self) -> Vec<Finding> {
        self.told.sort_by_key(|finding| (finding.rule, finding.position.unwrap_or(u64::MAX)));
        self.told
    }

    pub(super) fn checked(&self, rules: impl IntoIterator<Item = Rule>) -> Vec<Checked> {
        let count = |rule| self.counts.get(&rule).copied().unwrap_or_default();
        let checked = |rule: Rule| Checked { rule, demand: rule.demand().to_owned(), findings: count(rule) };
        rules.into_iter().map(checked).collect()
    }
}
