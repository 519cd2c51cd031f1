//! Every code and every temporary status of SIGN AT (contract sign-at 4.1): what the till is told, what is booked, and
//! what a synchronisation makes of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::engine::Limits;
use fiskal::error::Kind;
use fiskal::transport::Backoff;
use fiskal_conformance::control::Control;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Refusals that a receipt can meet, and the kind of error that the till gets.
const REFUSALS: [(u16, &str, Kind); 13] = [
    (400, "E_FAILED_SCHEMA_VALIDATION", Kind::Refused),
    (400, "E_BAD_REQUEST", Kind::Refused),
    (400, "E_A_CODE_OF_TOMORROW", Kind::Refused),
    (400, "E_INITIAL_RECEIPT_MISSING", Kind::NotReady),
    (401, "E_AUTHENTICATION", Kind::Unauthorized),
    (401, "E_AUTHENTICATION_ERROR", Kind::Unauthorized),
    (401, "E_CLIENT_ERROR", Kind::Unauthorized),
    (401, "E_MISSING_FON_CREDENTIALS", Kind::Unauthorized),
    (401, "E_FON_AUTH_FAILED", Kind::Unauthorized),
    (403, "E_ACCESS_DENIED", Kind::Unauthorized),
    (404, "E_NO_INITIALIZED_SCU", Kind::NotReady),
    (404, "E_CASH_REGISTER_NOT_FOUND", Kind::NotReady),
    (404, "E_NOT_FOUND", Kind::NotReady),
];
/// Statuses that settle nothing.
const TEMPORARY: [u16; 8] = [408, 425, 429, 500, 502, 503, 504, 599];
/// Where receipts are signed.
const RECEIPTS: (&str, &str) = ("PUT", "/sign-at/api/v1/cash-register");
/// More often than anything is tried.
const ALWAYS: u32 = 100_000;
/// Long enough for anything, on any machine; and short enough to wait for its end.
const PATIENT: &str = "20s";
const IMPATIENT: &str = "100ms";
/// How long what waits may take once nothing strikes any more.
const LONG: Duration = Duration::from_secs(30);

struct Scene {
    control: Control,
    fiskal: Fiskal,
    _shop: Shop,
    _sandbox: Sandbox,
}

impl Scene {
    fn new(patience: &str) -> Scene {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let patch = json!({"account": {"wien": {"patience": patience}}});
        let shop = Shop::from("config-austria.json", &sandbox, &patch).unwrap();
        let limits = Limits {
            attempt: Duration::from_secs(2),
            background: Duration::from_millis(300),
            backoff: Backoff { base: Duration::from_millis(5), max: Duration::from_millis(20) },
        };
        let fiskal = Fiskal::open_with(Config::from_file(shop.config()).unwrap(), limits).unwrap();
        Scene { control: Control::of(sandbox.url()), fiskal, _shop: shop, _sandbox: sandbox }
    }

    fn provision(&self) -> Result<Value, fiskal::error::Error> {
        self.fiskal.call("provision", &json!({}))
    }

    fn strike(&self, (method, path): (&str, &str), fault: Value, count: u32) {
        let fault = json!({"match": {"method": method, "path": path}, "fault": fault, "count": count});
        self.control.plant(&fault).unwrap();
    }

    fn sell(&self, id: &str) -> Result<Value, fiskal::error::Error> {
        let sale = json!({
            "id": id, "register": "till-1",
            "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
            "payments": [{"method": "cash", "amount": "4.20"}],
        });
        self.fiskal.call("sale.complete", &sale)
    }

    /// A slip that waits, because the connection was cut.
    fn slip(&self, id: &str) -> Value {
        self.strike(RECEIPTS, json!({"kind": "reset"}), ALWAYS);
        let slip = self.sell(id).unwrap();
        self.control.heal().unwrap();
        assert_eq!(slip["state"], "provisional", "{slip}");
        slip
    }

    fn sync(&self) -> Value {
        self.fiskal.call("sync", &json!({})).unwrap()
    }

    /// Synchronises until nothing waits.
    #[track_caller]
    fn settle(&self, what: &str) {
        let until = Instant::now() + LONG;
        while self.sync()["waiting"] != 0 {
            assert!(Instant::now() < until, "{what}: never settled");
        }
    }

    fn receipt(&self, slip: &Value) -> Value {
        self.fiskal.call("receipt.get", &json!({"id": slip["id"]})).unwrap()
    }

