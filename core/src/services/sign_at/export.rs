//! The data collection log of a register, DEP7 (contract sign-at 1.3 and 2.10). SIGN AT makes it when it is asked for:
//! there is nothing to order, and nothing is kept. The id of an export therefore says what is in it.

use super::facts::{self, Last, RegisterFacts};
use super::run::{Flow, Run};
use super::wire::Api;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Method, Outcome, Request};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use std::fmt;

/// What SIGN AT has to export, in a till's words.
const DEP7: &str = "dep7";
/// The names of a range on the wire, in the order of an id.
const NAMES: [&str; 4] =
    ["start_receipt_number", "end_receipt_number", "start_time_signature", "end_time_signature"];

/// What is to be exported.
#[derive(Deserialize)]
struct Asked {
    #[serde(default, rename = "type")]
    export_type: Option<String>,
    #[serde(default)]
    start: Option<Timestamp>,
    #[serde(default)]
    end: Option<Timestamp>,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    last: Option<String>,
    #[serde(default)]
    filter: Option<String>,
}

/// Receipts by number and by time of signing in Unix seconds, all bounds included; one without bounds is the whole log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Range {
    first: Option<u128>,
    last: Option<u128>,
    start: Option<u128>,
    end: Option<u128>,
}

/// An export is ready as soon as it has a name.
pub(super) fn create(run: &Run<'_>) -> Flow<Outcome> {
    let range = Range::asked(&run.params()?)?;
    facts::register(run.facts)?;
    Ok(ready(range))
}

/// How far an export is.
pub(super) fn get(run: &Run<'_>) -> Flow<Outcome> {
    facts::register(run.facts)?;
    Ok(ready(named(run, "export")?))
}

fn ready(range: Range) -> Outcome {
    let id = range.to_string();
    let result = json!({"export": id, "state": "ready", "record": null, "file": id, "logs": []});
    Outcome { result, ..Outcome::default() }
}

/// SIGN AT keeps no files.
/// The request for a log, and what the register knows of the receipts that must be in it.
pub(super) fn fetch(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let parameter = if run.param("export").is_null() { "file" } else { "export" };
    let range = named(run, parameter)?;
    let path = format!("/cash-register/{}/export{}", register.register, range.query());
    let request = Request {
        credential: Some(credential),
        ..run.service.bases.request(Api::Signing, "file", Method::Get, &path)
    };
    let last = register.last.filter(|last| range.has(last));
    let log = json!({
        "register": register.serial,
        "whole": range == Range::default(),
        "last": last.map(|last| json!({"number": last.number, "code": last.code})),
    });
    let result = json!({"file": range.to_string(), "request": request, "log": log});
    Ok(Outcome { result, ..Outcome::default() })
}

/// The whole log lies on the disk: the copy of the quarter is made.
pub(super) fn saved(run: &Run<'_>) -> Flow<Outcome> {
    let register = RegisterFacts { dep_saved_at: run.operation.at, ..facts::register(run.facts)? };
    Ok(Outcome { learned: Some(json!(register)), ..Outcome::default() })
}

/// The range of the export that the caller names.
fn named(run: &Run<'_>, parameter: &str) -> Result<Range> {
    run.param(parameter).as_str().and_then(Range::of).ok_or_else(|| {
        let message = "there is no such export; `export.create` gives the id of one";
        Error::new(Kind::NotFound, message).at(format!("/{parameter}"))
    })
}

impl Range {
    fn asked(asked: &Asked) -> Result<Self> {
        if asked.export_type.as_deref().is_some_and(|kind| kind != DEP7) {
            let message = "SIGN AT exports the data collection log; give the type dep7, or leave it out";
            return Err(Error::invalid("/type", message));
        }
        if asked.filter.is_some() {
            return Err(Error::invalid("/filter", "a data collection log has all receipts; leave it out"));
        }
        let range = Range {
            first: number("/first", asked.first.as_deref())?,
            last: number("/last", asked.last.as_deref())?,
            start: asked.start.map(|start| seconds(start, start.subsec_nanosecond() > 0)),
            end: asked.end.map(|end| seconds(end, false)),
        };
        let is_backward =
            |from: Option<u128>, to: Option<u128>| from.zip(to).is_some_and(|(from, to)| from > to);
        if is_backward(range.first, range.last) {
            return Err(Error::invalid("/last", "the range ends before it starts"));
        }
        if is_backward(range.start, range.end) {
            return Err(Error::invalid("/end", "there is no whole second between start and end"));
        }
        Ok(range)
    }

    /// The range that an id says, if it is one.
    fn of(id: &str) -> Option<Self> {
        let mut range = Range::default();
        let bounds =
            id.strip_prefix(DEP7)?.trim_start_matches('?').split('&').filter(|bound| !bound.is_empty());
        for bound in bounds {
            let (name, value) = bound.split_once('=')?;
            let place = NAMES.iter().position(|known| *known == name)?;
            **range.bounds_mut().get_mut(place)? = Some(value.parse().ok()?);
        }
        // One spelling for each, so that an id is as good as what it says.
        (range.to_string() == id).then_some(range)
    }

