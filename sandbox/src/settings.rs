//! What a test may change while the sandbox runs, and what we decided where a contract is silent.

mod italy;
mod management;
mod rate_limits;
mod sign_at;

use serde::{Deserialize, Serialize};

pub use self::italy::{DocumentNumbers, ExemptionCodes, SignItSettings, TransmissionResult};
pub use self::management::{Environment, ManagementSettings};
pub use self::rate_limits::RateLimitSettings;
pub use self::sign_at::{
    BackwardClock, Count, Devices, Fon, FonValidation, IdleMonths, SignAtSettings, UnitLimit, YearEnd,
};

/// The sandbox's settings: `GET` and `PUT /_sandbox/settings`. A `PUT` changes the keys it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seed of the generator that draws faults with a probability. Setting it starts the sequence again.
    pub seed: u64,
    /// How many refused requests `/_sandbox/audit` keeps; the oldest go first.
    pub refused_kept: usize,
    /// How often an organization may come.
    pub rate_limits: RateLimitSettings,
    /// SIGN FR and SIGN IT.
    #[serde(rename = "sign-fr")]
    pub sign_fr: SignFrSettings,
    /// What SIGN IT does otherwise.
    #[serde(rename = "sign-it")]
    pub sign_it: SignItSettings,
    /// SIGN AT.
    #[serde(rename = "sign-at")]
    pub sign_at: SignAtSettings,
    /// The Management API.
    pub management: ManagementSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            seed: 0,
            refused_kept: 10_000,
            rate_limits: RateLimitSettings::default(),
            sign_fr: SignFrSettings::default(),
            sign_it: SignItSettings::default(),
            sign_at: SignAtSettings::default(),
            management: ManagementSettings::default(),
        }
    }
}

/// What happens to a record whose content fails a check that the JSON Schema cannot make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Answer 422; nothing is booked.
    Refuse,
    /// Answer 200 with a record in state REJECTED and the reasons in its `logs` (contract sign-fr 4.3).
    Reject,
    /// Book it unchecked, as the recorded TEST service does.
    Off,
}

/// Which reading of `value.base` is accepted (contract sign-fr 2.10 has both, as a conflict).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueBase {
    /// Price × quantity without VAT, before discounts.
    Net,
    /// Price × quantity with VAT, before discounts.
    Gross,
    /// One of the two.
    Either,
    /// Anything.
    Any,
}

/// How RETURN entries among SALE entries count in `document.total_vat` (contract sign-fr 2.7 does not say).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnSign {
    /// Their positive amounts are taken off.
    Subtracted,
    /// Their amounts are summed as they stand.
    Added,
    /// One of the two.
    Either,
}

/// How `payments[].details.discount` counts towards what is paid (contract sign-fr 2.10 says only that cash
/// rounding goes there).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentDiscount {
    /// Amounts plus discounts are what was sold.
    Added,
    /// Amounts less discounts are what was sold.
    Subtracted,
    /// Amounts alone are what was sold.
    Apart,
    /// One of the three.
    Any,
}

/// What the `data` of a CORRECTION is (contract sign-fr 2.7 calls it a whole RECEIPT; the rules of 2.11 are Italian and
/// know only what is taken back).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CorrectionReading {
    /// Lines of the original that are taken back.
    Returns,
    /// What the original should have said.
    Whole,
    /// Taken back where all entries are RETURNs, else the right content.
    Either,
}

/// Whether the chain of replayed records is verified (contract sign-fr 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplayCheck {
    /// A broken chain is answered with 422; nothing is booked.
    Refuse,
    /// Seed, hash, count, anchor and times are taken as they come.
    Off,
}

/// What `X-Replay-Hash` is the SHA-256 of (contract sign-fr 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplayHashInput {
    /// The canonical `content` of the REPLAY intention as it was sent, with its `seed`.
    Wrapper,
    /// The canonical `content` inside the REPLAY operation: the record as it would have been sent online.
    Inner,
}

/// In which base64 the hashes of replayed records are written (contract sign-fr 5.3; RFC 4648).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplayAlphabet {
    /// RFC 4648, section 4.
    Base64,
    /// RFC 4648, section 5.
    Base64url,
}

/// What `record.id` of the second and later records of a replayed buffer names (contract sign-fr 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplayAnchor {
    /// The anchor of the first: the last record made online.
    First,
    /// The record replayed before it, by the id that its answer gave. A client learns that id only while it
    /// replays, so with [`ReplayHashInput::Wrapper`] it cannot hash while it is offline.
    Previous,
}

/// The unit of `document.amounts` in the guide (contract sign-fr 1.6: the amounts are printed without one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuideAmounts {
    /// `"12000"` is € 120.00.
    Cents,
    /// `"12000"` is € 12,000.00, as in the reference.
    Euros,
}

