//! Pages and filters (contract sign-fr 1.7, 1.8).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use serde_json::{Value, json};
use shop::{Answer, Shop};

fn ids(answer: &Answer) -> Vec<String> {
    let results = answer.body["results"].as_array().unwrap();
    results.iter().map(|row| row["content"]["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_hold_every_row_once_in_the_order_it_was_made() {
    let (shop, till) = Shop::ready();
    let made: Vec<String> = (0..25).map(|_| shop.intention(&till).ok().id()).collect();
    let first = shop.get("/records").ok();
    assert_eq!(ids(&first).len(), 10);
    let mut seen = ids(&first);
    let mut pagination = first.body["pagination"].clone();
    while !pagination.is_null() {
        assert_eq!(pagination["limit"], 10);
        let next = pagination["next"].as_str().unwrap();
        let page = shop.get(next.strip_prefix(&shop.url("/sign-fr")).unwrap()).ok();
        seen.extend(ids(&page));
        pagination = page.body["pagination"].clone();
    }
    assert_eq!(seen, made);
    let token = first.at("/pagination/token").replace('=', "%3D");
    let page = shop.get(&format!("/records?limit=3&token={token}")).ok();
    assert_eq!(ids(&page), made[10..13]);
    shop.settings(json!({ "absolute_next": false }));
    assert!(shop.get("/records").ok().at("/pagination/next").starts_with("/records?limit=10&token="));
}

#[test]
fn a_list_that_fits_has_no_pagination() {
    let (shop, till) = Shop::ready();
    (0..10).for_each(|_| drop(shop.intention(&till).ok()));
    let page = shop.get("/records?limit=10").ok();
    assert_eq!(ids(&page).len(), 10);
    assert_eq!(page.body.get("pagination"), None);
}

#[test]
fn an_empty_list_is_empty_or_404() {
    let (shop, _) = Shop::ready();
    assert_eq!(shop.get("/records").ok().body, json!({ "results": [] }));
    shop.settings(json!({ "empty_list_404": true }));
    shop.get("/records").refused(404, "E_RESOURCE_NOT_FOUND");
}

#[test]
fn filters_choose() {
    let (shop, till) = Shop::ready();
    let other = shop.make_till();
    shop.sell(&till, "R-1");
    shop.intention(&other).ok();
    let count = |path: &str| ids(&shop.get(path).ok()).len();
    let system = shop.get(&format!("/systems/{other}")).ok();
    let location = system.at("/content/location/id").to_owned();
    let taxpayer = shop.get(&format!("/locations/{location}")).ok().at("/content/taxpayer/id").to_owned();
    assert_eq!(count("/records"), 3);
    assert_eq!(count(&format!("/records?system_id={till}")), 2);
    assert_eq!(count(&format!("/records?location_id={location}")), 1);
    assert_eq!(count(&format!("/records?taxpayer_id={taxpayer}")), 1);
    assert_eq!(count("/records?type=TRANSACTION::RECEIPT"), 1);
    assert_eq!(count("/records?type=TRANSACTION::RECEIPT,INTENTION::TRANSACTION"), 3);
    assert_eq!(count(&format!("/systems?location_id={location}")), 1);
    assert_eq!(count(&format!("/systems?taxpayer_id={taxpayer}")), 1);
    // The branch and the head office.
    assert_eq!(count(&format!("/locations?taxpayer_id={taxpayer}")), 2);
}

#[test]
fn a_list_shows_metadata_but_no_operation() {
    let (shop, till) = Shop::ready();
    let body = json!({ "content": { "type": "INTENTION", "system": { "id": till }, "operation": { "type": "TRANSACTION" } },
                       "metadata": { "fiskal": "op-1" } });
    shop.send(reqwest::Method::POST, "/records", &shop::new_key(), &body).ok();
    let list = shop.get("/records").ok();
    let row: &Value = &list.body["results"][0];
    assert_eq!(row["metadata"], json!({ "fiskal": "op-1" }));
    assert_eq!(row["content"].get("operation"), None);
}
