//! From a GROUP key to a till that sells (contract sign-fr 2, 3).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use shop::{Shop, branch, receipt, system, taxpayer};

#[test]
fn a_group_key_leads_to_a_receipt() {
    let mut shop = Shop::open();
    let group = shop.account()["organization"].as_str().unwrap().to_owned();
    let unit = shop.make_unit();
    let organization = shop.get(&format!("/organizations/{unit}")).ok();
    assert_eq!(organization.at("/content/organization/id"), group);
    assert_eq!(organization.at("/content/state"), "ENABLED");

    let till = shop.make_till();
    let answer = shop.sell(&till, "R-1");
    assert_eq!(answer.at("/content/type"), "TRANSACTION::RECEIPT");
    assert_eq!((answer.at("/content/state"), answer.at("/content/mode")), ("COMPLETED", "FINISHED"));
    assert_eq!(answer.at("/content/journal/signature").len(), 64);
    assert_eq!(answer.header("x-idempotency-replayed"), Some("false"));
    assert_eq!(answer.header("x-api-version"), Some("2026-02-03"));
    let intention = shop.get(&format!("/records/{}", answer.at("/content/record/id"))).ok();
    assert_eq!(intention.at("/content/used_in/id"), answer.id());
    assert_eq!(answer.at("/content/journal/record/id"), intention.id());
}

#[test]
fn a_group_token_cannot_create_a_taxpayer_even_with_a_scope() {
    let shop = Shop::open();
    let group = shop.account()["organization"].as_str().unwrap();
    let answer = shop.post("/taxpayers", taxpayer()).refused(405, "E_METHOD_NOT_ALLOWED");
    assert_eq!(
        answer.at("/content/message"),
        format!(
            "taxpayer operation invalid: cannot create new legal taxpayer for non-unit organization '{group}'"
        )
    );
    assert_eq!(answer.at("/content/error"), "Method not allowed");
    assert_eq!(answer.header("x-idempotency-replayed"), Some("false"));
}

#[test]
fn a_taxpayer_brings_a_head_office_that_shares_its_id() {
    let mut shop = Shop::open();
    shop.make_unit();
    let answer = shop.post("/taxpayers", taxpayer()).ok();
    assert_eq!(answer.at("/content/country"), "France");
    assert_eq!(answer.at("/content/vat_number"), "FR39356000000");
    let office = shop.get(&format!("/locations/{}", answer.id())).ok();
    assert_eq!(office.at("/content/type"), "HEAD_OFFICE");
    assert_eq!(office.at("/content/name/trade"), "Boulangerie Martin");
    assert_eq!(office.at("/content/state"), "ACQUIRED");
}