/// SIGN FR 2026-02-03. Numbers in the field texts are sections of the contract; every field is something that the
/// contract leaves open, with the default of its section 10 where it has one.
///
/// A replayed record (5) continues an unbroken chain or is refused: `X-Replay-Hash` is recomputed, `seed` is the
/// anchor's journal signature and then the hash before, `X-Replay-Remaining` falls by one, `recorded_at` does not run
/// backwards. The anchor may be any record of the system: when an answer was lost, the last record that the client
/// knows is not the last in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignFrSettings {
    /// Keep errors (4xx, 5xx) under their idempotency key and replay them (6).
    pub cache_errors: bool,
    /// Compare payloads of a repeated idempotency key byte by byte instead of as JSON (6).
    pub idempotency_bytes: bool,
    /// `X-Scope-Identifier`, `X-Replay-Remaining` and `X-Replay-Hash` are part of what a repeated idempotency key must
    /// repeat (6: which headers count is not said).
    pub idempotency_headers: bool,
    /// Hours for which an idempotency key is remembered (6: 24 h after creation).
    pub idempotency_hours: u32,
    /// Hours for which a token is valid (2.1).
    pub token_hours: u32,
    /// Status for a step against the order of states: 405 or 409 (3.1).
    pub commission_order_status: u16,
    /// Take a state or mode that the resource already has as done instead of refusing it (3.1).
    pub accept_repeated_state: bool,
    /// Decommissioning a taxpayer or location decommissions what is under it (3.1).
    pub decommission_cascades: bool,
    /// A French location takes a PAYMENT_DEVICE and an E_INVOICE_SERVICE; else they are answered with 501 (2.6 says
    /// only that Italy takes neither).
    pub other_systems: bool,
    /// A suspended taxpayer's credentials are valid when it is to be OPERATIVE again; else it stays SUSPENDED (3.1).
    pub credentials_valid: bool,
    /// Let a second transaction use an intention that was used already (3.2).
    pub intention_reuse: bool,
    /// Status for a second transaction on one intention, a second cancellation of one record, or a record on a system
    /// that may not sell: 405 or 409 (3.1).
    pub record_state_status: u16,
    /// A REJECTED transaction uses up its intention (3.2).
    pub rejected_uses_intention: bool,
    /// Status for an id in a body that names nothing (4.2 has no exact rule; 1.2 declares no 404 for POST).
    pub unknown_reference_status: u16,
    /// Status for a reference to a record that exists but does not fit: another system's, of another type, or rejected
    /// (4.2 has no exact rule).
    pub wrong_reference_status: u16,
    /// Status for a record of a type that is not in its system's list of records (4.2 has no exact rule).
    pub unlisted_record_status: u16,
    /// Status for an `X-Scope-Identifier` outside the token's organizations.
    pub unknown_scope_status: u16,
    /// An empty list answers 404 instead of 200 with no results (1.8).
    pub empty_list_404: bool,
    /// `pagination.next` is a whole URL instead of a path with query (1.8).
    pub absolute_next: bool,
    /// Timestamps as recorded (`Z`, nanoseconds) instead of the schema's 25 characters (2.7).
    pub zulu_timestamps: bool,
    /// Refuse query parameters that the operation does not declare.
    pub refuse_unknown_query: bool,
    /// TRANSACTION::ABORT is in a French system's list of records (2.7: in the schema, not in the French list).
    pub abort_allowed: bool,
    /// VAT codes and percentages must be the system's own (2.6).
    pub vat_check: Check,
    /// Amounts must add up (2.10).
    pub amount_check: Check,
    /// How far two amounts may lie apart, in euros, as a decimal string (2.10).
    pub amount_tolerance: String,
    /// Which `value.base` is accepted (2.10).
    pub value_base: ValueBase,
    /// How RETURN entries count in the document's totals (2.7).
    pub return_sign: ReturnSign,
    /// How `payments[].details.discount` counts (2.10).
    pub payment_discount: PaymentDiscount,
    /// The entries of a CORRECTION are RETURNs that name a line of the original and repeat its text, and no amount is
    /// negative (2.11; what happens otherwise is not said); where they are the right content, each has a number of its
    /// own.
    pub correction_check: Check,
    /// What the `data` of a French CORRECTION is; an Italian one takes back (2.7, 2.11).
    pub correction_reading: CorrectionReading,
    /// Let a record be cancelled that was cancelled already.
    pub cancel_twice: bool,
    /// Records of taxpayers certified by INFOCERT have a `compliance.sequence` (5.4: announced for this version, and not
    /// in its schema).
    pub infocert_sequences: bool,
    /// An export is there with the answer to its intention. Else the service makes it when this is switched on again
    /// (2.7: how long it takes is not said).
    pub exports_at_once: bool,
    /// The service closes days, months and fiscal years in which something was recorded (5.5). Switched on again, it
    /// closes what was recorded meanwhile as the period of its first record.
    pub closings: bool,
    /// The time zone in which days end (5.5).
    pub closing_zone: String,
    /// The hour at which a day ends, 0 to 23 (5.5).
    pub closing_hour: u8,
    /// The `operation` of a closing says how much was sold (5.5).
    pub closing_totals: bool,
    /// Whether the chain of replayed records is verified (5.1).
    pub replay_check: ReplayCheck,
    /// What `X-Replay-Hash` is the SHA-256 of (5.3).
    pub replay_hash_input: ReplayHashInput,
    /// In which base64 `X-Replay-Hash` and the seeds made of it are written (5.3).
    pub replay_alphabet: ReplayAlphabet,
    /// That base64 is padded with `=` (5.3).
    pub replay_padding: bool,
    /// What `record.id` of the second and later replayed records names (5.3).
    pub replay_anchor: ReplayAnchor,
    /// How old `recorded_at` of a replayed record may be, in hours by the sandbox's clock (5.1: 24 h).
    pub replay_hours: u32,
    /// Refuse normal records of a system, with `record_state_status`, while a buffer of it is unfinished (5.3).
    pub replay_blocks_online: bool,
    /// `record.offset` of the first record in a replayed buffer: 0 or 1 (5.3).
    pub replay_offset_base: u32,
    /// `X-Replay-Remaining` on the last record of a replayed buffer: 0 or 1 (5.3).
    pub replay_last_remaining: u32,
    /// Below `/api/v1`: the unit of `document.amounts` (1.6).
    pub guide_amounts: GuideAmounts,
    /// Below `/api/v1`: every change must name its organization in `X-Scope-Identifier`, as the guide prints it (1.6).
    pub guide_scope_required: bool,
    /// Below `/api/v1`: a CORRECTION and a CANCELLATION must say why (7: mandatory for France, and optional by Appendix
    /// D's schema). Without a reason they are answered with 422.
    pub guide_reason_required: bool,
    /// How many records the sandbox holds before it answers 503; the sandbox keeps them in memory.
    pub max_records: usize,
}

