//! What a register has sold in a day, a month, a fiscal year, and ever; and what its service says to that.

use super::receipt::{Format, Printed, columns};
use super::sale::issuer;
use super::{Definition, Run, given, read, returned, told, written};
use crate::engine::ports::Store;
use crate::error::Result;
use crate::fiskal::{Call, Place};
use crate::money::Exact;
use crate::print::{self, ClosingPaper};
use crate::reports::{Period, Span, Sums, Turnover};
use crate::services;
use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const CREATE: Definition = Definition {
    name: "closing.create",
    summary: "Closes a day, month or fiscal year (Z): the register's grand totals by its journal, held against the service's own closing.",
    params: given::<Create>,
    result: returned::<Closing>,
    run: Run::Client(create),
};

pub(super) const REPORT: Definition = Definition {
    name: "report",
    summary: "Tells what a register has sold on a day, in its month and fiscal year, and ever (X), without asking the service.",
    params: given::<Wanted>,
    result: returned::<Report>,
    run: Run::Client(report),
};

/// Parameters of `report`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReportParams")]
struct Wanted {
    /// The register's name in the configuration.
    register: String,
    /// The day, as `YYYY-MM-DD`; today if absent.
    #[serde(default, deserialize_with = "crate::read::date")]
    #[schemars(with = "Option<String>")]
    date: Option<Date>,
}

/// Parameters of `closing.create`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// The register's name in the configuration.
    register: String,
    /// What is closed.
    #[serde(default)]
    period: Period,
    /// A day of the period, as `YYYY-MM-DD`; today if absent.
    #[serde(default, deserialize_with = "crate::read::date")]
    #[schemars(with = "Option<String>")]
    date: Option<Date>,
    /// Print it so, into `paper`; not printed if absent.
    #[serde(default)]
    print: Option<Format>,
    /// How many characters fit on a line of paper, 24 to 80; for text and ESC/POS.
    #[serde(default = "columns")]
    columns: u32,
}

/// Result of `report`.
#[derive(Serialize, JsonSchema)]
struct Report {
    /// The register's name.
    register: String,
    /// The day (`YYYY-MM-DD`).
    date: String,
    /// The day's sums.
    day: Sums,
    /// The sums of the whole month around it.
    month: Sums,
    /// The sums of the whole fiscal year around it.
    year: Sums,
    /// The sums of all that the journal has, up to the end of the day.
    perpetual: Sums,
    /// Receipts up to then that are not final yet, and count when they are.
    waiting: usize,
}

/// Result of `closing.create`.
#[derive(Serialize, JsonSchema)]
struct Closing {
    /// The register's name.
    register: String,
    /// What is closed.
    period: Period,
    /// The first moment (RFC 3339 with the location's offset).
    start: String,
    /// The first moment after it (RFC 3339 with the location's offset).
    end: String,
    /// The sums of the period, by the journal.
    totals: Sums,
    /// The sums of all that the journal has, up to the period's end.
    perpetual: Sums,
    /// Receipts up to then that are not final yet, and count when they are.
    waiting: usize,
    /// The service's own closing; absent where it has made none.
    service: Option<ServiceClosing>,
    /// Where the two differ.
    findings: Vec<Difference>,
    /// What the till or its user has to do about it, in one sentence.
    todo: Option<String>,
    /// The closing on paper, where that was asked for.
    paper: Option<Printed>,
}

/// A closing that the service made.
#[derive(Serialize, Deserialize, JsonSchema)]
struct ServiceClosing {
    /// The service's id of it.
    record: Option<String>,
    /// The service's signature.
    signature: Option<String>,
    /// When it was signed (RFC 3339 with the location's offset).
    signed_at: Option<String>,
    /// How many documents counted, where it says so.
    count: Option<u32>,
    /// What was sold, VAT included, where it says so.
    gross: Option<Exact>,
    /// The VAT in it, where it says so.
    vat: Option<Exact>,
    /// What was ever sold, VAT included, where it says so.
    perpetual: Option<Exact>,
}

/// One figure that is not the same on both sides.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClosingDifference")]
struct Difference {
    /// The figure: `count`, `gross`, `vat` or `perpetual`.
    figure: String,
    /// What the journal says.
    journal: String,
    /// What the service says.
    service: String,
}

fn report(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let wanted: Wanted = read(params)?;
    let place = fiskal.place(&wanted.register)?;
    let day = day_of(fiskal, &place, wanted.date)?;
    let turnover = turnover(fiskal, &place)?;
    let sums = |period| turnover.within(span(&place, period, day)?);
    let end = span(&place, Period::Day, day)?.end;
    written(&Report {
        register: wanted.register.clone(),
        date: day.to_string(),
        day: sums(Period::Day)?,
        month: sums(Period::Month)?,
        year: sums(Period::Year)?,
        perpetual: turnover.until(end)?,
        waiting: turnover.waiting(end),
    })
}

