//! `fiskal demo`

use crate::shop::Shop;
use serde_json::Value;

#[test]
fn the_demo_prints_a_receipt_and_leaves_nothing_behind() {
    let shop = Shop::new();
    let ran = shop.run(&["demo"]).ends(0);
    for word in ["Boulangerie Martin SARL", "Croissant", "26,40", "signed", "verified"] {
        assert!(ran.out.contains(word), "'{word}' is not in:\n{}", ran.out);
    }
    assert_eq!(shop.left_behind(), Vec::<std::path::PathBuf>::new());
    assert!(!shop.path("fiskal.db").exists() && !shop.path("fiskal.toml").exists());
}

/// 2 × 1.20 + 1.50 + 9.90 = 13.80; the tax agency's number and the lottery code are on paper.
#[test]
fn the_demo_of_italy_prints_a_documento_commerciale() {
    let ran = Shop::new().run(&["demo", "it"]).ends(0);
    for word in [
        "Bar Rossi S.r.l.",
        "DOCUMENTO COMMERCIALE",
        "di vendita o prestazione",
        "13,80",
        "DOCUMENTO N. DCW",
        "Codice lotteria: AB12CD34",
        "signed by SIGN IT",
    ] {
        assert!(ran.out.contains(word), "'{word}' is not in:\n{}", ran.out);
    }
}

#[test]
fn as_json_the_demo_writes_the_receipt_and_nothing_else() {
    let ran = Shop::new().run(&["demo", "--json"]).ends(0);
    let receipt = ran.json();
    assert_eq!(receipt["state"], "signed");
    // 2 × 1.20 + 18.00 + 6.00
    assert_eq!(receipt["totals"]["gross"], "26.40");
    let rates: Vec<(&Value, &Value)> = receipt["totals"]["vat"]
        .as_array()
        .unwrap()
        .iter()
        .map(|vat| (&vat["rate"], &vat["amount"]))
        .collect();
    // 20.40 − 20.40 / 1.055 = 1.0635…; 6.00 − 6.00 / 1.2 = 1.00
    assert_eq!(serde_json::json!(rates), serde_json::json!([["20", "1.00"], ["5.5", "1.06"]]));
    assert_eq!(ran.err, "");
}

#[test]
fn the_austrian_demo_prints_a_receipt_and_shows_its_log() {
    let shop = Shop::new();
    let ran = shop.run(&["demo", "at", "--dep", "dep.json", "--keys", "keys.json"]).ends(0);
    for word in [
        "Café Muster",
        "Sachertorte",
        "17,00",
        "RKSV-Beleg: 2",
        "RKSV-Kassen-ID: ",
        "4,9",
        "signed",
        "but dep.json and keys.json",
    ] {
        assert!(ran.out.contains(word), "'{word}' is not in:\n{}", ran.out);
    }
    assert_eq!(shop.left_behind(), Vec::<std::path::PathBuf>::new());
    let read = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(shop.path(name)).unwrap()).unwrap()
    };
    // The start receipt and the sale.
    assert_eq!(read("dep.json")["Belege-Gruppe"][0]["Belege-kompakt"].as_array().unwrap().len(), 2);
    assert!(read("keys.json")["base64AESKey"].is_string());
    shop.run(&["verify", "dep", "dep.json", "--keys", "keys.json"]).ends(0);

    let before = read("dep.json");
    let again = shop.run(&["demo", "at", "--dep", "dep.json"]).ends(1);
    assert!(again.err.contains("already"), "{}", again.err);
    assert_eq!(read("dep.json"), before, "what lies there already stays");
}

#[test]
fn the_log_is_austrian() {
    let ran = Shop::new().run(&["demo", "--dep", "dep.json"]).ends(1);
    assert!(ran.err.contains("fiskal demo at --dep"), "{}", ran.err);
}
