//! What the contract leaves open about Italy.

use serde::{Deserialize, Serialize};

use super::Check;

/// What CAUSE_1 and CAUSE_2 mean (contract sign-fr 2.6 has both, as a conflict).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExemptionCodes {
    /// CAUSE_1 is exempt, CAUSE_2 excluded, as the recorded TEST service has it.
    Recorded,
    /// CAUSE_1 is excluded (N1), CAUSE_2 exempt (N4), as the specification 2026-06-01 has it.
    Specified,
}

/// What the tax agency makes of a document that was transmitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransmissionResult {
    /// It takes it: COMPLETED.
    Completed,
    /// It does not validate: REJECTED, with a log.
    Rejected,
    /// The portal does not answer: FAILED, with a log.
    Failed,
}

/// Which numbers the tax agency gives to documents (contract sign-fr 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentNumbers {
    /// A series of each taxpayer, as `DCW2026/0000-0001`.
    Series,
    /// `DCW0000/0000-0000`, as the TEST service gives it.
    Placeholder,
}

/// SIGN IT 2026-02-03: what it does otherwise than SIGN FR. Numbers in the field texts are sections of the contract
/// sign-fr.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignItSettings {
    /// What CAUSE_1 and CAUSE_2 mean (2.6).
    pub exemption_codes: ExemptionCodes,
    /// Entries, payments, customer and details are those that Italy supports (2.7; what happens otherwise is not
    /// said).
    pub content_check: Check,
    /// The customer's code is a lottery code, 8 or 16 capital letters and digits (2.7: its form is not said).
    pub lottery_check: Check,
    /// A line of a CORRECTION has VAT and price of the line that it names, and no more is taken back than was sold
    /// (2.11 says so of the text alone). `correction_check` of `sign-fr` says what happens otherwise.
    pub correction_repeats: bool,
    /// Seconds for which a transaction is ACCEPTED/PROCESSING; 0: it is finished at once, as in TEST (3.2).
    pub transmission_s: u32,
    /// What comes of a transaction that is transmitted from now on (3.2, 4.3).
    pub transmission_result: TransmissionResult,
    /// Which numbers documents get (2.8).
    pub document_numbers: DocumentNumbers,
    /// Days after which a password of Fisconline expires, counted from when the service was told it; 0: never (4.4).
    pub password_days: u32,
    /// Credentials of a commissioned taxpayer are changed only while it is SUSPENDED (3.1).
    pub change_suspended: bool,
}

impl Default for SignItSettings {
    fn default() -> Self {
        SignItSettings {
            exemption_codes: ExemptionCodes::Recorded,
            content_check: Check::Refuse,
            lottery_check: Check::Refuse,
            correction_repeats: true,
            transmission_s: 0,
            transmission_result: TransmissionResult::Completed,
            document_numbers: DocumentNumbers::Series,
            password_days: 90,
            change_suspended: true,
        }
    }
}
