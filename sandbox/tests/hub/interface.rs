//! The description of the interface (OpenAPI) and the Postman files, against the interface itself.

use std::collections::BTreeSet;

use jsonschema::Validator;
use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use crate::shop::{Shop, VERSION, branch, new_key, receipt, system, taxpayer};
use crate::visitor::Visitor;

/// Contract sign-fr 1.2.
const OPERATIONS: &str = "createToken listSubjects createSubject updateSubject retrieveSubject listOrganizations \
    createOrganization updateOrganization retrieveOrganization listTaxpayers createTaxpayer updateTaxpayer \
    retrieveTaxpayer listLocations createLocation updateLocation retrieveLocation listSystems createSystem \
    updateSystem retrieveSystem listRecords createRecord updateRecord retrieveRecord listFiles streamFile";

fn document(shop: &Shop, path: &str) -> Value {
    serde_json::from_str(&Visitor::of(shop).get(path).ok().text).unwrap()
}

/// One operation of the document.
struct Operation<'d> {
    document: &'d Value,
    method: Method,
    path: &'d str,
    value: &'d Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            operations.push(Operation { document, method, path, value });
        }
    }
    operations
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap()
    }

    fn parameters(&self, place: &str) -> Vec<&str> {
        let all = self.value["parameters"].as_array().unwrap();
        all.iter().filter(|one| one["in"] == place).map(|one| one["name"].as_str().unwrap()).collect()
    }

    /// A request whose path has a well-formed id.
    fn request(&self, shop: &Shop, query: &str) -> RequestBuilder {
        let id = match self.id() {
            "streamFile" => "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f.zip",
            name if name.ends_with("Subject") || name.ends_with("Organization") => {
                "0189f7ea-ae2c-4809-8aeb-b819cf5e9e7f"
            }
            _ => "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f",
        };
        let path = match self.path.split_once('{') {
            Some((before, _)) => format!("{before}{id}"),
            None => self.path.to_owned(),
        };
        shop.client.request(self.method.clone(), shop.url(&format!("/sign-fr{path}{query}")))
    }

    fn fits(&self, status: u16, body: &Value) {
        let response = &self.value["responses"][status.to_string()];
        assert!(response.is_object(), "{} answers {status}, which is not described: {body}", self.id());
        let schema = &response["content"]["application/json"]["schema"];
        let validator = validator(self.document, schema);
        let errors: Vec<String> = validator.iter_errors(body).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{} {status}: {body}", self.id());
    }
}

/// Validates against a schema of the document, with the document's own components at hand.
fn validator(document: &Value, schema: &Value) -> Validator {
    let whole = json!({ "components": document["components"], "allOf": [schema] });
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).unwrap()
}

#[test]
fn the_description_lists_the_operations_of_the_contract_and_no_others() {
    let shop = Shop::open();
    let document = document(&shop, "/sign-fr/openapi.json");
    let operations = operations(&document);
    let listed: BTreeSet<&str> = operations.iter().map(Operation::id).collect();
    assert_eq!(listed, OPERATIONS.split_whitespace().collect());
    assert_eq!(operations.len(), 27, "each once");
    assert_eq!(document["servers"][0]["url"], shop.account()["url"]);
}

#[test]
fn the_description_refers_only_to_what_it_holds() {
    let shop = Shop::open();
    let document = document(&shop, "/sign-fr/openapi.json");
    let mut waiting = vec![&document];
    let mut references = 0;
    while let Some(value) = waiting.pop() {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            references += 1;
            assert!(document.pointer(target.strip_prefix('#').unwrap()).is_some(), "{target}");
        }
        waiting.extend(value.as_object().into_iter().flat_map(|members| members.values()));
        waiting.extend(value.as_array().into_iter().flatten());
    }
    assert!(references > 500, "{references}");
    for operation in operations(&document) {
        let named: Vec<&str> = operation.path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(operation.parameters("path"), named, "{}", operation.path);
    }
}

/// Every operation is there, wants what the description says it wants, and refuses in the described way.
#[test]
fn every_described_operation_is_served_and_wants_what_is_described() {
    let shop = Shop::open();
    let document = document(&shop, "/sign-fr/openapi.json");
    for operation in operations(&document) {
        let answer = |request: RequestBuilder| {
            let response = request.send().unwrap();
            let status = response.status().as_u16();
            let body: Value = response.json().unwrap();
            operation.fits(status, &body);
            (status, body.pointer("/content/message").and_then(Value::as_str).unwrap_or_default().to_owned())
        };
        for missing in
            operation.value["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "header")
        {
            let name = missing["name"].as_str().unwrap();
            let others = operation.parameters("header").into_iter().filter(|other| *other != name);
            let request = others.fold(operation.request(&shop, ""), |request, other| match other {
                "X-Api-Version" => request.header(other, VERSION),
                "X-Idempotency-Key" => request.header(other, new_key()),
                _ => request,
            });
            let (status, message) = answer(request);
            let refused =
                status == 400 && message == format!("Header parameter {name} is required, but not found");
            assert_eq!(
                refused,
                missing["required"] == true,
                "{} without {name}: {status} {message}",
                operation.id()
            );
        }
        if operation.value["requestBody"].is_null() {
            let nobody = operation.request(&shop, "").header("X-Api-Version", VERSION);
            assert_eq!(answer(nobody).0, 401, "{}", operation.id());
            let unknown = operation.request(&shop, "?colour=red").header("X-Api-Version", VERSION);
            assert_eq!(answer(unknown.bearer_auth(&shop.bearer)).0, 400, "{}", operation.id());
        }
    }
}

#[test]
fn what_is_not_described_is_not_served() {
    let shop = Shop::open();
    let document = document(&shop, "/sign-fr/openapi.json");
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        for method in ["get", "post", "patch", "put", "delete", "options"] {
            if item.get(method).is_none() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let answer = shop.request(method.clone(), &path).send().unwrap();
                assert_eq!(answer.status(), 404, "{method} {path}");
            }
        }
    }
}

