//! The Management API: organizations, keys, tokens (contract sign-at 1.5, 2.11, 4.4).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/austria.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod austria;

use austria::{Answer, Shop, sale};
use reqwest::Method;
use serde_json::{Value, json};

/// A client with the dashboard's key.
struct Office(Shop);

impl Office {
    fn open() -> Office {
        let shop = Shop::open();
        let bearer = shop.sign_in("management");
        Office(Shop { bearer, ..shop })
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.0.send(method, &format!("/management/api/v0{path}"), &self.0.bearer, body)
    }

    fn own(&self) -> &str {
        self.0.account("management")["organization"].as_str().unwrap()
    }

    fn make_organization(&self, name: &str) -> Value {
        let body = json!({ "name": name, "address_line1": "Hauptplatz 1", "zip": "8010", "town": "Graz",
                           "country_code": "AUT", "managed_by_organization_id": self.own() });
        self.call(Method::POST, "/organizations", Some(&body)).ok()
    }

    fn make_key(&self, organization: &str, name: &str) -> Value {
        let body = json!({ "name": name, "status": "enabled" });
        self.call(Method::POST, &format!("/organizations/{organization}/api-keys"), Some(&body)).ok()
    }

    /// Signs in to SIGN AT with a key.
    fn till(&self, key: &Value) -> Answer {
        let body = json!({ "api_key": key["key"], "api_secret": key["secret"] });
        self.0.send(Method::POST, "/sign-at/api/v1/auth", "", Some(&body))
    }
}

fn id(row: &Value) -> &str {
    row["_id"].as_str().unwrap()
}

fn refused(answer: &Answer, expected: &Value) {
    assert_eq!(&answer.body, expected);
    assert_eq!(expected["status_code"], answer.status);
}

#[test]
fn from_the_dashboards_key_to_a_signed_receipt() {
    let office = Office::open();
    let merchant = office.make_organization("Cafe Muster");
    assert_eq!(merchant["_type"], "MANAGED_ORGANIZATION");
    assert_eq!((&merchant["_envs"], merchant["zip"].as_str()), (&json!(["TEST"]), Some("8010")));
    let key = office.make_key(id(&merchant), "kasse1");
    assert_eq!(key["_type"], "MANAGED_API_KEY");
    let name = key["key"].as_str().unwrap();
    assert!(name.starts_with("test_") && name.ends_with("_kasse1") && name.len() == 5 + 25 + 7, "{name}");
    let token = office.till(&key).ok();
    assert_eq!(token["access_token_claims"]["organization_id"], merchant["_id"]);
    let till = Shop { bearer: token["access_token"].as_str().unwrap().to_owned(), ..Shop::beside(&office.0) };
    till.authenticate_fon().ok();
    till.make_unit();
    let register = till.make_register();
    assert_eq!(till.book(&register, &sale("STANDARD", "1.00"))["signed"], true);
    // A token of one service is good at the other (1.5), for what its organization may see.
    let path = format!("/management/api/v0/organizations/{}", id(&merchant));
    assert_eq!(till.send(Method::GET, &path, &till.bearer, None).ok(), merchant);
}

#[test]
fn keys_are_listed_without_secrets_in_the_order_asked_for() {
    let office = Office::open();
    let merchant = office.make_organization("Cafe Muster");
    let path = format!("/organizations/{}/api-keys", id(&merchant));
    for name in ["zebra", "affe", "mitte"] {
        office.make_key(id(&merchant), name);
    }
    office.call(Method::POST, &path, Some(&json!({ "name": "aus-gut", "status": "disabled" }))).ok();
    let names = |query: &str| {
        let list = office.call(Method::GET, &format!("{path}{query}"), None).ok();
        let rows = list["data"].as_array().unwrap().clone();
        for row in &rows {
            assert_eq!(
                (row["_type"].as_str(), row["managed_by_organization_id"].as_str()),
                (Some("API_KEY"), Some(""))
            );
        }
        let names =
            rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ");
        (names, list["count"].as_u64().unwrap())
    };
    assert_eq!(names(""), ("zebra affe mitte aus-gut".to_owned(), 4));
    assert_eq!(names("?order_by=name&order=desc"), ("zebra mitte aus-gut affe".to_owned(), 4));
    assert_eq!(names("?status=disabled"), ("aus-gut".to_owned(), 1));
    assert_eq!(names("?order_by=name&limit=2&offset=1"), ("aus-gut mitte".to_owned(), 4));
    assert_eq!(names("?kind[]=live"), (String::new(), 0));
    assert_eq!(names("?kind[]=live&kind[]=test&order_by=status").1, 4);
    for query in ["?order=DESC", "?limit=101", "?kind=prod", "?order_by=key"] {
        office.call(Method::GET, &format!("{path}{query}"), None).refused(400, "E_FAILED_SCHEMA_VALIDATION");
    }
}

#[test]
fn a_disabled_key_opens_nothing() {
    let office = Office::open();
    let merchant = office.make_organization("Cafe Muster");
    let key = office.make_key(id(&merchant), "kasse1");
    let token = office.till(&key).ok();
    let till = Shop { bearer: token["access_token"].as_str().unwrap().to_owned(), ..Shop::beside(&office.0) };
    till.get("/cash-register").ok();
    let path = format!("/organizations/{}/api-keys/{}", id(&merchant), id(&key));
    let shown = office.call(Method::PATCH, &path, Some(&json!({ "status": "disabled" }))).ok();
    assert_eq!((shown["status"].as_str(), shown.get("secret")), (Some("disabled"), None));
    till.get("/cash-register").refused(401, "E_AUTHENTICATION");
    office.till(&key).refused(401, "E_AUTHENTICATION_ERROR");
    let refresh = json!({ "refresh_token": token["refresh_token"] });
    office.0.send(Method::POST, "/sign-at/api/v1/auth", "", Some(&refresh)).refused(401, "E_CLIENT_ERROR");
    office
        .call(Method::PATCH, &path, Some(&json!({ "status": "enabled", "metadata": { "till": "1" } })))
        .ok();
    assert_eq!(office.call(Method::GET, &path, None).ok()["metadata"], json!({ "till": "1" }));
    till.get("/cash-register").ok();
}

