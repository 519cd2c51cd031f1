//! FinanzOnline, the finance ministry's portal, as far as it stands behind the service (contract sign-at 2.2, 2.9, 4.1).

mod check;
pub(super) mod deadlines;
pub(super) mod entries;
pub(super) mod known;
pub(super) mod late;

use serde_json::{Map, Value};

use self::check::Question;
pub(super) use self::late::Asked;
use super::desk::Desk;
use super::errors::Problem;
use super::state::{Receipt, State, Taxpayer, Validation};
use super::view;
use crate::settings::{Fon, FonValidation};

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

/// Reports something of the caller's taxpayer. An error means that nothing may be done, unless it happens later.
pub(super) fn report(desk: &mut Desk<'_>, asked: Asked) -> Result<Report, Problem> {
    if desk.taxpayer().credentials.is_none() {
        return Err(Problem::new(
            401,
            "E_MISSING_FON_CREDENTIALS",
            "FinanzOnline credentials are missing: authenticate with the Cash Register Webservice User first",
        ));
    }
    check_credentials(desk)?;
    let report = reach(desk);
    if report.is_err() && desk.fon != Fon::Refuses {
        late::note(desk, asked);
    }
    report
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
    match desk.fon {
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
            let refused = desk.fon == Fon::Refuses;
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

/// What FinanzOnline says about a receipt, once it has worked it out anew.
fn judge(desk: &Desk<'_>, receipt: &Receipt) -> Validation {
    let planted = match desk.settings.fon_validation {
        FonValidation::Recomputed => false,
        FonValidation::FailsFirst => receipt.validations.is_empty(),
        FonValidation::Fails => true,
    };
    let result = if planted { Err("a planted mistake") } else { recompute(desk.state, receipt) };
    Validation { success: result.is_ok(), at: desk.now, reason: result.err().map(str::to_owned) }
}

fn recompute(state: &State, receipt: &Receipt) -> Result<(), &'static str> {
    let key = receipt.owner.key(&receipt.register);
    let entry = state.register_entries.get(&key).ok_or("the register was not registered")?;
    let register = state.registers.get(&key).ok_or("the register was not registered")?;
    let units =
        state.unit_entries.rows().iter().filter(|unit| unit.owner == receipt.owner).collect::<Vec<_>>();
    let before = state.receipts_of(register).take_while(|row| row.number < receipt.number);
    let question = Question {
        receipt: &receipt.jws,
        before: before.map(|row| row.jws.as_str()).collect(),
        is_zero: receipt.is_made_by_the_service(),
    };
    check::check(&question, entry, &units)
}

/// Asks FinanzOnline by itself about a receipt that was just made (2.9). While it is silent it says nothing.
pub(super) fn ask_by_itself(desk: &mut Desk<'_>, receipt: Receipt) {
    if !validates_by_itself(desk, &receipt.kind) {
        return;
    }
    match desk.fon {
        Fon::Answers => drop(keep_judgement(desk, receipt)),
        Fon::Refuses => {}
        Fon::Timeout | Fon::TimeoutDone | Fon::GatewayTimeout | Fon::GatewayTimeoutDone => {
            late::note(desk, Asked::Receipt { key: receipt.key });
        }
    }
}

/// `POST …/validation`.
pub(super) fn validate(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let receipt = desk.receipt()?;
    ask(desk, receipt)
}

/// Asks FinanzOnline about a receipt.
fn ask(desk: &mut Desk<'_>, receipt: Receipt) -> Result<Value, Problem> {
    let report = report(desk, Asked::Receipt { key: receipt.key.clone() })?;
    let validation = keep_judgement(desk, receipt);
    report.answer(view::validation(&validation))
}

fn keep_judgement(desk: &mut Desk<'_>, mut receipt: Receipt) -> Validation {
    let validation = judge(desk, &receipt);
    receipt.validations.push(validation.clone());
    desk.save(receipt);
    validation
}
