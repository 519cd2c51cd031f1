//! Canonical JSON: the examples of RFC 8785, and its promise for any value.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

#[path = "support/any_json.rs"]
mod any_json;

use any_json::any_json;
use fiskal_sandbox::canonical;
use proptest::prelude::*;
use serde_json::{Value, json};

/// RFC 8785, 3.2.2 and 3.2.3: numbers, escapes, and the order of UTF-16 code units.
#[test]
fn canonical_text_is_that_of_the_rfc() {
    let value: Value = serde_json::from_str(
        r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
    )
    .unwrap();
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                    \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical::to_string(&value), expected);

    let names = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "ö": 7});
    let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
    assert_eq!(canonical::to_string(&names), expected);
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect()
        }
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn canonical_text_does_not_depend_on_member_order(value in any_json()) {
        let text = canonical::to_string(&value);
        prop_assert_eq!(&canonical::to_string(&reversed(&value)), &text);
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
