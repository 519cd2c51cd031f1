use serde::{Deserialize, Serialize};

use crate::crypto::rksv::COUNTER_BYTES;

/// What `count` of a list counts (contract sign-at 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// Everything that the filters let through.
    Total,
    /// What is on the page.
    Page,
}

/// How FinanzOnline behaves when something is reported to it (contract sign-at 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fon {
    /// It answers, and all is well.
    Answers,
    /// It says no: E_FON_REQUEST_FAILED; nothing is done.
    Refuses,
    /// It does not answer: 408 E_FON_REQUEST_TIMEOUT; nothing is done.
    Timeout,
    /// Its answer is lost: 408 E_FON_REQUEST_TIMEOUT, and the change is done.
    TimeoutDone,
    /// It does not answer: 504; nothing is done.
    GatewayTimeout,
    /// Its answer is lost: 504, and the change is done.
    GatewayTimeoutDone,
}

/// What FinanzOnline makes of receipts (contract sign-at 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FonValidation {
    /// It works out signature, chain, form and turnover counter anew and says what it finds.
    Recomputed,
    /// ERROR_UNSPECIFIED when it is asked about a receipt for the first time.
    FailsFirst,
    /// ERROR_UNSPECIFIED, always.
    Fails,
}

/// What the devices that sign are in (contract sign-at 3.1, 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Devices {
    /// Order: signature creation units in OUTAGE come back.
    Work,
    /// Every active signature creation unit goes into OUTAGE.
    Fail,
    /// Every active signature creation unit becomes DEFECTIVE, for good.
    Break,
}

/// Where the limit of one active signature creation unit is enforced (contract sign-at 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitLimit {
    /// When a second one is made, and when it is initialized.
    Both,
    /// When it is made.
    Create,
    /// When it is initialized.
    Initialize,
}

/// What is closed at the turn of a year (contract sign-at 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum YearEnd {
    /// YEARLY_CLOSE alone: it is December's monthly receipt too.
    Yearly,
    /// MONTHLY_CLOSE, then YEARLY_CLOSE.
    Both,
}

/// What is closed when months went by in which a register signed nothing (contract sign-at 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdleMonths {
    /// All of them together, with one close.
    Together,
    /// Each of them, one behind the other before the next receipt.
    Each,
}

/// What time a receipt bears when the register's clock would go back: in the hour that comes twice in October, or when
/// somebody set the sandbox's clock back (contract sign-at 6.1 and 6.8: local time without a zone, and never back).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackwardClock {
    /// The time of the receipt before, until the clock has caught up.
    StandsStill,
    /// The time it is, so that verifiers find a time that goes back.
    GoesBack,
}

/// SIGN AT 1.2.6. Numbers in the field texts are sections of the contract sign-at; every field is something that the
/// contract leaves open, with the choice of the contract where it has one, or something that a client cannot bring
/// about: an outage, FinanzOnline's silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignAtSettings {
    /// Drop members and query parameters that the contract does not know instead of refusing them (1.1, 4.2).
    pub strip_unknown: bool,
    /// What `count` of a list counts (1.4).
    pub count: Count,
    /// How FinanzOnline behaves (4.1).
    pub fon: Fon,
    /// What FinanzOnline makes of receipts (2.9).
    pub fon_validation: FonValidation,
    /// Seconds after which what FinanzOnline did not answer is done by itself, by the sandbox's clock; 0: never (4.1:
    /// when the service synchronises is not said).
    pub fon_late_s: u32,
    /// FinanzOnline knows no credentials, or no more: E_FON_AUTH_FAILED (2.2: which ones TEST accepts is not said).
    pub fon_rejects_credentials: bool,
    /// Status of E_FON_REQUEST_FAILED (4.1).
    pub fon_refusal_status: u16,
    /// What the devices that sign are in (3.1, 5.3). Taken up when an organization makes its next request.
    pub devices: Devices,
    /// Seconds for which a new signature creation unit is PENDING (3.1).
    pub unit_pending_s: u32,
    /// Where the limit of one active signature creation unit is enforced (3.1).
    pub unit_limit: UnitLimit,
    /// Let a signature creation unit be decommissioned from OUTAGE (3.1).
    pub unit_outage_ends: bool,
    /// Let a signature creation unit be decommissioned while a register is INITIALIZED or in OUTAGE (3.2).
    pub unit_ends_in_use: bool,
    /// Check the check digits of VAT ids, tax numbers and GLNs (2.3: a second check exists, its rule is not known).
    pub legal_entity_check: bool,
    /// A register needs an INITIALIZED signature creation unit to become REGISTERED already (3.2).
    pub registration_needs_unit: bool,
    /// Let a register be decommissioned that was never initialized (3.2).
    pub unused_register_ends: bool,
    /// Take a state that is already reached as done instead of refusing it (3.1, 3.2).
    pub accept_repeated_state: bool,
    /// Answer a receipt's id with another body with the receipt that is there instead of 400 (4.3).
    pub other_body_returns_receipt: bool,
    /// The number of a register's first receipt (2.8).
    pub first_receipt_number: u32,
    /// Width of a register's turnover counter in bytes, 5 to 16, fixed when the register is made (2.8, 6.2).
    pub counter_bytes: u8,
    /// `PATCH …/metadata` replaces the whole map instead of the keys it names (2.5).
    pub metadata_replaced: bool,
    /// What is closed at the turn of a year (5.6).
    pub year_end: YearEnd,
    /// What is closed of months without a receipt (5.6).
    pub idle_months: IdleMonths,
    /// What time a receipt bears when the register's clock would go back (6.8).
    pub backward_clock: BackwardClock,
    /// The DEP7 export has the certificates in it (2.10).
    pub export_certificates: bool,
    /// How many receipts the sandbox holds before it answers 503; the sandbox keeps them in memory.
    pub max_receipts: usize,
}

impl Default for SignAtSettings {
    fn default() -> Self {
        SignAtSettings {
            strip_unknown: false,
            count: Count::Total,
            fon: Fon::Answers,
            fon_validation: FonValidation::Recomputed,
            fon_late_s: 0,
            fon_rejects_credentials: false,
            fon_refusal_status: 400,
            devices: Devices::Work,
            unit_pending_s: 0,
            unit_limit: UnitLimit::Both,
            unit_outage_ends: true,
            unit_ends_in_use: true,
            legal_entity_check: false,
            registration_needs_unit: true,
            unused_register_ends: false,
            accept_repeated_state: true,
            other_body_returns_receipt: false,
            first_receipt_number: 1,
            counter_bytes: 8,
            metadata_replaced: false,
            year_end: YearEnd::Yearly,
            idle_months: IdleMonths::Together,
            backward_clock: BackwardClock::StandsStill,
            export_certificates: true,
            max_receipts: 200_000,
        }
    }
}

impl SignAtSettings {
    pub(super) fn check(&self) -> Result<(), String> {
        if !(400..=599).contains(&self.fon_refusal_status) {
            return Err(format!(
                "sign-at.fon_refusal_status is {}; it must be a status from 400 to 599",
                self.fon_refusal_status
            ));
        }
        if !COUNTER_BYTES.contains(&usize::from(self.counter_bytes)) {
            return Err(format!("sign-at.counter_bytes is {}; it must be 5 to 16", self.counter_bytes));
        }
        Ok(())
    }
}
