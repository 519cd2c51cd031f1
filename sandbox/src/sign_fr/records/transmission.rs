//! Italy: a transaction is transmitted to the tax agency, which takes its time, gives a number, or does not take it
//! (contract sign-fr 2.8, 3.2, 4.3).

use jiff::{SignedDuration, Timestamp};

use super::book::{ACCEPTED, COMPLETED, Draft, FAILED, FINISHED, PROCESSING, REJECTED};
use crate::settings::{DocumentNumbers, TransmissionResult};
use crate::sign_fr::country::Country;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::state::{Kind, Record, Resource, Transmission};

/// The number that the TEST service gives to every document.
const PLACEHOLDER: &str = "DCW0000/0000-0000";

/// Hands a transaction to the tax agency, which decides at once what will come of it.
pub(super) fn begin(desk: &Desk<'_>, system: &Resource, draft: &mut Draft) {
    if system.country != Country::Italy || draft.state == REJECTED {
        return;
    }
    let (state, logs) = result(desk, system);
    draft.document_number = (state == COMPLETED).then(|| next_number(desk, system));
    if desk.italy.transmission_s == 0 {
        (draft.state, draft.mode, draft.logs) = (state, FINISHED, logs);
        return;
    }
    (draft.state, draft.mode) = (ACCEPTED, PROCESSING);
    let time = SignedDuration::from_secs(i64::from(desk.italy.transmission_s));
    let until = desk.now.saturating_add(time).unwrap_or(desk.now);
    draft.transmission = Some(Transmission { until, state: state.to_owned(), logs });
}

fn result(desk: &Desk<'_>, system: &Resource) -> (&'static str, Vec<String>) {
    if let Some(since) = expired(desk, system) {
        let log = format!("Authentication error: the Fisconline password has expired on {since}");
        return (FAILED, vec![log]);
    }
    match desk.italy.transmission_result {
        TransmissionResult::Completed => (COMPLETED, Vec::new()),
        TransmissionResult::Rejected => {
            (REJECTED, vec!["Validation error: the tax agency does not accept the document".to_owned()])
        }
        TransmissionResult::Failed => {
            let log = "Authentication error: ADE portal has not responded successfully";
            (FAILED, vec![log.to_owned()])
        }
    }
}

/// When the password of the system's taxpayer expired, if it has.
fn expired(desk: &Desk<'_>, system: &Resource) -> Option<Timestamp> {
    let days = i64::from(desk.italy.password_days);
    let location = desk.state.locations.get(system.refers_to("location"))?;
    let taxpayer = desk.state.resources(Kind::Taxpayer).get(location.refers_to("taxpayer"))?;
    let told = taxpayer.credentials_at?;
    let end = told.checked_add(SignedDuration::from_hours(days.saturating_mul(24))).ok()?;
    (days > 0 && end <= desk.now).then_some(end)
}

fn next_number(desk: &Desk<'_>, system: &Resource) -> String {
    match desk.italy.document_numbers {
        DocumentNumbers::Placeholder => PLACEHOLDER.to_owned(),
        DocumentNumbers::Series => {
            let count = desk.state.documents(&system.organization).saturating_add(1);
            format!("DCW{}/{:04}-{:04}", desk.now.strftime("%Y"), count / 10_000, count % 10_000)
        }
    }
}

/// Ends the transmissions whose time has come.
pub(in crate::sign_fr) fn settle(desk: &mut Desk<'_>) {
    for id in desk.state.in_transmission() {
        let Some(record) = desk.state.records.get(&id) else { continue };
        if let Some(settled) = settled(record, desk.now) {
            desk.save(settled);
        }
    }
}

fn settled(record: &Record, now: Timestamp) -> Option<Record> {
    let transmission = record.transmission.as_ref().filter(|transmission| transmission.until <= now)?;
    Some(Record {
        state: transmission.state.clone(),
        mode: FINISHED.to_owned(),
        logs: transmission.logs.clone(),
        transmission: None,
        ..record.clone()
    })
}
