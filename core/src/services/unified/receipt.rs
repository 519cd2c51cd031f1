//! What the till gets: a receipt from a sale and the record that was booked for it.
//!
//! Mentions for France: SIRET and activity code where the settings have them (the ticket's fields
//! ENC-TIK-SOC-SIR and ENC-TIK-SOC-NAF, contract sign-fr 2.5 and 5.6), the number of lines, the program
//! with its version, the certificate, and the extract of the signature, its characters 3, 7, 13 and 19
//! (5.7).

use super::Unified;
use super::afterwards;
use super::facts::{LocationFacts, MerchantFacts, RegisterFacts};
use super::records::Record;
use super::run::{Run, local};
use super::wire::text;
use crate::amounts::Amounts;
use crate::error::{Error, Result};
use crate::receipt::{Issuer, Mention, Place, Receipt, State, nf525_extract};
use crate::sale::Sale;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known of those who sell.
pub(super) struct Sellers<'a> {
    pub(super) merchant: &'a MerchantFacts,
    pub(super) location: &'a LocationFacts,
    pub(super) register: &'a RegisterFacts,
}

/// The receipt of a sale that may be booked and is not known to be: printable, and to be settled.
pub(super) fn pending(
    run: &Run<'_>,
    sale: &Sale,
    amounts: &Amounts,
    sellers: &Sellers<'_>,
) -> Result<Receipt> {
    let begun = run.operation.open_sale.as_ref();
    let started_at = match sale.started_at {
        Some(at) => run.local(at)?,
        None => match begun.and_then(|begun| text(begun, "/started_at")) {
            Some(at) => at.to_owned(),
            None => run.local(run.operation.at)?,
        },
    };
    let original = run.operation.original.as_ref().map(|_| afterwards::original(run)).transpose()?;
    let mut receipt = Receipt {
        id: run.operation.id.to_string(),
        service: run.service.service.clone(),
        environment: run.service.environment.clone(),
        started_at: Some(started_at),
        ids: BTreeMap::from([("system".to_owned(), sellers.register.system.clone())]),
        issuer: issuer(run.param("issuer"), sellers.merchant)?,
        ..Receipt::of_sale(sale, amounts.totals.clone())
    };
    receipt.mentions = (run.service.country.mentions)(&receipt, sellers, original.as_ref());
    Ok(receipt)
}

/// What a French receipt says besides the sale, as far as it is known before it is booked.
pub(super) fn french_mentions(receipt: &Receipt, sellers: &Sellers<'_>, _: Option<&Receipt>) -> Vec<Mention> {
    let Sellers { merchant, location, register } = sellers;
    let header = [("SIRET", &location.siret), ("NAF", &merchant.naf_ape_code)].into_iter();
    let mut mentions: Vec<Mention> = header
        .filter_map(|(label, code)| Some(mention(Place::Header, format!("{label} {}", code.as_ref()?))))
        .collect();
    mentions.push(mention(Place::Body, format!("Nombre de lignes : {}", receipt.items.len())));
    if let Some(software) = &register.software {
        mentions.push(mention(Place::Footer, format!("Logiciel : {} {}", software.name, software.version)));
    }
    mentions.extend(
        merchant.certification.as_ref().and_then(certificate).map(|text| mention(Place::Footer, text)),
    );
    mentions
}

/// Puts into `receipt` what the service says of the record.
pub(super) fn signed(
    service: &Unified,
    mut receipt: Receipt,
    record: &Record,
    zone: &str,
) -> Result<Receipt> {
    receipt.state = if record.is_finished() { State::Signed } else { State::Pending };
    receipt.ids.insert("record".to_owned(), record.id()?.to_owned());
    if let Some(intention) = text(&record.0, "/content/record/id") {
        receipt.ids.entry("intention".to_owned()).or_insert_with(|| intention.to_owned());
    }
    receipt.signed_at = record.signed_at().map(|at| local(at, zone)).transpose()?;
    receipt.signature = record.signature().map(str::to_owned);
    (service.country.sign)(&mut receipt, record);
    receipt.service = service.service.clone();
    receipt.answer = record.0.clone();
    Ok(receipt)
}

/// Puts the number in its sequence and the extract of the signature on a French receipt.
pub(super) fn french_sign(receipt: &mut Receipt, record: &Record) {
    // The number in NF525's own sequence of this kind of document, where the service gives one (contract sign-fr 5.4).
    if let Some(number) = text(&record.0, "/content/compliance/sequence/number") {
        receipt.fiscal.number = Some(number.to_owned());
    }
    receipt.mentions.retain(|mention| !mention.text.starts_with(SIGNATURE));
    if let Some(extract) = record.signature().and_then(nf525_extract) {
        receipt.mentions.push(mention(Place::Footer, format!("{SIGNATURE}{extract}")));
    }
}

const SIGNATURE: &str = "Signature : ";

/// The certificate's body with its category and number, such as `NF525 B9999`.
fn certificate(certification: &Value) -> Option<String> {
    let code = text(certification, "/code")?;
    let body = match text(certification, "/body")? {
        "infocert" => "NF525",
        _ => "LNE",
    };
    Some(format!("Certificat {body} {code}"))
}

fn issuer(given: &Value, merchant: &MerchantFacts) -> Result<Issuer> {
    let mut issuer = match given {
        Value::Null => Issuer::default(),
        given => Issuer::deserialize(given)
            .map_err(|error| Error::internal(format!("the issuer of a receipt cannot be read: {error}")))?,
    };
    issuer.vat_number = issuer.vat_number.or_else(|| merchant.vat_number.clone());
    Ok(issuer)
}

fn mention(place: Place, text: String) -> Mention {
    Mention { place, text }
}