#[test]
fn refusals_are_shaped_as_they_were_recorded() {
    let office = Office::open();
    let wrong = json!({ "api_key": "test_guess_x", "api_secret": "guess" });
    refused(
        &office.call(Method::POST, "/auth", Some(&wrong)),
        &json!({ "status_code": 401, "error": "Unauthorized", "message": "Invalid credentials" }),
    );
    let stranger = Office(Shop { bearer: "guess".to_owned(), ..Shop::beside(&office.0) });
    let answer = stranger.call(Method::GET, "/organizations", None);
    assert!(answer.body["message"].as_str().unwrap().starts_with("could not parse jwt: '"), "{answer:?}");
    assert_eq!((answer.status, answer.body.get("code")), (401, None));
    let nobody = austria::new_id();
    let orphan = json!({ "name": "Cafe", "address_line1": "1", "zip": "1", "town": "Graz", "country_code": "AUT",
                         "managed_by_organization_id": nobody });
    refused(
        &office.call(Method::POST, "/organizations", Some(&orphan)),
        &json!({ "status_code": 404, "error": "Not Found", "message": "Not Found" }),
    );
    refused(
        &office.call(Method::GET, &format!("/organizations/{nobody}"), None),
        &json!({ "status_code": 404, "error": "Not Found", "code": "E_ORGANIZATION_NOT_FOUND", "message": "Organization not found." }),
    );
}

#[test]
fn an_organization_sees_itself_and_what_it_manages() {
    let office = Office::open();
    let (first, second) = (office.make_organization("Erstes Cafe"), office.make_organization("Zweites Cafe"));
    let key = office.make_key(id(&first), "buero");
    let token = office.till(&key).ok()["access_token"].as_str().unwrap().to_owned();
    let merchant = Office(Shop { bearer: token, ..Shop::beside(&office.0) });
    let count =
        |office: &Office| office.call(Method::GET, "/organizations", None).ok()["count"].as_u64().unwrap();
    assert_eq!(count(&office), 4, "the dashboard's own, the seeded merchant, and these two");
    assert_eq!(count(&merchant), 1);
    for path in [format!("/organizations/{}", id(&second)), format!("/organizations/{}", office.own())] {
        merchant.call(Method::GET, &path, None).refused(404, "E_ORGANIZATION_NOT_FOUND");
        merchant
            .call(Method::PATCH, &path, Some(&json!({ "name": "Mein" })))
            .refused(404, "E_ORGANIZATION_NOT_FOUND");
        merchant
            .call(Method::GET, &format!("{path}/api-keys"), None)
            .refused(404, "E_ORGANIZATION_NOT_FOUND");
    }
    // A key is its organization's, whoever asks under which address.
    let own = merchant.make_key(id(&first), "zweiter");
    let elsewhere = format!("/organizations/{}/api-keys/{}", id(&second), id(&own));
    assert_eq!(office.call(Method::GET, &elsewhere, None).status, 404);
    let renamed = office.call(
        Method::PATCH,
        &format!("/organizations/{}", id(&first)),
        Some(&json!({ "town": "Linz" })),
    );
    assert_eq!(renamed.ok()["town"], "Linz");
}

#[test]
fn live_is_another_world_under_the_same_addresses() {
    let office = Office::open();
    let merchant = office.make_organization("Cafe Muster");
    let path = format!("/organizations/{}/enable-env", id(&merchant));
    assert_eq!(
        office.call(Method::POST, &path, Some(&json!({ "env": "LIVE" }))).ok()["_envs"],
        json!(["TEST", "LIVE"])
    );
    let test = office.make_key(id(&merchant), "probe");
    office.0.control(Method::PUT, "settings", Some(&json!({ "management": { "environment": "LIVE" } })));
    let live = office.make_key(id(&merchant), "echt");
    assert!(live["key"].as_str().unwrap().starts_with("live_"));
    let till = |key: &Value| {
        let token = office.till(key).ok();
        Shop { bearer: token["access_token"].as_str().unwrap().to_owned(), ..Shop::beside(&office.0) }
    };
    let (test, live) = (till(&test), till(&live));
    let register = austria::new_id();
    assert_eq!(test.create_register(&register).ok()["_env"], "TEST");
    live.get(&format!("/cash-register/{register}")).refused(404, "E_CASH_REGISTER_NOT_FOUND");
    assert_eq!(live.create_register(&register).ok()["_env"], "LIVE");
    assert_ne!(live.register(&register)["serial_number"], test.register(&register)["serial_number"]);
}

#[test]
fn who_manages_must_be_said_unless_told_otherwise() {
    let office = Office::open();
    let body =
        json!({ "name": "Cafe", "address_line1": "1", "zip": "1", "town": "Graz", "country_code": "AUT" });
    let create = || office.call(Method::POST, "/organizations", Some(&body));
    create().refused(400, "E_FAILED_SCHEMA_VALIDATION");
    office.0.control(
        Method::PUT,
        "settings",
        Some(&json!({ "management": { "unmanaged_organizations": true } })),
    );
    assert_eq!(create().ok()["_type"], "ORGANIZATION");
}