/// From a key to a receipt and back: requests fit the described bodies, answers the described answers, and the query
/// parameters are the described ones.
#[test]
fn a_sale_fits_the_description_from_end_to_end() {
    let mut shop = Shop::open();
    let document = document(&shop, "/sign-fr/openapi.json");
    let operations = operations(&document);
    let find = |id: &str| operations.iter().find(|operation| operation.id() == id).unwrap();
    let wrote = |shop: &Shop, id: &str, path: &str, content: Value| {
        let operation = find(id);
        let body = json!({ "content": content });
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        assert!(validator(&document, schema).is_valid(&body), "{id}: {body}");
        let answer = shop.send(operation.method.clone(), path, &new_key(), &body).ok();
        operation.fits(200, &answer.body);
        for name in operation.value["responses"]["200"]["headers"].as_object().unwrap().keys() {
            assert!(answer.header(name).is_some(), "{id}: no {name}");
        }
        answer.id()
    };
    shop.make_unit();
    let merchant = wrote(&shop, "createTaxpayer", "/taxpayers", taxpayer());
    let seat = wrote(&shop, "createLocation", "/locations", branch(&merchant));
    let till = wrote(&shop, "createSystem", "/systems", system(&seat));
    for (id, path) in [
        ("updateTaxpayer", format!("/taxpayers/{merchant}")),
        ("updateLocation", format!("/locations/{seat}")),
        ("updateSystem", format!("/systems/{till}")),
    ] {
        wrote(&shop, id, &path, json!({ "state": "COMMISSIONED" }));
    }
    let sale =
        json!({ "type": "INTENTION", "system": { "id": till }, "operation": { "type": "TRANSACTION" } });
    let intention = wrote(&shop, "createRecord", "/records", sale);
    let sold = json!({ "type": "TRANSACTION", "record": { "id": intention }, "operation": receipt("R-1") });
    let sold = wrote(&shop, "createRecord", "/records", sold);

    let flags: Vec<String> =
        find("retrieveRecord").parameters("query").iter().map(|name| format!("{name}=")).collect();
    for (id, path) in [
        ("retrieveRecord", format!("/records/{sold}?{}", flags.join("&"))),
        (
            "listRecords",
            format!(
                "/records?limit=1&system_id={till}&taxpayer_id={merchant}&location_id={seat}&type=TRANSACTION::RECEIPT,INTENTION::TRANSACTION"
            ),
        ),
        ("listSystems", format!("/systems?taxpayer_id={merchant}&location_id={seat}")),
        ("listLocations", format!("/locations?taxpayer_id={merchant}")),
        ("listTaxpayers", "/taxpayers".to_owned()),
        ("listSubjects", "/subjects".to_owned()),
        ("listOrganizations", "/organizations".to_owned()),
        ("listFiles", format!("/files?system_id={till}")),
        ("retrieveSystem", format!("/systems/{till}")),
    ] {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let declared = find(id).parameters("query");
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            assert!(declared.contains(&pair.split('=').next().unwrap()), "{id}: {pair}");
        }
        find(id).fits(200, &shop.get(&path).ok().body);
    }
}

/// The files are what a person would import: keys only in the environment, and every request one of the interface's.
#[test]
fn the_postman_files_hold_the_keys_and_operations_of_this_sandbox() {
    let shop = Shop::open();
    let environment = document(&shop, "/sign-fr/postman/environment.json");
    let value = |name: &str| {
        let values = environment["values"].as_array().unwrap();
        values.iter().find(|value| value["key"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value("base_url"), shop.account()["url"]);
    assert_eq!(value("api_secret"), shop.account()["secret"]);
    shop.token(&value("api_key"), &value("api_secret")).ok();

    let collection = document(&shop, "/sign-fr/postman/collection.json");
    assert!(!collection.to_string().contains(&value("api_secret")));
    let description = document(&shop, "/sign-fr/openapi.json");
    let items = collection["item"].as_array().unwrap();
    let described: Vec<(String, Method)> = operations(&description)
        .iter()
        .map(|operation| (operation.path.to_owned(), operation.method.clone()))
        .collect();
    for item in items {
        let path = item["request"]["url"]["path"].as_array().unwrap();
        let path: String = path
            .iter()
            .map(|part| format!("/{}", part.as_str().unwrap().replace("{{", "{").replace("}}", "}")))
            .collect();
        let path = path.replace("{receipt_id}", "{record_id}");
        let method: Method = item["request"]["method"].as_str().unwrap().parse().unwrap();
        assert!(described.contains(&(path.clone(), method)), "{path}");
    }
    assert_eq!(items.len(), 13);
}
