//! Which document a sale issues, and what each of them needs besides (contract sign-fr 2.7).
//!
//! | document | operation | besides document and entries |
//! |---|---|---|
//! | `receipt` | RECEIPT | payments |
//! | `draft` | DRAFT_RECEIPT | |
//! | `invoice` | INVOICE | payments, recipient, breakdown |
//! | `proforma` | PRO_FORMA_INVOICE | recipient, breakdown |

use super::country::Country;
use super::entries::{amount, set};
use super::payments;
use super::provision;
use crate::amounts::Amounts;
use crate::error::{Error, Kind, Result};
use crate::receipt::{Totals, VatTotal};
use crate::sale::{Customer, CustomerType, Document, Gender, IdType, Identification, Sale};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// The longest code of a customer (Appendix A, CustomerCode) and name of a business (LegalName).
const NAME: usize = 128;
/// The longest VAT number (Appendix A, TaxpayerVatNumber).
const VAT_NUMBER: usize = 20;

/// The operation's type for a sale's document.
pub(super) fn operation_type(document: Document) -> &'static str {
    match document {
        Document::Receipt => "RECEIPT",
        Document::Draft => "DRAFT_RECEIPT",
        Document::Invoice => "INVOICE",
        Document::Proforma => "PRO_FORMA_INVOICE",
    }
}

/// Puts into `operation` what its document needs besides the document itself and the entries.
///
/// # Errors
/// `invalid` with the JSON pointer of what is missing or does not fit.
pub(super) fn complete(
    operation: &mut Value,
    sale: &Sale,
    amounts: &Amounts,
    country: &Country,
) -> Result<()> {
    if matches!(sale.document, Document::Receipt | Document::Invoice) {
        set(operation, "payments", payments::payments(sale, amounts, country)?);
    }
    if matches!(sale.document, Document::Invoice | Document::Proforma) {
        set(operation, "recipients", vec![recipient(sale.customer.as_ref())?]);
        set(operation, "breakdown", breakdown(&amounts.totals));
    } else if let Some(code) = sale.customer.as_ref().and_then(country.customer_code) {
        set(operation, "customer", json!({"type": "EXTERNAL", "code": code}));
    }
    Ok(())
}

/// The VAT by rate.
pub(super) fn breakdown(totals: &Totals) -> Vec<Value> {
    totals.vat.iter().map(category).collect()
}

/// One line of the breakdown: in this contract a percentage and its VAT; what bears none has 0.
fn category(total: &VatTotal) -> Value {
    let rate = total.rate.map_or(Decimal::ZERO, |rate| rate.0);
    json!({"percentage": rate.normalize().to_string(), "amount": amount(total.amount.0)})
}

/// Who an invoice is for.
///
/// # Errors
/// `invalid` with the JSON pointer of what is missing.
pub(super) fn recipient(customer: Option<&Customer>) -> Result<Value> {
    let Some(customer) = customer else {
        return Err(Error::invalid("/customer", "an invoice in France names who it is for; give customer"));
    };
    let address = match &customer.address {
        Some(address) => provision::address(&json!(address)).map_err(as_input)?,
        None => {
            return Err(Error::invalid(
                "/customer/address",
                "an invoice in France needs the customer's address",
            ));
        }
    };
    match customer.customer_type {
        CustomerType::Business => business(customer, address),
        CustomerType::Consumer => consumer(customer, address),
    }
}

fn business(customer: &Customer, address: Value) -> Result<Value> {
    let name = customer.name.as_deref().unwrap_or_default();
    if !(1..=NAME).contains(&name.chars().count()) {
        let message = format!("an invoice names the business in 1 to {NAME} characters; give customer.name");
        return Err(Error::invalid("/customer/name", message));
    }
    let vat = customer.id.as_ref().filter(|id| id.id_type == IdType::Vat).ok_or_else(|| {
        let message = "an invoice to a business needs its VAT number; give customer.id of the type vat";
        Error::invalid("/customer/id", message)
    })?;
    Ok(json!({
        "type": "BUSINESS",
        "name": name,
        "address": address,
        "identification": identification(vat)?,
    }))
}

/// A VAT number as the service takes it: `^([A-Za-z0-9-]{1,20})$` (Appendix A, TaxpayerVatNumber).
fn identification(id: &Identification) -> Result<Value> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !(1..=VAT_NUMBER).contains(&id.number.len()) || !id.number.bytes().all(fits) {
        let message = format!("a VAT number has 1 to {VAT_NUMBER} letters, digits and - at the service");
        return Err(Error::invalid("/customer/id/number", message));
    }
    Ok(json!({"type": "VAT", "number": id.number}))
}

fn consumer(customer: &Customer, address: Value) -> Result<Value> {
    let person = customer.person.as_ref().ok_or_else(|| {
        let message = "an invoice to a consumer needs the name in its parts; give customer.person";
        Error::invalid("/customer/person", message)
    })?;
    // The service wants a gender; DIVERSE stands for one that was not told.
    let gender = match person.gender {
        Some(Gender::Female) => "FEMALE",
        Some(Gender::Male) => "MALE",
        Some(Gender::Diverse) | None => "DIVERSE",
    };
    let mut name = json!({"gender": gender, "forename": person.forename, "surname": person.surname});
    if let Some(prefix) = person.prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
        set(&mut name, "prefix", prefix);
    }
    let mut recipient = json!({"type": "CONSUMER", "name": name, "address": address});
    if let Some(vat) = customer.id.as_ref().filter(|id| id.id_type == IdType::Vat) {
        set(&mut recipient, "identification", identification(vat)?);
    }
    Ok(recipient)
}

/// What is wrong with an address of the configuration is wrong with one of the caller's.
fn as_input(error: Error) -> Error {
    let pointer = error.pointer().unwrap_or_default().replace("/address", "/customer/address");
    Error::new(Kind::Invalid, error.message()).at(pointer)
}
