//! What FinanzOnline is asked about without a call (contract sign-at 2.6).

use serde_json::{Value, json};

use super::desk::Desk;
use super::state::Taxpayer;
use super::view::VERSION;

pub(super) fn retrieve(desk: &Desk<'_>) -> Value {
    show(&desk.taxpayer())
}

pub(super) fn update(desk: &mut Desk<'_>) -> Value {
    let old = desk.taxpayer();
    let named = |name: &str, old: bool| desk.request.body.get(name).and_then(Value::as_bool).unwrap_or(old);
    let validates_yearly = named("yearly_receipt_validation_enabled", old.validates_yearly);
    let validates_monthly = named("monthly_receipt_validation_enabled", old.validates_monthly);
    // It is a revision of what is configured: saying the same again makes no new one (2.6 does not tell).
    let is_changed = (validates_yearly, validates_monthly) != (old.validates_yearly, old.validates_monthly);
    let revision = old.revision.saturating_add(u32::from(is_changed));
    let taxpayer = Taxpayer { validates_yearly, validates_monthly, revision, ..old };
    let answer = show(&taxpayer);
    desk.save(taxpayer);
    answer
}

fn show(taxpayer: &Taxpayer) -> Value {
    json!({
        "_env": taxpayer.owner.environment, "_version": VERSION, "revision": taxpayer.revision,
        "yearly_receipt_validation_enabled": taxpayer.validates_yearly,
        "monthly_receipt_validation_enabled": taxpayer.validates_monthly,
    })
}
