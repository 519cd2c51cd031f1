//! The cases themselves: each says what it is about, and together they show all there is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal::error::Kind;
use fiskal_conformance::case;
use serde_json::Value;
use std::collections::BTreeSet;

/// Nothing lies among the cases that is none, and each says what it is about.
#[test]
fn every_file_is_a_case() {
    let mut names = BTreeSet::new();
    for file in case::files().unwrap() {
        let title = case::title(&file);
        assert!(title.ends_with(".json"), "{title} is no case");
        let case = case::read(&file).unwrap_or_else(|error| panic!("{title}: {error}"));
        assert!(case.why.len() > 20, "{title} does not say why");
        assert!(case.open_error.is_some() == case.steps.is_empty(), "{title} does nothing");
        assert!(names.insert(case.name.clone()), "{title}: another case has the name '{}'", case.name);
    }
}

/// The kinds that no case can show; `README.md` says where they are tested.
const ELSEWHERE: [&str; 5] = ["closed", "abi", "busy", "journal", "internal"];

#[test]
fn every_kind_method_and_exemption_has_a_case() {
    let mut shown = BTreeSet::new();
    for file in case::files().unwrap() {
        let case = case::read(&file).unwrap();
        let steps = case.setup.iter().chain(&case.steps);
        let errors = steps.clone().filter_map(|step| step.error.as_ref()).chain(&case.open_error);
        shown.extend(errors.filter_map(|error| text(error, "/kind")));
        for step in steps.filter(|step| step.error.is_none()) {
            let list = |key: &str| step.params[key].as_array().cloned().unwrap_or_default();
            shown.extend(list("payments").iter().filter_map(|payment| text(payment, "/method")));
            shown.extend(list("items").iter().filter_map(|item| {
                let vat = &item["vat"];
                text(vat, "/exempt").or_else(|| text(vat, "")).or_else(|| text(vat, "/rate"))
            }));
        }
    }
    let kinds = Kind::ALL.map(Kind::name).into_iter().filter(|kind| !ELSEWHERE.contains(kind));
    let methods = "cash card meal_voucher voucher gift_card wallet online transfer on_account other";
    let vat = "20 10 5.5 2.1 not_subject exempt export intra_eu margin third_party voucher";
    for name in kinds.chain(methods.split(' ')).chain(vat.split(' ')) {
        assert!(shown.contains(name), "no case has {name}");
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}
