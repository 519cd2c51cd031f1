//! The comparisons themselves: they must be able to fail.
#![allow(clippy::unwrap_used, clippy::panic)]

use fiskal_conformance::cents::Cents;
use fiskal_conformance::matching::{Results, compare, differences, merge, remove, resolved};
use fiskal_conformance::record::Record;
use fiskal_conformance::story::Story;
use fiskal_conformance::varying::Varying;
use serde_json::{Value, json};

fn pointers(expected: Value, got: Value) -> Vec<String> {
    compare(&expected, &got, &Results::new()).into_iter().map(|difference| difference.pointer).collect()
}

#[test]
fn what_does_not_fit_is_named_by_its_place() {
    for (expected, got, places) in [
        (json!({"a": 1}), json!({"a": 1, "b": 2}), vec![]),
        (json!({"a": 1}), json!({"a": 2}), vec!["/a"]),
        (json!({"a": 1}), json!({}), vec!["/a"]),
        (json!({"a": null}), json!({}), vec!["/a"]),
        (json!({"a": "1"}), json!({"a": 1}), vec!["/a"]),
        (json!([1, 2]), json!([1, 2, 3]), vec![""]),
        (json!([]), json!([1]), vec![""]),
        (json!([{"a": [1]}]), json!([{"a": [2]}]), vec!["/0/a/0"]),
        (json!({"a/b~": 1}), json!({"a/b~": 2}), vec!["/a~1b~0"]),
        (json!({"a": {"$any": true}}), json!({"a": false}), vec![]),
        (json!({"a": {"$any": true}}), json!({"a": null}), vec!["/a"]),
        (json!({"a": {"$any": true}}), json!({}), vec!["/a"]),
        (json!({"a": {"$absent": true}}), json!({"a": null}), vec![]),
        (json!({"a": {"$absent": true}}), json!({"a": 0}), vec!["/a"]),
        (json!({"$length": 2}), json!("éé"), vec![]),
        (json!({"$length": 2}), json!(["x"]), vec![""]),
        (json!({"$length": 0}), json!(null), vec![""]),
        (json!({"$contains": "b"}), json!("abc"), vec![]),
        (json!({"$contains": "d"}), json!("abc"), vec![""]),
        (json!({"$json": {"a": 1}}), json!("{\"a\": 1}"), vec![]),
        (json!({"$json": {"a": 1}}), json!("{\"a\": 2}"), vec!["/a"]),
        (json!({"$json": {"a": 1}}), json!("no"), vec![""]),
        (json!({"$has": [{"a": 1}, 2]}), json!([2, 3, {"a": 1, "b": 2}]), vec![]),
        (json!({"l": {"$has": [1, 4]}}), json!({"l": [1, 2]}), vec!["/l"]),
        (json!({"$has": [1]}), json!(null), vec![""]),
        (json!({"$jsno": 1}), json!(1), vec![""]),
    ] {
        assert_eq!(pointers(expected.clone(), got.clone()), places, "{expected} {got}");
    }
}

#[test]
fn what_is_not_the_same_is_named_by_its_place() {
    for (one, other, places) in [
        (json!({"a": [1, {"$any": true}]}), json!({"a": [1, {"$any": true}]}), vec![]),
        (json!({"a": 1}), json!({"a": 1, "b": 2}), vec!["/b"]),
        (json!({"a": 1, "b": 2}), json!({"a": 1}), vec!["/b"]),
        (json!({"a": null}), json!({}), vec!["/a"]),
        (json!([1, 2, 3]), json!([1, 3]), vec!["/1", "/2"]),
        (json!({"$any": true}), json!({"$any": false}), vec!["/$any"]),
        (json!("1"), json!(1), vec![""]),
    ] {
        let found = differences(&one, &other).into_iter().map(|difference| difference.pointer);
        assert_eq!(found.collect::<Vec<_>>(), places, "{one} {other}");
    }
}

#[test]
fn earlier_results_are_referred_to() {
    let results = Results::from([("first".to_owned(), json!({"ids": {"record": "r-1"}}))]);
    let reference = json!({"id": {"$from": "first", "at": "/ids/record"}});
    assert_eq!(resolved(&reference, &results), json!({"id": "r-1"}));
    assert!(compare(&reference, &json!({"id": "r-1"}), &results).is_empty());
    assert_eq!(compare(&reference, &json!({"id": "r-2"}), &results).len(), 1);
    let path = json!({"$join": ["/records/", {"$from": "first", "at": "/ids/record"}, "/metadata"]});
    assert_eq!(resolved(&path, &results), "/records/r-1/metadata");
    let nowhere = json!({"$from": "second"});
    assert_eq!(compare(&nowhere, &json!({}), &results).len(), 1);
}

#[test]
fn a_patch_is_laid_over_a_configuration() {
    let mut base = json!({"a": {"b": 1, "c": 2}, "d": [1]});
    merge(&mut base, &json!({"a": {"b": null, "e": {"f": 3}}, "d": [2]}));
    assert_eq!(base, json!({"a": {"c": 2, "e": {"f": 3}}, "d": [2]}));
    remove(&mut base, "/a/e/f");
    remove(&mut base, "/x/y");
    assert_eq!(base, json!({"a": {"c": 2, "e": {}}, "d": [2]}));
}

