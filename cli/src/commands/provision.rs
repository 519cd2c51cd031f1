//! `fiskal provision`

use super::{list, text};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::{Map, Value};

/// Makes registers ready to sell, or shows what that would take.
pub(super) fn run(fiskal: &Fiskal, plan: bool, register: Option<&str>, output: &mut Output) -> Result<Exit> {
    let mut params = Map::new();
    params.insert("plan".into(), plan.into());
    if let Some(register) = register {
        params.insert("register".into(), register.into());
    }
    let steps = output.steps(1);
    steps.next(if plan {
        "asking what there is to do"
    } else {
        "provisioning; for a service without an answer this waits up to a minute"
    });
    let result = fiskal.call("provision", &Value::Object(params));
    drop(steps);
    let result = result?;
    if output.is_json() {
        output.value(&result);
    } else {
        list(&result, "/lines").iter().for_each(|line| show(line, output));
    }
    Ok(Exit::Done)
}

/// What was done for a line, or would be, each thing on a line of its own.
fn show(line: &Value, output: &mut Output) {
    let whose = format!("{:<9} {}", text(line, "/kind"), text(line, "/name"));
    let things = things(line);
    if things.is_empty() {
        output.line(format_args!("{whose:<30} nothing to do"));
    }
    for (index, thing) in things.iter().enumerate() {
        output.line(format_args!("{:<30} {thing}", if index == 0 { whose.as_str() } else { "" }));
    }
}

fn things(line: &Value) -> Vec<String> {
    let plan = list(line, "/result/plan").iter().filter_map(Value::as_str).map(str::to_owned);
    let resources = [("made", "/result/created", "/id"), ("found", "/result/adopted", "/id")];
    let orphans = ("not used here", "/result/orphans", "/name");
    let made = resources.into_iter().chain([orphans]).flat_map(|(what, pointer, called)| {
        list(line, pointer)
            .iter()
            .map(move |one| format!("{what} {} {}", text(one, "/type"), text(one, called)))
    });
    plan.chain(made).collect()
}
