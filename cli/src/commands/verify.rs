//! `fiskal verify`

use super::{list, named, text};
use crate::args::{Dep, Verify};
use crate::output::{Exit, Output};
use fiskal::Interrupt;
use fiskal::error::Result;
use fiskal::operations::verify_dep;
use serde_json::{Value, json};

pub(super) fn run(what: &Verify, output: &mut Output) -> Result<Exit> {
    match what {
        Verify::Dep(files) => dep(files, output),
    }
}

/// Checks an export; what breaks a rule makes the command fail.
fn dep(files: &Dep, output: &mut Output) -> Result<Exit> {
    let receipts = files.receipts.as_deref().map(named).transpose()?;
    let params = json!({
        "file": named(&files.file)?, "keys": named(&files.keys)?, "receipts": receipts, "printed": files.printed,
        "partial": files.partial,
    });
    let bytes = files.file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    let steps = output.steps(bytes);
    steps.next("checking the export");
    let report = verify_dep(&params, &Interrupt::never(), &mut |progress| {
        steps.at(progress.bytes, format_args!("{} receipts checked", progress.receipts));
    });
    drop(steps);
    let report = report?;
    if output.is_json() {
        output.value(&report);
    } else {
        show(&report, output);
    }
    Ok(if report["fits"] == true { Exit::Done } else { Exit::Failed })
}

fn show(report: &Value, output: &mut Output) {
    let (first, last) = (&report["first"], &report["last"]);
    if first.is_object() {
        output.line(format_args!(
            "register {}: {} receipts, from number {} of {} to number {} of {}",
            text(report, "/register"),
            report["receipts"],
            text(first, "/number"),
            text(first, "/date"),
            text(last, "/number"),
            text(last, "/date"),
        ));
    }
    for finding in list(report, "/findings") {
        output.line(format_args!("{}: {}", place(finding), sentence(finding)));
    }
    for checked in list(report, "/rules").iter().filter(|checked| checked["findings"] != 0) {
        let (rule, demand) = (text(checked, "/rule"), text(checked, "/demand"));
        output.line(format_args!("{rule}, {} findings: {demand}", checked["findings"]));
    }
    for unchecked in list(report, "/unchecked") {
        let rules: Vec<&str> = list(unchecked, "/rules").iter().filter_map(Value::as_str).collect();
        output.line(format_args!("not checked: {}: {}", rules.join(", "), text(unchecked, "/why")));
    }
    if report["fits"] == true {
        let turnover = report["turnover"].as_str().unwrap_or("unknown");
        output.line(format_args!(
            "everything fits; turnover {turnover}, {} unsigned, {} trainings, {} cancellations, {} compared with \
             the service's list",
            report["unsigned"], report["trainings"], report["cancellations"], report["compared"],
        ));
    }
}

/// The receipt that a finding is about.
fn place(finding: &Value) -> String {
    match (finding["number"].as_str(), finding["position"].as_u64()) {
        (Some(number), Some(position)) => format!("receipt {number} (the {position}. of the export)"),
        (Some(number), None) => format!("receipt {number}"),
        (None, Some(position)) => format!("the {position}. receipt of the export"),
        (None, None) => "the export".to_owned(),
    }
}

fn sentence(finding: &Value) -> String {
    let of = |pointer| text(finding, pointer);
    format!("{}: found {}, expected {}", of("/rule"), of("/found"), of("/expected"))
}
