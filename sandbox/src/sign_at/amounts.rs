//! A receipt's gross amounts by VAT container, out of each of the three schemas (contract sign-at 2.7, 5.2).

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::errors::Problem;
use super::exact::Sum;

/// The containers in the order of the machine code (6.1).
const CONTAINERS: [&str; 5] = ["STANDARD", "REDUCED_1", "REDUCED_2", "ZERO", "SPECIAL"];
/// The containers' names in `raw`, in the same order.
const RAW: [&str; 5] = [
    "gross_amount_standard",
    "gross_amount_reduced_1",
    "gross_amount_reduced_2",
    "gross_amount_zero",
    "gross_amount_special",
];
/// Where percentages belong (5.2); 4.9 % and 19 % share one container.
const PERCENTAGES: [(&str, usize); 6] = [("20", 0), ("10", 1), ("13", 2), ("0", 3), ("19", 4), ("4.9", 4)];

/// Cents by container. Amounts of one container are added up and then rounded half up (2.7 does not say).
pub(super) fn containers(schema: &Map<String, Value>) -> Result<[i64; 5], Problem> {
    let mut sums = [Sum::default(); 5];
    let mut add = |container: usize, amount: Option<&Value>| -> Result<(), Problem> {
        let sum = sums.get_mut(container).ok_or_else(too_large)?;
        sum.add(amount.and_then(Value::as_str).unwrap_or_default()).ok_or_else(too_large)
    };
    if let Some(raw) = schema.get("raw") {
        for (container, name) in RAW.iter().enumerate() {
            add(container, raw.get(name))?;
        }
    }
    for row in list(schema.get("standard_v1"), "/amounts_per_vat_rate") {
        add(container(row.get("vat_rate"))?, row.get("amount"))?;
    }
    for row in list(schema.get("ekabs_v0"), "/data/vat_amounts") {
        let container = match row.get("vat_rate") {
            Some(rate) => container(Some(rate))?,
            None => percentage(row.get("percentage"))?,
        };
        add(container, row.get("incl_vat"))?;
    }
    let mut cents = [0; 5];
    for (cents, sum) in cents.iter_mut().zip(sums) {
        *cents = sum.cents().ok_or_else(too_large)?;
    }
    Ok(cents)
}

fn list<'v>(schema: Option<&'v Value>, pointer: &str) -> &'v [Value] {
    schema.and_then(|schema| schema.pointer(pointer)?.as_array()).map(Vec::as_slice).unwrap_or_default()
}

fn container(rate: Option<&Value>) -> Result<usize, Problem> {
    let known = CONTAINERS.iter().position(|name| rate.is_some_and(|rate| rate == name));
    known.ok_or_else(|| Problem::bad_request("the VAT rate is not known"))
}

fn percentage(given: Option<&Value>) -> Result<usize, Problem> {
    let given = given.map(Value::to_string).unwrap_or_default();
    let exact = given.parse::<Decimal>().ok();
    let known = PERCENTAGES
        .iter()
        .find(|(percentage, _)| exact.is_some() && percentage.parse::<Decimal>().ok() == exact)
        .map(|(_, container)| *container);
    known.ok_or_else(|| {
        Problem::bad_request(format!("there is no VAT rate for {given} %; name the vat_rate beside it"))
    })
}

fn too_large() -> Problem {
    Problem::bad_request("an amount is too large")
}
