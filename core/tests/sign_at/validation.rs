//! What FinanzOnline says of a receipt, where it said several things.

use crate::answered;
use crate::driver::Till;
use fiskal::exchange::{Answer, Method};
use serde_json::{Value, json};

/// What `record.validate` makes of these words, in the order of the answer; the register waits for the receipt.
fn validated(words: &[(&str, i64)]) -> (Value, Till) {
    let mut receipt = answered(7);
    receipt["_id"] = "y-1".into();
    receipt["fon_validations"] = words
        .iter()
        .map(|(result, at)| json!({"validation_result": result, "time_validation": at}))
        .collect();
    let mut till = Till::at(7);
    till.facts.register["unconfirmed"] = json!({
        "record": "y-1", "number": "7", "signed_at": "2026-11-01T10:05:00Z", "denied": true,
    });
    let outcome = till.does(8, "record.validate", json!({"record": "7"}), &|request| {
        assert_eq!(request.method, Method::Get, "what is confirmed is not asked again");
        let headers = vec![("request-id".to_owned(), "r-1".to_owned())];
        Some(Answer { status: 200, headers, body: receipt.clone() })
    });
    (outcome.unwrap().result, till)
}

#[test]
fn a_receipt_that_was_confirmed_stays_so_whatever_is_said_later() {
    for words in [
        [("SUCCESS", 1_796_108_701), ("ERROR_UNSPECIFIED", 1_796_108_800)],
        [("ERROR_UNSPECIFIED", 1_796_108_600), ("SUCCESS", 1_796_108_701)],
        [("ERROR_UNSPECIFIED", 1_796_108_800), ("SUCCESS", 1_796_108_701)],
    ] {
        let (result, till) = validated(&words);
        assert_eq!(result["result"], "success", "{words:?}");
        // 1 796 108 701 s are 2026-12-01T07:05:01Z.
        assert_eq!(result["validated_at"], "2026-12-01T08:05:01+01:00");
        assert_eq!(result["todo"], Value::Null);
        assert_eq!(till.facts.register["unconfirmed"], Value::Null, "the duty is over");
    }
}
