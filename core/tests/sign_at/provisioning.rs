//! Provisioning against answers that a sandbox does not give, or only to two tills at once.

use crate::driver::{REGISTER, Till};
use fiskal::error::{Error, Kind};
use fiskal::exchange::{Answer, Method, Outcome, Request};
use fiskal::services::Checks;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};

fn answers(status: u16, body: Value) -> Option<Answer> {
    Some(Answer { status, headers: vec![("request-id".into(), "r-1".into())], body })
}

fn refuses(status: u16, code: &str) -> Option<Answer> {
    answers(status, json!({"status_code": status, "code": code, "message": "no"}))
}

/// The settings of a merchant with this VAT id.
fn merchant(vat_id: &str) -> Value {
    json!({"name": "Café Muster GmbH", "address": {}, "settings": {
        "vat_id": vat_id, "fon_participant_id": "123456789012", "fon_user_id": "kassa-test",
    }})
}

fn unit(path: &str, vat_id: &str, state: &str) -> Value {
    let id = path.rsplit('/').next();
    json!({"_id": id, "_env": "TEST", "state": state, "legal_entity_id": {"vat_id": vat_id}, "time_pending": 1})
}

/// Provisions a merchant; `units` are there before. Gives the path of the unit that was made.
fn provisioned(
    vat_id: &str,
    units: &[Value],
    refusal: Option<(u16, &str)>,
) -> (Result<Outcome, Error>, String) {
    let mut till = Till::new(Checks::Enforce, "sandbox");
    till.facts.merchant = Value::Null;
    let made = RefCell::new(String::new());
    let outcome = till.does(1, "provision.merchant", merchant(vat_id), &|request: &Request| match (
        request.method,
        request.path.as_str(),
    ) {
        (Method::Put, "/api/v1/fon/auth") => answers(200, json!({"authentication_status": "AUTHENTICATED"})),
        (Method::Get, path) if path.contains('?') => answers(200, json!({"data": units})),
        (Method::Put, path) => {
            made.replace(path.to_owned());
            answers(200, unit(path, vat_id, "CREATED"))
        }
        (_, path) => match refusal {
            Some((status, code)) => refuses(status, code),
            None => answers(200, unit(path, vat_id, "INITIALIZED")),
        },
    });
    (outcome, made.into_inner())
}

/// A wrong number in the configuration, which FinanzOnline refuses, must not end in a unit that stands in the way.
#[test]
fn a_unit_of_another_taxpayer_that_never_signed_is_left_alone() {
    let (refused, wrong) = provisioned("ATU99999999", &[], Some((400, "E_FON_REQUEST_FAILED")));
    assert_eq!(refused.unwrap_err().kind(), Kind::Refused);
    let left = unit(&wrong, "ATU99999999", "CREATED");
    let (outcome, made) = provisioned("ATU12345675", std::slice::from_ref(&left), None);
    assert_ne!(made, wrong, "the same id would be refused for another taxpayer");
    let learned = outcome.unwrap().learned.unwrap();
    assert_eq!(Some(learned["unit"].as_str().unwrap()), made.rsplit('/').next());

    // One that signs is never passed over.
    let signs = unit(&wrong, "ATU99999999", "INITIALIZED");
    let error = provisioned("ATU12345675", &[signs], None).0.unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    // And one of the right taxpayer is taken, wherever it stands.
    let ours = unit("u/ours", "ATU12345675", "CREATED");
    let (outcome, made) = provisioned("ATU12345675", &[left, ours], None);
    assert_eq!((outcome.unwrap().learned.unwrap()["unit"].as_str(), made.as_str()), (Some("ours"), ""));
}

/// Which status it comes with is not known (contract sign-at 4.1).
#[test]
fn a_no_of_finanzonline_is_one_whatever_its_status() {
    for status in [400, 409, 500, 502] {
        let error = provisioned("ATU12345675", &[], Some((status, "E_FON_REQUEST_FAILED"))).0.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{status}");
        assert!(error.message().contains("FinanzOnline refused"), "{error}");
    }
}

