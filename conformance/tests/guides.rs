//! What the guides show is taken as it stands there.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use fiskal::Fiskal;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

#[test]
fn what_the_guide_to_austria_shows_is_taken() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::from("config-austria.json", &sandbox, &json!({})).unwrap();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    fiskal.call("provision", &json!({})).unwrap();
    let guide = include_str!("../../docs/sign-at.md");
    let examples = guide.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut forms = Vec::new();
    for example in examples.map(|text| serde_json::from_str::<Value>(text).unwrap()) {
        if example.get("items").is_some() {
            let receipt = fiskal.call("sale.complete", &example).unwrap();
            let submitted = receipt["answer"]["schema"].as_object().unwrap();
            forms.extend(submitted.keys().filter(|form| *form != "raw" || submitted.len() == 1).cloned());
        } else if example.get("types").is_some() {
            let listed = fiskal.call("record.list", &example).unwrap();
            assert_eq!(listed["results"][0]["type"], "INITIALIZATION");
        }
    }
    assert_eq!(forms, ["standard_v1", "raw", "ekabs_v0"]);
}
