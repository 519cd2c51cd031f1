//! What was signed on a register between its last receipt that is known and a new one: what SIGN AT makes by itself
//! (contract sign-at 5.3 and 5.6), and what other programs asked for.

use super::checks::{self, Chain};
use super::facts::Last;
use super::run::{Flow, Run, Stop};
use super::sent::Ready;
use super::wire::{Api, PAGE};
use serde_json::Value;
use std::collections::BTreeMap;

/// How far back they are followed: 1,000 receipts. A journal that comes from a backup knows a last receipt of long
/// ago, and no sale should wait until all since then are read.
const MOST_PAGES: usize = 10;

/// The receipts between the last one known and this one, in their order; `None` where not all of them can be had.
///
/// Nothing is asked where this one follows the last one known.
pub(super) fn between<'a>(run: &Run<'a>, ready: &Ready, answer: &Value) -> Flow<Option<Vec<&'a Value>>> {
    let Some(last) = &ready.register.last else { return Ok(None) };
    if checks::chain(last, &[answer]) == Chain::Whole {
        return Ok(Some(Vec::new()));
    }
    let (Some(before), Some(number)) = (number_of(last), checks::number(answer)) else { return Ok(None) };
    if number <= before.saturating_add(1) {
        return Ok(Some(Vec::new()));
    }
    let newer = newer(run, &ready.merchant.credential, &ready.register.register, before)?;
    Ok(newer.map(|newer| newer.range(..number).map(|(_, row)| *row).collect()))
}

/// The receipts after the last one known, in their order; `None` where not all of them can be had.
pub(super) fn after<'a>(
    run: &Run<'a>,
    credential: &str,
    register: &str,
    last: &Last,
) -> Flow<Option<Vec<&'a Value>>> {
    let Some(before) = number_of(last) else { return Ok(None) };
    Ok(newer(run, credential, register, before)?.map(|newer| newer.into_values().collect()))
}

/// The register's receipts with higher numbers than `before`; `None` where not all of them can be had.
fn newer<'a>(
    run: &Run<'a>,
    credential: &str,
    register: &str,
    before: u128,
) -> Flow<Option<BTreeMap<u128, &'a Value>>> {
    let mut found = BTreeMap::new();
    for page in 0..MOST_PAGES {
        let Some(rows) = latest(run, credential, register, page)? else { return Ok(None) };
        let numbered = rows.iter().filter_map(|row| Some((checks::number(row)?, row)));
        let mut reached = rows.len() < PAGE;
        for (there, row) in numbered {
            reached |= there <= before;
            if there > before {
                found.insert(there, row);
            }
        }
        if reached {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A page of the register's receipts, the latest first.
fn latest<'a>(run: &Run<'a>, credential: &str, register: &str, page: usize) -> Flow<Option<&'a Vec<Value>>> {
    let address = format!(
        "/cash-register/{register}/receipt?limit={PAGE}&offset={}&order=DESC&order_by=receipt_number",
        page * PAGE
    );
    let label = format!("between.{page}");
    let listed = match run.read(Api::Signing, &label, credential, &address) {
        Ok(listed) => listed,
        Err(stop @ Stop::Step(_)) => return Err(stop),
        // It is booked, whatever is wrong with looking at the others.
        Err(_) => None,
    };
    Ok(listed.and_then(|listed| listed.body.get("data")).and_then(Value::as_array))
}

fn number_of(last: &Last) -> Option<u128> {
    last.number.parse().ok()
}