    /// How many receipts of sales are booked.
    fn booked(&self) -> usize {
        self.control.booked().unwrap().iter().filter(|one| one["type"] == "NORMAL").count()
    }
}

fn status(status: u16, code: &str) -> Value {
    json!({"kind": "status", "status": status, "code": code})
}

#[test]
fn a_sale_is_told_the_code_and_may_be_completed_again() {
    let scene = Scene::new(PATIENT);
    scene.provision().unwrap();
    for (sold, (http, code, kind)) in REFUSALS.into_iter().enumerate() {
        // After the first 401 the client signs in and asks again by itself.
        scene.strike(RECEIPTS, status(http, code), ALWAYS);
        let refused = scene.sell(code).unwrap_err();
        assert_eq!(refused.kind(), kind, "{code}: {refused}");
        assert_eq!(refused.details().service_code.as_deref(), Some(code));
        assert_eq!(refused.details().http_status, Some(http), "{code}");
        assert_eq!(scene.booked(), sold, "{code}: nothing was booked");
        scene.control.heal().unwrap();
        // What is wrong with credentials is not tried again at once.
        if kind == Kind::Unauthorized {
            scene.control.set_clock(&json!({"offset_s": 60 * (sold + 1)})).unwrap();
            scene.provision().unwrap();
        }
        let receipt = scene.sell(code).unwrap();
        assert_eq!((&receipt["state"], scene.booked()), (&json!("signed"), sold + 1), "{code}");
    }
}

#[test]
fn a_slip_waits_unless_the_code_is_about_the_receipt() {
    let scene = Scene::new(IMPATIENT);
    scene.provision().unwrap();
    let mut signed = 0;
    for (turn, (http, code, kind)) in REFUSALS.into_iter().enumerate() {
        let slip = scene.slip(code);
        scene.strike(RECEIPTS, status(http, code), ALWAYS);
        let synced = scene.sync();
        scene.control.heal().unwrap();
        if kind == Kind::Refused {
            assert_eq!(synced["waiting"], 0, "{code}: {synced}");
            let receipt = scene.receipt(&slip);
            assert_eq!(receipt["state"], "refused", "{code}");
            assert!(receipt["todo"].as_str().unwrap().contains("refused"), "{receipt}");
            continue;
        }
        assert_eq!(synced["waiting"], 1, "{code}: {synced}");
        assert_eq!(scene.receipt(&slip)["state"], "provisional", "{code}");
        // Later; that another time has come is learned with an answer.
        scene.control.set_clock(&json!({"offset_s": 60 * (turn + 1)})).unwrap();
        scene.provision().unwrap();
        scene.settle(code);
        signed += 1;
        assert_eq!((&scene.receipt(&slip)["state"], scene.booked()), (&json!("signed"), signed), "{code}");
    }
}

#[test]
fn a_temporary_status_is_asked_again_and_outlived_with_a_slip() {
    let scene = Scene::new(IMPATIENT);
    scene.provision().unwrap();
    for (sold, http) in TEMPORARY.into_iter().enumerate() {
        // Some services book and then answer so.
        let booked = sold % 2 == 1;
        scene.strike(RECEIPTS, json!({"kind": "status", "status": http, "booked": booked}), ALWAYS);
        let slip = scene.sell(&format!("s-{http}")).unwrap();
        assert_eq!(slip["state"], "provisional", "{http}: {slip}");
        assert_eq!(scene.sync()["waiting"], 1, "{http}");
        scene.control.heal().unwrap();
        scene.settle(&http.to_string());
        let receipt = scene.receipt(&slip);
        assert_eq!((&receipt["state"], &receipt["replaces"]), (&json!("signed"), &slip["id"]), "{http}");
        assert_eq!(scene.booked(), sold + 1, "{http}");
    }
    assert!(scene.control.booked().unwrap().iter().all(|one| one["times"] == 1));
}