impl Default for SignFrSettings {
    fn default() -> Self {
        SignFrSettings {
            cache_errors: false,
            idempotency_bytes: false,
            idempotency_headers: true,
            idempotency_hours: 24,
            token_hours: 24,
            commission_order_status: 405,
            accept_repeated_state: false,
            decommission_cascades: false,
            other_systems: false,
            credentials_valid: true,
            intention_reuse: false,
            record_state_status: 405,
            rejected_uses_intention: false,
            unknown_reference_status: 404,
            wrong_reference_status: 405,
            unlisted_record_status: 501,
            unknown_scope_status: 401,
            empty_list_404: false,
            absolute_next: true,
            zulu_timestamps: false,
            refuse_unknown_query: true,
            abort_allowed: true,
            vat_check: Check::Refuse,
            amount_check: Check::Refuse,
            amount_tolerance: "0.02".to_owned(),
            value_base: ValueBase::Either,
            return_sign: ReturnSign::Either,
            payment_discount: PaymentDiscount::Any,
            correction_check: Check::Refuse,
            correction_reading: CorrectionReading::Either,
            cancel_twice: false,
            infocert_sequences: false,
            exports_at_once: true,
            closings: true,
            closing_zone: "Europe/Paris".to_owned(),
            closing_hour: 0,
            closing_totals: true,
            replay_check: ReplayCheck::Refuse,
            replay_hash_input: ReplayHashInput::Wrapper,
            replay_alphabet: ReplayAlphabet::Base64,
            replay_padding: true,
            replay_anchor: ReplayAnchor::First,
            replay_hours: 24,
            replay_blocks_online: false,
            replay_offset_base: 0,
            replay_last_remaining: 0,
            guide_amounts: GuideAmounts::Cents,
            guide_scope_required: true,
            guide_reason_required: true,
            max_records: 200_000,
        }
    }
}

impl Settings {
    /// Refuses values outside what the contract leaves open.
    pub(crate) fn check(&self) -> Result<(), String> {
        let fr = &self.sign_fr;
        for (name, status) in [
            ("commission_order_status", fr.commission_order_status),
            ("record_state_status", fr.record_state_status),
            ("unknown_reference_status", fr.unknown_reference_status),
            ("wrong_reference_status", fr.wrong_reference_status),
            ("unknown_scope_status", fr.unknown_scope_status),
        ] {
            if !(400..=499).contains(&status) {
                return Err(format!("sign-fr.{name} is {status}; it must be a status from 400 to 499"));
            }
        }
        if !(400..=599).contains(&fr.unlisted_record_status) {
            return Err(format!(
                "sign-fr.unlisted_record_status is {}; it must be a status from 400 to 599",
                fr.unlisted_record_status
            ));
        }
        let tolerance = fr.amount_tolerance.parse::<rust_decimal::Decimal>();
        if !tolerance.is_ok_and(|tolerance| tolerance >= rust_decimal::Decimal::ZERO) {
            return Err(format!(
                "sign-fr.amount_tolerance {:?} is not a decimal of zero or more",
                fr.amount_tolerance
            ));
        }
        if jiff::tz::TimeZone::get(&fr.closing_zone).is_err() || fr.closing_hour > 23 {
            return Err("sign-fr.closing_zone is an IANA name, closing_hour an hour from 0 to 23".to_owned());
        }
        if fr.replay_offset_base > 1 || fr.replay_last_remaining > 1 {
            return Err("sign-fr.replay_offset_base and replay_last_remaining are 0 or 1".to_owned());
        }
        self.sign_at.check()
    }
}
