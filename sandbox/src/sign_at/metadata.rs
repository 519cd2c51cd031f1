//! Client data beside units, registers and receipts (contract sign-at 2.5).

use serde_json::Value;

use super::desk::Desk;
use super::errors::Problem;

pub(super) fn of_unit(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(Value::Object(desk.unit()?.metadata))
}

pub(super) fn of_register(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(Value::Object(desk.register()?.metadata))
}

pub(super) fn of_receipt(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(Value::Object(desk.receipt()?.metadata))
}

pub(super) fn change_unit(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut unit = desk.unit()?;
    unit.metadata = desk.changed_metadata(unit.metadata)?;
    let answer = Value::Object(unit.metadata.clone());
    desk.save(unit);
    Ok(answer)
}

pub(super) fn change_register(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut register = desk.register()?;
    register.metadata = desk.changed_metadata(register.metadata)?;
    let answer = Value::Object(register.metadata.clone());
    desk.save(register);
    Ok(answer)
}

pub(super) fn change_receipt(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut receipt = desk.receipt()?;
    receipt.metadata = desk.changed_metadata(receipt.metadata)?;
    let answer = Value::Object(receipt.metadata.clone());
    desk.save(receipt);
    Ok(answer)
}