/// Requests of a provisioning with the codes that the contract has for them.
#[test]
fn a_provisioning_is_told_the_code_and_goes_on() {
    const AUTH: (&str, &str) = ("POST", "/sign-at/api/v1/auth");
    const FON: (&str, &str) = ("PUT", "/sign-at/api/v1/fon/auth");
    const UNITS: (&str, &str) = ("GET", "/sign-at/api/v1/signature-creation-unit");
    const UNIT: (&str, &str) = ("PUT", "/sign-at/api/v1/signature-creation-unit");
    const UNIT_STATE: (&str, &str) = ("PATCH", "/sign-at/api/v1/signature-creation-unit");
    const REGISTER: (&str, &str) = ("PUT", "/sign-at/api/v1/cash-register");
    const REGISTER_STATE: (&str, &str) = ("PATCH", "/sign-at/api/v1/cash-register");
    let cases = [
        (AUTH, 401, "E_AUTHENTICATION_ERROR", Kind::Unauthorized),
        (FON, 401, "E_FON_AUTH_FAILED", Kind::Unauthorized),
        (FON, 400, "E_FAILED_SCHEMA_VALIDATION", Kind::Refused),
        (UNITS, 400, "E_FILTER_LIMIT_EXCEEDED", Kind::Refused),
        (UNIT, 400, "E_INVALID_VAT_ID", Kind::Refused),
        (UNIT, 400, "E_INVALID_AUSTRIAN_TAX_ID", Kind::Refused),
        (UNIT, 400, "E_INVALID_GLN", Kind::Refused),
        (UNIT, 400, "E_INVALID_LEGAL_ENTITY_ID", Kind::Refused),
        (UNIT, 400, "E_SCU_ALREADY_EXISTS", Kind::Refused),
        (UNIT, 400, "E_SCU_LIMIT_REACHED", Kind::Refused),
        (UNIT_STATE, 400, "E_SCU_LIMIT_REACHED", Kind::Refused),
        (UNIT_STATE, 400, "E_ILLEGAL_SCU_STATE_TRANSITION", Kind::Refused),
        (UNIT_STATE, 400, "E_FON_REQUEST_FAILED", Kind::Refused),
        (UNIT_STATE, 401, "E_MISSING_FON_CREDENTIALS", Kind::Unauthorized),
        (UNIT_STATE, 404, "E_SCU_NOT_FOUND", Kind::Refused),
        (REGISTER, 400, "E_CASH_REGISTER_ALREADY_EXISTS", Kind::Refused),
        (REGISTER_STATE, 400, "E_ILLEGAL_CASH_REGISTER_STATE_TRANSITION", Kind::Refused),
        (REGISTER_STATE, 404, "E_NO_INITIALIZED_SCU", Kind::NotReady),
        (REGISTER_STATE, 404, "E_CASH_REGISTER_NOT_FOUND", Kind::NotReady),
    ];
    for (request, http, code, kind) in cases {
        let scene = Scene::new(PATIENT);
        scene.strike(request, status(http, code), ALWAYS);
        let refused = scene.provision().unwrap_err();
        assert_eq!(refused.kind(), kind, "{code}: {refused}");
        assert_eq!(refused.details().service_code.as_deref(), Some(code), "{refused}");
        scene.control.heal().unwrap();
        scene.control.set_clock(&json!({"offset_s": 60})).unwrap();
        // What parks is taken up once the clock is known; what was refused is asked for anew.
        if kind == Kind::Unauthorized {
            let _ = scene.provision();
        }
        scene.provision().unwrap();
        assert_eq!(scene.sell("s-1").unwrap()["state"], "signed", "{code}");
        let booked: Vec<Value> =
            scene.control.booked().unwrap().iter().map(|one| one["type"].clone()).collect();
        assert_eq!(booked, ["INITIALIZATION", "NORMAL"], "{code}");
    }
}

/// Since 1.2.3 an expired refresh token is E_CLIENT_ERROR (contract sign-at 4.5); the key signs in.
#[test]
fn a_refused_refresh_token_is_not_the_end() {
    const AUTH: (&str, &str) = ("POST", "/sign-at/api/v1/auth");
    for code in ["E_CLIENT_ERROR", "E_AUTHENTICATION_ERROR"] {
        let scene = Scene::new(PATIENT);
        scene.control.set(&json!({"management": {"token_hours": 1, "refresh_hours": 2}})).unwrap();
        scene.provision().unwrap();
        scene.control.set_clock(&json!({"offset_s": 3_550})).unwrap();
        // Its answer tells how late it is; the token is renewed before the next one.
        scene.sell("s-1").unwrap();
        scene.strike(AUTH, status(401, code), 1);
        assert_eq!(scene.sell("s-2").unwrap()["state"], "signed", "{code}");
        let requests = scene.control.requests().unwrap();
        let renewals = requests.iter().filter(|request| request["body"].get("refresh_token").is_some());
        assert_eq!(renewals.count(), 1, "{code}");
    }
}
