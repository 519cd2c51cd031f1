//! `fiskal register`

use crate::args::{Reason, Register};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::{Value, json};

/// Lists the registers, or changes how one stands.
pub(super) fn run(fiskal: &Fiskal, action: &Register, output: &mut Output) -> Result<Exit> {
    let (operation, params) = match action {
        Register::List => ("register.list", json!({})),
        Register::Suspend { name, reason } => {
            ("register.suspend", json!({"register": name, "reason": reason}))
        }
        Register::Restore { name } => ("register.restore", json!({"register": name})),
        Register::Retire { name, reason, abort_sales } => {
            ("register.retire", ended(name, *reason, *abort_sales))
        }
        Register::Replace { name, reason, abort_sales } => {
            ("register.replace", ended(name, *reason, *abort_sales))
        }
    };
    output.result(&fiskal.call(operation, &params)?);
    Ok(Exit::Done)
}

fn ended(name: &str, reason: Reason, abort_sales: bool) -> Value {
    let reason = match reason {
        Reason::Planned => "planned",
        Reason::Defective => "defective",
        Reason::Stolen => "stolen",
    };
    json!({"register": name, "reason": reason, "abort_sales": abort_sales})
}