#[test]
fn a_system_says_what_it_takes_and_how_it_signs() {
    let (shop, till) = Shop::ready();
    let answer = shop.get(&format!("/systems/{till}")).ok();
    let rates: Vec<(&str, &str)> = answer.body["content"]["vat_rates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rate| (rate["code"].as_str().unwrap(), rate["percentage"].as_str().unwrap()))
        .collect();
    assert_eq!(rates, [("STANDARD", "20"), ("REDUCED_1", "10"), ("REDUCED_2", "5.5"), ("REDUCED_3", "2.1")]);
    assert_eq!(
        answer.body["content"]["journal"]["cryptography"]["signature"],
        json!({"type": "ECDSA", "hash": "SHA-256"})
    );
    assert_eq!(answer.at("/content/kind"), "INTERNAL");
    assert_eq!(answer.at("/content/compliance/software/name"), "fiskaly SIGN FR");
    let takes = |answer: &shop::Answer, kind: &str| {
        answer.body["content"]["records"].as_array().unwrap().iter().any(|record| record["type"] == kind)
    };
    assert!(takes(&answer, "TRANSACTION::ABORT"));
    shop.settings(json!({ "abort_allowed": false }));
    assert!(!takes(&shop.get(&format!("/systems/{till}")).ok(), "TRANSACTION::ABORT"));
    let intention = shop.intention(&till).ok().id();
    shop.transaction(&intention, json!({ "type": "ABORT" })).refused(501, "E_NOT_IMPLEMENTED");
}

#[test]
fn the_commission_order_is_enforced_with_a_status_that_can_be_set() {
    let mut shop = Shop::open();
    shop.make_unit();
    let taxpayer = shop.post("/taxpayers", taxpayer()).ok().id();
    let location = shop.post("/locations", branch(&taxpayer)).ok().id();
    let till = shop.post("/systems", system(&location)).ok().id();
    let commission = |path: String| shop.patch(&path, json!({ "state": "COMMISSIONED" }));

    commission(format!("/systems/{till}")).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.settings(json!({ "commission_order_status": 409 }));
    commission(format!("/locations/{location}")).refused(409, "E_RESOURCE_CONFLICT");
    shop.intention(&till).refused(405, "E_METHOD_NOT_ALLOWED");

    commission(format!("/taxpayers/{taxpayer}")).ok();
    commission(format!("/taxpayers/{taxpayer}")).refused(409, "E_RESOURCE_CONFLICT");
    commission(format!("/locations/{location}")).ok();
    commission(format!("/systems/{till}")).ok();
    shop.intention(&till).ok();
}

#[test]
fn a_system_sells_only_while_it_is_operative() {
    let (shop, till) = Shop::ready();
    let path = format!("/systems/{till}");
    let intention = shop.intention(&till).ok().id();
    shop.patch(&path, json!({ "mode": "SUSPENDED" })).ok();
    shop.intention(&till).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.transaction(&intention, receipt("R-1")).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.patch(&path, json!({ "mode": "OPERATIVE" })).ok();
    shop.transaction(&intention, receipt("R-1")).ok();
    let gone = shop.patch(&path, json!({ "state": "DECOMMISSIONED" })).ok();
    assert_eq!(gone.at("/content/mode"), "INACTIVE");
    shop.intention(&till).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.patch(&path, json!({ "state": "COMMISSIONED" })).refused(405, "E_METHOD_NOT_ALLOWED");
}

#[test]
fn a_secret_is_shown_once() {
    let shop = Shop::open();
    let created = shop.post("/subjects", json!({ "type": "API_KEY", "name": "back-office" })).ok();
    assert_eq!(created.at("/content/credentials/secret").len(), 43);
    assert!((38..=40).contains(&created.at("/content/credentials/key").len()));
    let secret_of = |answer: &shop::Answer| answer.body.pointer("/content/credentials/secret").cloned();
    let path = format!("/subjects/{}", created.id());
    assert_eq!(secret_of(&shop.get(&path).ok()), None);
    assert_eq!(secret_of(&shop.patch(&path, json!({ "name": "office" })).ok()), None);
    let list = shop.get("/subjects").ok();
    assert!(!list.body.to_string().contains("secret"), "{list:?}");
}

#[test]
fn an_organization_sees_itself_and_what_is_below() {
    let mut shop = Shop::open();
    let group = shop.bearer.clone();
    shop.make_unit();
    let first = shop.post("/taxpayers", taxpayer()).ok().id();
    let unit = std::mem::replace(&mut shop.bearer, group.clone());
    shop.get(&format!("/taxpayers/{first}")).ok();
    shop.make_unit();
    shop.get(&format!("/taxpayers/{first}")).refused(404, "E_RESOURCE_NOT_FOUND");
    shop.post("/locations", branch(&first)).refused(404, "E_RESOURCE_NOT_FOUND");
    assert_eq!(shop.get("/taxpayers").ok().body["results"], json!([]));
    shop.bearer = unit;
    assert_eq!(shop.get("/taxpayers").ok().body["results"].as_array().unwrap().len(), 1);
    shop.post("/organizations", json!({ "type": "UNIT", "name": "below a unit" }))
        .refused(405, "E_METHOD_NOT_ALLOWED");
}

#[test]
fn nothing_moves_out_of_its_country_or_organization_or_under_what_has_ended() {
    let mut shop = Shop::open();
    let group = shop.bearer.clone();
    shop.make_unit();
    let elsewhere = shop.post("/taxpayers", taxpayer()).ok().id();
    shop.bearer = group.clone();
    shop.make_unit();
    let [own, other, ended] = [(); 3].map(|()| shop.post("/taxpayers", taxpayer()).ok().id());
    for state in ["COMMISSIONED", "DECOMMISSIONED"] {
        shop.patch(&format!("/taxpayers/{ended}"), json!({ "state": state })).ok();
    }
    let mut italian = taxpayer();
    italian["fiscalization"] = json!({ "type": "IT", "tax_id_number": "12345678903",
        "vat_id_number": "12345678903", "credentials": { "type": "FISCONLINE", "pin": "1", "password": "x",
        "tax_id_number": "RSSMRA80A01H501U" } });
    let italian = shop.post("/taxpayers", italian).ok().id();
    let branch = format!("/locations/{}", shop.post("/locations", branch(&own)).ok().id());
    let till = format!("/systems/{}", shop.post("/systems", system(&own)).ok().id());

    // The GROUP's key sees all of them.
    shop.bearer = group;
    let move_branch = |to: &str| shop.patch(&branch, json!({ "taxpayer": { "id": to } }));
    // A head office has the id of its taxpayer.
    let move_till = |to: &str| shop.patch(&till, json!({ "location": { "id": to } }));
    for foreign in [&elsewhere, &italian] {
        move_branch(foreign).refused(422, "E_UNPROCESSABLE_CONTENT");
        move_till(foreign).refused(422, "E_UNPROCESSABLE_CONTENT");
    }
    move_branch(&ended).refused(405, "E_METHOD_NOT_ALLOWED");
    assert_eq!(move_branch(&other).ok().at("/content/taxpayer/id"), other);
    assert_eq!(move_till(&other).ok().at("/content/location/id"), other);
}

#[test]
fn the_account_key_reaches_everything() {
    let mut shop = Shop::open();
    let account = shop.account().clone();
    shop.sign_in(account["account_key"].as_str().unwrap(), account["account_secret"].as_str().unwrap());
    let list = shop.get("/organizations").ok();
    let types: Vec<&Value> =
        list.body["results"].as_array().unwrap().iter().map(|row| &row["content"]["type"]).collect();
    assert_eq!(types, ["ACCOUNT", "GROUP"]);
    shop.post("/organizations", json!({ "type": "GROUP", "name": "Another group" })).ok();
}

#[test]
fn metadata_is_kept_merged_and_erased() {
    let shop = Shop::open();
    let body = json!({ "content": { "type": "UNIT", "name": "u" }, "metadata": { "a": "1", "b": "2" } });
    let created = shop.send(Method::POST, "/organizations", &shop::new_key(), &body).ok();
    let path = format!("/organizations/{}", created.id());
    let change = json!({ "metadata": { "a": "", "c": "3" } });
    shop.send(Method::PATCH, &path, &shop::new_key(), &change).ok();
    assert_eq!(shop.get(&path).ok().body["metadata"], json!({ "b": "2", "c": "3" }));
    let listed = shop.get("/organizations").ok();
    assert!(
        listed.body["results"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["metadata"] == json!({ "b": "2", "c": "3" }))
    );
    let many: serde_json::Map<String, Value> = (0..20).map(|n| (format!("k{n}"), json!("v"))).collect();
    shop.send(Method::PATCH, &path, &shop::new_key(), &json!({ "metadata": many }))
        .refused(400, "E_BAD_REQUEST");
}

#[test]
fn an_italian_taxpayer_gets_italian_rates_and_masked_credentials() {
    let mut shop = Shop::open();
    shop.make_unit();
    let mut body = taxpayer();
    body["fiscalization"] = json!({ "type": "IT", "tax_id_number": "12345678903", "vat_id_number": "12345678903",
        "credentials": { "type": "FISCONLINE", "pin": "1234567890", "password": "hush", "tax_id_number": "LLLLLL99L99L999L" } });
    let answer = shop.post("/taxpayers", body.clone()).ok();
    assert_eq!((answer.at("/content/country"), answer.at("/content/vat_number")), ("Italy", "IT12345678903"));
    assert_eq!(answer.at("/content/fiscalization/credentials/pin"), "********");
    assert!(!answer.body.to_string().contains("hush"));
    let location = shop.post("/locations", branch(&answer.id())).ok().id();
    let till = shop.post("/systems", system(&location)).ok();
    for path in [
        format!("/taxpayers/{}", answer.id()),
        format!("/locations/{location}"),
        format!("/systems/{}", till.id()),
    ] {
        shop.patch(&path, json!({ "state": "COMMISSIONED" })).ok();
    }
    let intention = shop.intention(&till.id()).ok();
    assert_eq!(intention.body["content"].get("compliance"), None);
    shop.transaction(&intention.id(), receipt("R-1")).refused(422, "E_UNPROCESSABLE_CONTENT");
    let mut ten_percent = receipt("R-1");
    let vat = &mut ten_percent["entries"][0]["data"];
    vat["vat"] = json!({ "type": "VAT_RATE", "code": "REDUCED_1", "percentage": "10", "amount": "0.22", "exclusive": "2.18", "inclusive": "2.40" });
    vat["value"]["base"] = json!("2.18");
    ten_percent["document"]["total_vat"] =
        json!({ "amount": "0.22", "exclusive": "2.18", "inclusive": "2.40" });
    let sold = shop.transaction(&intention.id(), ten_percent).ok();
    assert!(sold.at("/content/compliance/data").ends_with("/0000-0001"), "{sold:?}");
    shop.transaction(&shop.intention(&till.id()).ok().id(), json!({ "type": "ABORT" }))
        .refused(501, "E_NOT_IMPLEMENTED");
    assert_eq!(till.at("/content/vat_rates/0/percentage"), "22");
    assert_eq!(till.at("/content/compliance/software/name"), "fiskaly SIGN IT");
    body["fiscalization"] = json!({ "type": "BE", "tax_id_number": "1234567890", "vat_id_number": "1403019261",
        "credentials": { "type": "MYMINFIN" } });
    shop.post("/taxpayers", body).refused(501, "E_NOT_IMPLEMENTED");
}

#[test]
fn a_token_is_a_jwt_for_a_day() {
    let shop = Shop::open();
    let account = shop.account();
    let token = shop.token(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap()).ok();
    assert_eq!(token.at("/content/organization/id"), account["organization"]);
    let parts: Vec<&str> = token.at("/content/authentication/bearer").split('.').collect();
    let [header, claims, _signature] = parts[..] else { panic!("{parts:?}") };
    let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(read(header)["alg"], "ES256");
    let claims = read(claims);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 86_400);
    assert_eq!(claims["sub"], token.at("/content/subject/id"));
    assert_eq!(claims["jti"], token.id());
}