    fn bounds_mut(&mut self) -> [&mut Option<u128>; 4] {
        [&mut self.first, &mut self.last, &mut self.start, &mut self.end]
    }

    /// The range as a query, with its question mark; empty for the whole log.
    fn query(&self) -> String {
        let bounds = NAMES.into_iter().zip([self.first, self.last, self.start, self.end]);
        let bounds: Vec<String> =
            bounds.filter_map(|(name, bound)| Some(format!("{name}={}", bound?))).collect();
        if bounds.is_empty() { String::new() } else { format!("?{}", bounds.join("&")) }
    }

    /// Whether a receipt lies in it.
    fn has(&self, last: &Last) -> bool {
        let within = |value: u128, from: Option<u128>, to: Option<u128>| {
            from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to)
        };
        last.number.parse().is_ok_and(|number| within(number, self.first, self.last))
            && within(seconds(last.signed_at, false), self.start, self.end)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{DEP7}{}", self.query())
    }
}

fn number(pointer: &str, text: Option<&str>) -> Result<Option<u128>> {
    let wrong =
        || Error::invalid(pointer, "a receipt's number at SIGN AT has digits only; see fiscal.number");
    let read = |text: &str| {
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_digits.then(|| text.parse().ok()).flatten().ok_or_else(wrong)
    };
    text.map(read).transpose()
}

/// A time in Unix seconds, `up` to the next one; nothing was signed before 1970.
fn seconds(at: Timestamp, up: bool) -> u128 {
    u128::try_from(at.as_second().saturating_add(i64::from(up))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn asked(params: Value) -> Result<Range> {
        Range::asked(&Asked::deserialize(&params).unwrap())
    }

    #[test]
    fn an_id_says_the_range_and_is_read_back() {
        let cases = [
            (json!({}), "dep7"),
            (json!({"type": "dep7", "last": "9"}), "dep7?end_receipt_number=9"),
            (
                json!({"first": "2", "last": "9", "start": "2026-11-01T00:00:00+01:00", "end": "2026-11-01T00:00:00.9Z"}),
                "dep7?start_receipt_number=2&end_receipt_number=9&start_time_signature=1793487600&end_time_signature=1793491200",
            ),
            (json!({"first": "007"}), "dep7?start_receipt_number=7"),
            (json!({"start": "2026-11-01T00:00:00.1Z"}), "dep7?start_time_signature=1793491201"),
            (json!({"start": "1969-01-01T00:00:00Z"}), "dep7?start_time_signature=0"),
        ];
        for (params, id) in cases {
            let range = asked(params.clone()).unwrap();
            assert_eq!(range.to_string(), id, "{params}");
            assert_eq!(Range::of(id), Some(range));
        }
    }

    #[test]
    fn what_is_no_id_is_none() {
        let ids = [
            "",
            "dep",
            "dep77",
            "dep7?",
            "dep7&",
            "dep7?x=1",
            "dep7?end_receipt_number=",
            "dep7?end_receipt_number=-1",
            "dep7?end_receipt_number=01",
            "dep7?end_receipt_number=1&start_receipt_number=1",
            "dep7/../../auth",
            "dep7?end_receipt_number=1&end_receipt_number=2",
            "dep7?end_receipt_number=1#",
            " dep7",
            "DEP7",
            "dep7?end_receipt_number=999999999999999999999999999999999999999",
        ];
        for id in ids {
            assert_eq!(Range::of(id), None, "{id}");
        }
        assert_eq!(Range::of(&"dep7?".repeat(1 << 20)), None);
    }

    #[test]
    fn ranges_that_are_none_name_their_bound() {
        let cases = [
            (json!({"type": "records"}), "/type"),
            (json!({"filter": "NORMAL"}), "/filter"),
            (json!({"first": ""}), "/first"),
            (json!({"first": "-1"}), "/first"),
            (json!({"last": "R-1"}), "/last"),
            (json!({"last": "9".repeat(1000)}), "/last"),
            (json!({"first": "10", "last": "9"}), "/last"),
            (json!({"start": "2026-11-01T00:00:00.1Z", "end": "2026-11-01T00:00:00.9Z"}), "/end"),
        ];
        for (params, pointer) in cases {
            assert_eq!(asked(params.clone()).unwrap_err().pointer(), Some(pointer), "{params}");
        }
    }

    #[test]
    fn the_last_receipt_is_in_the_range_or_not() {
        let last = Last {
            number: "10".into(),
            code: String::new(),
            signed_at: "2026-11-01T00:00:00.5Z".parse().unwrap(),
        };
        for (params, has) in [
            (json!({}), true),
            (json!({"first": "10", "last": "10"}), true),
            (json!({"last": "9"}), false),
            (json!({"first": "11"}), false),
            (json!({"start": "2026-11-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}), true),
            (json!({"start": "2026-11-01T00:00:01Z"}), false),
            (json!({"end": "2026-10-31T23:59:59Z"}), false),
        ] {
            assert_eq!(asked(params.clone()).unwrap().has(&last), has, "{params}");
        }
    }
}
