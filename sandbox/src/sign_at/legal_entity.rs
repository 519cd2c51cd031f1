//! Check digits of what identifies a taxpayer (contract sign-at 2.3: the codes tell of a check behind the pattern, and
//! no source of its rule). Off unless the setting `legal_entity_check` is on.

use serde_json::Value;

use super::errors::Problem;

pub(super) fn check(id: &Value) -> Result<(), Problem> {
    let digits = |name: &str| -> Option<Vec<u32>> {
        Some(id.get(name)?.as_str()?.chars().filter_map(|letter| letter.to_digit(10)).collect())
    };
    let (code, holds) = if let Some(digits) = digits("vat_id") {
        ("E_INVALID_VAT_ID", ends_with(&digits, |sum| 96u32.saturating_sub(sum) % 10))
    } else if let Some(digits) = digits("tax_id") {
        ("E_INVALID_AUSTRIAN_TAX_ID", ends_with(&digits, |sum| 100u32.saturating_sub(sum) % 10))
    } else if let Some(digits) = digits("gln") {
        ("E_INVALID_GLN", gln(&digits))
    } else {
        ("E_INVALID_LEGAL_ENTITY_ID", false)
    };
    if holds { Ok(()) } else { Err(Problem::new(400, code, "The legal entity's id has a wrong check digit")) }
}

/// Whether the last digit is what `check` makes of the others: every second of them doubled, and the digits of all
/// products summed.
fn ends_with(digits: &[u32], check: impl Fn(u32) -> u32) -> bool {
    let Some((last, others)) = digits.split_last() else { return false };
    let sum = others.iter().enumerate().map(|(place, digit)| {
        let product = if place % 2 == 0 { *digit } else { digit.saturating_mul(2) };
        product / 10 + product % 10
    });
    check(sum.sum()) == *last
}

/// GS1's check digit: weights 1 and 3 in turn, filled up to a multiple of ten.
fn gln(digits: &[u32]) -> bool {
    let weighted = digits.iter().enumerate().map(|(place, digit)| digit * if place % 2 == 0 { 1 } else { 3 });
    digits.len() == 13 && weighted.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Numbers that are handed round as examples of their kind.
    #[test]
    fn published_numbers_hold_and_neighbours_do_not() {
        for (name, right, wrong, code) in [
            ("vat_id", "ATU13585627", "ATU13585626", "E_INVALID_VAT_ID"),
            ("tax_id", "59-119/9013", "59-119/9014", "E_INVALID_AUSTRIAN_TAX_ID"),
            ("gln", "9012345000004", "9012345000005", "E_INVALID_GLN"),
        ] {
            assert!(check(&json!({ name: right })).is_ok(), "{right}");
            let refused = check(&json!({ name: wrong })).map_err(|problem| problem.reply().body);
            let refused: Value = serde_json::from_slice(&refused.unwrap_err()).unwrap();
            assert_eq!(refused["code"], code);
        }
        assert!(check(&json!({})).is_err());
    }
}