#[test]
fn credentials_that_finanzonline_does_not_take_are_no_success() {
    for (status, kind) in [("UNAUTHENTICATED", Some(Kind::Unauthorized)), ("AUTHENTICATED", None)] {
        let outcome = Till::new(Checks::Enforce, "sandbox").does(
            1,
            "credentials.update",
            merchant("ATU12345675"),
            &|_| answers(200, json!({"authentication_status": status})),
        );
        assert_eq!(outcome.err().map(|error| error.kind()), kind, "{status}");
    }
}

/// What a service does with a state that is reached already is not known (contract sign-at 3.2).
#[test]
fn a_state_that_somebody_else_has_brought_about_meanwhile_is_reached() {
    for (there, kind) in [("OUTAGE", None), ("CREATED", Some(Kind::Refused))] {
        let asked = Cell::new(false);
        let outcome = Till::at(7).does(8, "register.suspend", json!({}), &|request: &Request| {
            if request.method == Method::Patch {
                asked.set(true);
                return refuses(400, "E_ILLEGAL_CASH_REGISTER_STATE_TRANSITION");
            }
            let state = if asked.get() { there } else { "INITIALIZED" };
            answers(
                200,
                json!({"_id": REGISTER, "_env": "TEST", "state": state, "time_outage": 1_793_500_000}),
            )
        });
        assert_eq!(outcome.err().map(|error| error.kind()), kind, "{there}");
    }
}

/// Whose key it is, by what the Management API says of its organization (contract sign-at 1.5, 2.11 and 4.4).
#[test]
fn a_key_that_can_make_nothing_at_the_management_api_is_a_merchants_own() {
    let managed = json!({"_id": "o-1", "_envs": ["TEST"], "managed_by_organization_id": "o-0"});
    let manages = json!({"_id": "o-1", "_envs": ["TEST"], "managed_by_organization_id": ""});
    let message = json!({"message": "could not parse jwt: '…'", "status_code": 401, "error": "Unauthorized"});
    let other = json!({"_id": "o-1", "_envs": ["LIVE"]});
    for (status, organization, own) in [
        (200, managed, Some(true)),
        (200, manages, Some(false)),
        (404, json!({"message": "Not Found"}), Some(true)),
        (401, message, Some(true)),
        (200, other, None),
    ] {
        let mut till = Till::new(Checks::Enforce, "sandbox");
        till.facts.account = Value::Null;
        let outcome =
            till.does(1, "provision.account", json!({}), &|request: &Request| match request.method {
                Method::Post => answers(
                    200,
                    json!({
                        "access_token": "t", "access_token_claims": {"env": "TEST", "organization_id": "o-1"},
                    }),
                ),
                _ => answers(status, organization.clone()),
            });
        let learned = outcome.ok().and_then(|outcome| outcome.learned?.get("own")?.as_bool());
        assert_eq!(learned, own, "{status} {organization}");
    }
}

/// Whether organizations come in pages is not known (contract sign-at 8, no. 13): one page with more than was asked for
/// is all of them.
#[test]
fn a_list_without_pages_is_read_once() {
    let mut till = Till::new(Checks::Enforce, "sandbox");
    till.facts.register = Value::Null;
    let mut rows = vec![json!({"_id": "another's", "_env": "TEST", "state": "INITIALIZED"}); 120];
    rows.push(json!({
        "_id": REGISTER, "_env": "TEST", "state": "INITIALIZED", "serial_number": "dGxx",
        "metadata": {"fiskal_line": "wien@test/register/till-1"},
    }));
    let outcome = till.does(1, "provision.register", json!({"name": "till-1"}), &|request| {
        assert_eq!(request.method, Method::Get, "{}", request.path);
        let is_register = request.path.starts_with("/api/v1/cash-register?");
        answers(200, json!({"data": if is_register { rows.clone() } else { Vec::new() }}))
    });
    assert_eq!(outcome.unwrap().learned.unwrap()["register"], REGISTER);
}
