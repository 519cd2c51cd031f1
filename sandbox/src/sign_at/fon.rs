//! FinanzOnline, the finance ministry's portal, as far as it stands behind the service (contract sign-at 2.2, 2.9, 4.1).

use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::errors::Problem;
use super::state::{Receipt, Register, State, Taxpayer, Validation};
use super::view;
use crate::crypto::rksv;
use crate::settings::Fon;

/// Whether an answer comes back once the change is done.
pub(super) enum Report {
    /// It does.
    Told,
    /// It is lost; this is what the client gets instead.
    Lost(Problem),
}

impl Report {
    /// The answer to a change that is done.
    pub(super) fn answer(self, answer: Value) -> Result<Value, Problem> {
        match self {
            Report::Told => Ok(answer),
            Report::Lost(problem) => Err(problem),
        }
    }
}

/// Reports a change of the caller's taxpayer. An error means that nothing may be done.
pub(super) fn report(desk: &Desk<'_>) -> Result<Report, Problem> {
    if desk.taxpayer().credentials.is_none() {
        return Err(Problem::new(
            401,
            "E_MISSING_FON_CREDENTIALS",
            "FinanzOnline credentials are missing: authenticate with the Cash Register Webservice User first",
        ));
    }
    check_credentials(desk)?;
    reach(desk)
}

/// FinanzOnline may know credentials no more that it once knew.
fn check_credentials(desk: &Desk<'_>) -> Result<(), Problem> {
    if desk.settings.fon_rejects_credentials {
        return Err(Problem::new(
            401,
            "E_FON_AUTH_FAILED",
            "FinanzOnline does not know these credentials of a Cash Register Webservice User",
        ));
    }
    Ok(())
}

fn reach(desk: &Desk<'_>) -> Result<Report, Problem> {
    let silent = |status| Problem::of(status, None, "FinanzOnline did not answer in time");
    match desk.settings.fon {
        Fon::Answers => Ok(Report::Told),
        Fon::Refuses => Err(Problem::new(
            desk.settings.fon_refusal_status,
            "E_FON_REQUEST_FAILED",
            "FinanzOnline refused the request",
        )),
        Fon::Timeout => Err(silent(408)),
        Fon::GatewayTimeout => Err(silent(504)),
        Fon::TimeoutDone => Ok(Report::Lost(silent(408))),
        Fon::GatewayTimeoutDone => Ok(Report::Lost(silent(504))),
    }
}

pub(super) fn authenticate(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    check_credentials(desk)?;
    let report = match reach(desk) {
        Ok(report) => report,
        Err(problem) => {
            let refused = desk.settings.fon == Fon::Refuses;
            let taxpayer = Taxpayer { refused, ..desk.taxpayer() };
            desk.save(taxpayer);
            return Err(problem);
        }
    };
    let text = |name: &str| desk.request.text(name).unwrap_or_default().to_owned();
    let credentials = (text("fon_participant_id"), text("fon_user_id"));
    let taxpayer = Taxpayer {
        credentials: Some(credentials),
        authenticated_at: Some(desk.now),
        refused: false,
        ..desk.taxpayer()
    };
    let answer = show(&taxpayer);
    desk.save(taxpayer);
    report.answer(answer)
}

pub(super) fn status(desk: &Desk<'_>) -> Value {
    show(&desk.taxpayer())
}

fn show(taxpayer: &Taxpayer) -> Value {
    let mut shown = Map::new();
    if let Some((participant, user)) = &taxpayer.credentials {
        shown.insert("fon_participant_id".to_owned(), participant.as_str().into());
        shown.insert("fon_user_id".to_owned(), user.as_str().into());
    }
    let status = match (taxpayer.refused, &taxpayer.credentials) {
        (true, _) => "ERROR_UNSPECIFIED",
        (false, Some(_)) => "AUTHENTICATED",
        (false, None) => "UNAUTHENTICATED",
    };
    shown.insert("authentication_status".to_owned(), status.into());
    view::time(&mut shown, "time_authentication", taxpayer.authenticated_at);
    Value::Object(shown)
}

/// Whether FinanzOnline is asked about a receipt without anybody's call (2.9).
pub(super) fn validates_by_itself(desk: &Desk<'_>, kind: &str) -> bool {
    let taxpayer = desk.taxpayer();
    match kind {
        "INITIALIZATION" | "DECOMMISSION" => true,
        "YEARLY_CLOSE" => taxpayer.validates_yearly,
        "MONTHLY_CLOSE" => taxpayer.validates_monthly,
        _ => false,
    }
}

/// What FinanzOnline says about a receipt: it finds a signature, or it does not.
pub(super) fn judge(desk: &Desk<'_>, receipt: &Receipt) -> Validation {
    Validation { success: receipt.signed, at: desk.now }
}

/// What FinanzOnline says by itself about a new receipt; nothing while it is silent.
pub(super) fn judge_by_itself(desk: &Desk<'_>, receipt: &Receipt) -> Option<Validation> {
    let asked = validates_by_itself(desk, &receipt.kind) && desk.settings.fon == Fon::Answers;
    asked.then(|| judge(desk, receipt))
}

/// `POST …/validation`.
pub(super) fn validate(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut receipt = desk.receipt()?;
    let report = report(desk)?;
    let validation = judge(desk, &receipt);
    let answer = view::validation(&validation);
    receipt.validations.push(validation);
    desk.save(receipt);
    report.answer(answer)
}

/// What FinanzOnline has been told and has said, by taxpayer: the other side of every change whose answer was lost.
pub(super) fn register(state: &State) -> Value {
    let mut taxpayers = Vec::new();
    for taxpayer in state.taxpayers.rows() {
        let units = state.units.rows().iter().filter(|unit| unit.owner == taxpayer.owner);
        let units = units
            .filter(|unit| unit.initialized_at.is_some())
            .map(|unit| json!({ "certificate_serial_number": unit.serial, "state": unit.state }));
        let registers = state.registers.rows().iter().filter(|row| row.owner == taxpayer.owner);
        let registers = registers.filter(|row| row.registered_at.is_some()).map(|row| {
            json!({
                "serial_number": row.serial, "state": row.state,
                "key_checksum": rksv::key_checksum(&row.counter_key), "receipts": judged(state, row),
            })
        });
        taxpayers.push(json!({
            "organization": taxpayer.owner.organization, "env": taxpayer.owner.environment,
            "participant": taxpayer.credentials.as_ref().map(|(participant, _)| participant),
            "units": units.collect::<Vec<_>>(), "registers": registers.collect::<Vec<_>>(),
        }));
    }
    json!({ "taxpayers": taxpayers })
}

/// The receipts of a register that FinanzOnline was asked about.
fn judged(state: &State, register: &Register) -> Vec<Value> {
    let asked = state.receipts_of(register).filter(|row| !row.validations.is_empty());
    asked
        .map(|row| {
            let said: Vec<Value> = row.validations.iter().map(view::validation).collect();
            json!({ "receipt_number": row.number.to_string(), "receipt_type": row.kind, "validations": said })
        })
        .collect()
}
