//! `fiskal provision`

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
    steps.next(if plan { "asking what there is to do" } else { "provisioning" });
    let result = fiskal.call("provision", &Value::Object(params));
    drop(steps);
    output.result(&result?);
    Ok(Exit::Done)
}
