//! Italy: the tax agency's document of a record, as a PDF (contract sign-fr 1.7, `compliance-artifact`).

use serde_json::Value;

use super::create::text;
use crate::pdf;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::state::{Kind, Record, Resource};

/// The document: who sold what, to which sum, under which number.
pub(super) fn pdf(desk: &Desk<'_>, record: &Record, number: &str) -> Vec<u8> {
    let operation: Value = serde_json::from_str(&record.operation).unwrap_or_default();
    let data = operation.get("data").unwrap_or(&operation);
    let kind = match record.kind.as_str() {
        "TRANSACTION::CORRECTION" => "emesso per RESO MERCE",
        "TRANSACTION::CANCELLATION" => "emesso per ANNULLAMENTO",
        _ => "di vendita o prestazione",
    };
    let mut lines = vec!["DOCUMENTO COMMERCIALE".to_owned(), kind.to_owned(), String::new()];
    if let Some(taxpayer) = taxpayer(desk, record) {
        let content = Value::Object(taxpayer.content.clone());
        lines.push(text(&content, "/name/legal").to_owned());
        lines.push(format!("P.IVA {}", text(&content, "/fiscalization/vat_id_number")));
    }
    lines.push(format!("DOCUMENTO N. {number}"));
    lines.push(format!("del {}", record.signed_at));
    let reference = record.refers_to.as_deref().and_then(|id| desk.state.records.get(id));
    if let Some(original) = reference.and_then(|original| original.document_number.as_deref()) {
        lines.push(format!("Documento di riferimento: {original}"));
    }
    lines.push(String::new());
    for entry in data.get("entries").and_then(Value::as_array).into_iter().flatten() {
        let (quantity, price) = (text(entry, "/data/unit/quantity"), text(entry, "/data/unit/price"));
        lines.push(format!("{quantity} x {price}  {}", text(entry, "/data/text")));
    }
    let total = text(data, "/document/total_vat/inclusive");
    if !total.is_empty() {
        lines.push(format!("TOTALE COMPLESSIVO {total}"));
        lines.push(format!("di cui IVA {}", text(data, "/document/total_vat/amount")));
    }
    lines.extend([String::new(), "SANDBOX: SENZA VALORE FISCALE".to_owned()]);
    pdf::page(&lines)
}

fn taxpayer<'d>(desk: &'d Desk<'_>, record: &Record) -> Option<&'d Resource> {
    let system = desk.state.systems.get(&record.system)?;
    let location = desk.state.locations.get(system.refers_to("location"))?;
    desk.state.resources(Kind::Taxpayer).get(location.refers_to("taxpayer"))
}