fn story(id: &str, other: &str, time: &str) -> Story {
    let mut story = Story::default();
    story.reply("step 0", &Ok(json!({"id": id, "sale": "s-1", "signed_at": time})));
    story
        .reply("step 1", &Err(json!({"kind": "conflict", "message": format!("{other} was used at {time}")})));
    story
}

#[test]
fn stories_are_the_same_but_for_ids_and_times() {
    let [a, b] = ["0191e0a0-0000-7000-8000-00000000000a", "0191e0a0-0000-7000-8000-00000000000b"];
    let (now, later) = ("2026-03-01T12:00:00+01:00", "2026-03-01T11:00:01.5Z");
    let varying = Varying::declared().unwrap();
    let told = |story: Story| story.told(&varying).unwrap();
    let one = told(story(a, b, now));
    assert_eq!(one, told(story(b, a, later)), "two ids, in the same places");
    assert_eq!(one.hashes().unwrap(), told(story(b, a, later)).hashes().unwrap());
    let other = told(story(a, a, now));
    assert_ne!(one.hashes().unwrap(), other.hashes().unwrap());
    let differences = one.differences(&other);
    assert_eq!(differences.len(), 1, "twice the same id is another story: {differences:?}");
    assert!(differences[0].starts_with("/replies/1/error/message"), "{differences:?}");
}

#[test]
fn a_door_that_left_a_case_out_or_told_another_story_is_found() {
    let varying = Varying::declared().unwrap();
    let told = |sale: &str| {
        let mut story = Story::default();
        story.reply("step 0", &Ok(json!({"sale": sale})));
        story.told(&varying).unwrap()
    };
    let record = |cases: &[(&str, &str)]| {
        let told = cases.iter().map(|(title, sale)| ((*title).to_owned(), told(sale))).collect();
        Record { told, failures: Vec::new() }
    };
    let reference = record(&[("a.json", "s-1"), ("b.json", "s-2")]);
    assert_eq!(reference.differences(&reference), Vec::<String>::new());
    let found = record(&[("a.json", "s-9")]).differences(&reference);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("a.json") && found[0].contains("s-9"), "{found:?}");
    assert!(found[1].contains("b.json"), "{found:?}");
}

/// 2.40 at 5.5 per cent: 240 × 1000 / 1055 = 227.49, so 2.27 and 0.13.
fn cents() -> Value {
    json!({
        "of": "receipt", "gross": 240, "net": 227, "paid": 240,
        "lines": [{"vat": "5.5", "gross": 240, "working": "2 × 120"}],
        "vat": [{"vat": "5.5", "gross": 240, "net": 227, "amount": 13, "working": ""}],
    })
}

fn receipt() -> Value {
    let booked = json!({
        "document": {"total_vat": {"inclusive": "2.40"}},
        "entries": [{"type": "SALE", "data": {"vat": {"inclusive": "2.4"}}}],
    });
    json!({
        "totals": {"gross": "2.40", "net": "2.27", "vat": [{"gross": "2.40", "net": "2.27", "amount": "0.13"}]},
        "payments": [{"amount": "2.40"}],
        "answer": {"content": {"operation": booked.to_string()}},
    })
}

fn wrong(cents: Value, receipt: Value) -> Vec<String> {
    let cents: Cents = serde_json::from_value(cents).unwrap();
    cents.check(&Results::from([("receipt".to_owned(), receipt)]))
}

#[test]
fn a_cent_too_many_is_found_wherever_it_is() {
    assert_eq!(wrong(cents(), receipt()), Vec::<String>::new());
    for pointer in
        ["/gross", "/net", "/paid", "/lines/0/gross", "/vat/0/gross", "/vat/0/net", "/vat/0/amount"]
    {
        let mut changed = cents();
        let place = changed.pointer_mut(pointer).unwrap();
        *place = json!(place.as_i64().unwrap() + 1);
        assert!(!wrong(changed, receipt()).is_empty(), "{pointer} of the case");
    }
    for pointer in [
        "/totals/gross",
        "/totals/net",
        "/totals/vat/0/gross",
        "/totals/vat/0/net",
        "/totals/vat/0/amount",
        "/payments/0/amount",
    ] {
        for value in ["2.41", "2.405", "", "-2.40"] {
            let mut changed = receipt();
            *changed.pointer_mut(pointer).unwrap() = json!(value);
            assert!(!wrong(cents(), changed).is_empty(), "{pointer} of the receipt as {value}");
        }
    }
    let mut returned = receipt();
    *returned.pointer_mut("/answer/content/operation").unwrap() =
        json!(json!({"entries": [{"type": "RETURN", "data": {"vat": {"inclusive": "2.40"}}}], "document": {"total_vat": {"inclusive": "2.40"}}}).to_string());
    assert_eq!(wrong(cents(), returned).len(), 1);
}
