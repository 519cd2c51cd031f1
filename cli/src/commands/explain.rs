//! `fiskal explain`

use super::{list, text};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::{Value, json};

/// Tells a sale's story, one entry of the journal a line.
pub(super) fn run(fiskal: &Fiskal, of: &str, register: Option<&str>, output: &mut Output) -> Result<Exit> {
    let story = fiskal.call("receipt.explain", &json!({ "of": of, "register": register }))?;
    if output.is_json() {
        output.value(&story);
        return Ok(Exit::Done);
    }
    let register = text(&story, "/register");
    match text(&story, "/sale") {
        "" => output.line(format_args!("register {register}")),
        sale => output.line(format_args!("register {register}, sale {sale}")),
    }
    for receipt in list(&story, "/receipts") {
        let (id, state) = (text(receipt, "/id"), text(receipt, "/state"));
        match text(receipt, "/number") {
            "" => output.line(format_args!("receipt {id} is {state}")),
            number => output.line(format_args!("receipt {id} {number} is {state}")),
        }
    }
    for step in list(&story, "/steps") {
        let seq = step.get("seq").and_then(Value::as_u64).unwrap_or_default();
        output.line(format_args!("{seq:>6}  {}  {}", text(step, "/at"), text(step, "/text")));
    }
    Ok(Exit::Done)
}