fn create(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let wanted: Create = read(params)?;
    print::check_columns(wanted.columns)?;
    let place = fiskal.place(&wanted.register)?;
    let day = day_of(fiskal, &place, wanted.date)?;
    let span = span(&place, wanted.period, day)?;
    let service = service_closing(fiskal, &place, wanted.period, span)?;
    let turnover = turnover(fiskal, &place)?;
    let (totals, perpetual) = (turnover.within(span)?, turnover.until(span.end)?);
    let waiting = turnover.waiting(span.end);
    let findings = match &service {
        Some(service) => differences(&totals, &perpetual, service)?,
        None => Vec::new(),
    };
    let todo = todo(&findings, waiting, service.as_ref());
    let local = |at: jiff::Timestamp| place.local(at);
    let (start, end) = (local(span.start)?, local(span.end)?);
    let slip = ClosingPaper {
        issuer: issuer(&place),
        service: place.till.account.service.clone(),
        environment: place.till.account.environment.name().into(),
        register: wanted.register.clone(),
        period: wanted.period,
        start: start.clone(),
        end: end.clone(),
        totals: totals.clone(),
        perpetual: perpetual.clone(),
        signature: service.as_ref().and_then(|service| service.signature.clone()),
    };
    written(&Closing {
        register: wanted.register.clone(),
        period: wanted.period,
        start,
        end,
        totals,
        perpetual,
        waiting,
        service,
        findings,
        todo,
        paper: wanted.print.map(|format| printed(&slip, format, wanted.columns)),
    })
}

fn printed(slip: &ClosingPaper, format: Format, columns: u32) -> Printed {
    match format {
        Format::Text => Printed::text(format, slip.text(columns)),
        Format::Html => Printed::text(format, slip.html()),
        Format::Escpos => Printed::bytes(format, &slip.escpos(columns)),
    }
}

/// Asks the service for its own closing of the period.
fn service_closing(
    fiskal: &Call<'_>,
    place: &Place<'_>,
    period: Period,
    span: Span,
) -> Result<Option<ServiceClosing>> {
    let params = json!({ "period": period, "start": span.start, "end": span.end });
    let outcome = fiskal.look(place.submission(CREATE.name, String::new(), params))?;
    told(outcome.result.get("closing").unwrap_or(&Value::Null))
}

/// The figures that the service gives and that are not the journal's.
///
/// Gross amounts and counts are the same to the cent. The journal's VAT is in cents per receipt and rate, the
/// service's in more places: half a cent for each rate of each receipt may lie between.
fn differences(totals: &Sums, perpetual: &Sums, service: &ServiceClosing) -> Result<Vec<Difference>> {
    let vat = crate::money::sub(totals.totals.gross.0, totals.totals.net.0)?;
    let rates = Decimal::from(totals.count) * Decimal::from(totals.totals.vat.len());
    let tolerance = rates * Decimal::new(5, 3);
    let mut findings = Vec::new();
    let mut note = |figure: &str, journal: String, service: String| {
        findings.push(Difference { figure: figure.into(), journal, service });
    };
    if let Some(count) = service.count.filter(|count| *count != totals.count) {
        note("count", totals.count.to_string(), count.to_string());
    }
    if let Some(gross) = service.gross.filter(|gross| *gross != totals.totals.gross) {
        note("gross", totals.totals.gross.to_string(), gross.to_string());
    }
    if let Some(given) = service.vat
        && crate::money::sub(given.0, vat)?.abs() > tolerance
    {
        note("vat", vat.to_string(), given.to_string());
    }
    if let Some(ever) = service.perpetual.filter(|ever| *ever != perpetual.totals.gross) {
        note("perpetual", perpetual.totals.gross.to_string(), ever.to_string());
    }
    Ok(findings)
}

fn todo(findings: &[Difference], waiting: usize, service: Option<&ServiceClosing>) -> Option<String> {
    if let Some(Difference { figure, journal, service }) = findings.first() {
        let more = match findings.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        let cause = if waiting > 0 {
            "run `sync`, then close again"
        } else {
            "look for sales that another journal made on this register, or ask the service's support"
        };
        return Some(format!("{figure}: the journal says {journal}, the service {service}{more}; {cause}"));
    }
    match service {
        None => Some("the service has made no closing of this period: it is not over, or nothing was recorded in it; ask again after its end".into()),
        Some(ServiceClosing { count: None, gross: None, vat: None, perpetual: None, .. }) => {
            Some("the service's closing tells no sums; nothing was compared".into())
        }
        Some(_) => None,
    }
}

/// The day that is meant, in the location's zone.
fn day_of(fiskal: &Call<'_>, place: &Place<'_>, date: Option<Date>) -> Result<Date> {
    match date {
        Some(date) => Ok(date),
        None => Ok(place.zoned(fiskal.engine().now(&place.line.account))?.date()),
    }
}

fn span(place: &Place<'_>, period: Period, day: Date) -> Result<Span> {
    let service = place.till.account.service.as_str();
    let block = place.till.merchant.services.get(service);
    let begins = services::year_begins(service, place.till.account.environment.name(), &block)?;
    period.around(day, &place.till.location.zone, begins)
}

/// All receipts of the register, as they are at one moment: one that changes meanwhile counts once.
fn turnover(fiskal: &Call<'_>, place: &Place<'_>) -> Result<Turnover> {
    let mut turnover = Turnover::default();
    fiskal.engine().store().each_receipt(&place.line, &mut |receipt| turnover.take(receipt))?;
    Ok(turnover)
}
