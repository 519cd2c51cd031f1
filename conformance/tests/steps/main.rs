//! A provisioning is killed at every one of its requests, and goes on where it stopped: one organization, one signature
//! creation unit, each register once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests")]

mod gate;

use fiskal_conformance::control::Control;
use fiskal_conformance::crash::till;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use gate::{Gate, Moment, exchanged};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Provisionings at the same time.
const AT_ONCE: usize = 3;
/// A provisioning has at least so many requests.
const REQUESTS: usize = 15;

/// A merchant's shop whose way to the sandbox leads through a gate.
struct Scene {
    sandbox: Sandbox,
    gate: Gate,
    shop: Shop,
}

impl Scene {
    fn new(number: usize, moment: Moment, patch: &Value) -> Scene {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let gate = Gate::to(address_of(&sandbox), number, moment);
        let url = json!({"account": {"wien": {"url": format!("http://{}/sign-at", gate.address())}}});
        let mut whole = patch.clone();
        fiskal_conformance::matching::merge(&mut whole, &url);
        let shop = Shop::from("config-austria.json", &sandbox, &whole).unwrap();
        Scene { sandbox, gate, shop }
    }

    /// A process that provisions.
    fn provision(&self, params: &Value) -> Child {
        Command::new(env!("CARGO_BIN_EXE_crash"))
            .args(["till", "call"])
            .arg(self.shop.path(""))
            .args(["provision", &params.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// What there is at the service in the end, once each of these registers has sold something.
    #[track_caller]
    fn check(&self, registers: &[&str]) {
        let fiskal = till::open(&self.shop.path("")).unwrap();
        fiskal.call("provision", &json!({})).unwrap();
        for register in registers {
            let sale = json!({
                "id": "s-1", "register": register,
                "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
                "payments": [{"method": "cash", "amount": "4.20"}],
            });
            let receipt = fiskal.call("sale.complete", &sale).unwrap();
            assert_eq!(receipt["verified"], json!(["content", "chain"]), "{receipt}");
        }
        for (path, count) in [("/signature-creation-unit", 1), ("/cash-register", registers.len())] {
            let asked = json!({"register": registers[0], "method": "GET", "path": path});
            assert_eq!(fiskal.call("request", &asked).unwrap()["body"]["count"], count, "{path}");
        }
        let booked = Control::of(self.sandbox.url()).booked().unwrap();
        assert_eq!(booked.len(), 2 * registers.len(), "a start receipt and a sale each: {booked:?}");
        assert_eq!(managed(&self.sandbox), 1, "organizations");
        assert_eq!(fiskal.call("journal.verify", &json!({})).unwrap()["misfit"], Value::Null);
    }
}

fn address_of(sandbox: &Sandbox) -> SocketAddr {
    sandbox.url().trim_start_matches("http://").parse().unwrap()
}

/// How many organizations the dashboard's has made.
fn managed(sandbox: &Sandbox) -> usize {
    let dashboard = &sandbox.ready()["accounts"]["management"];
    let ask = |method: &str, path: &str, token: &str, body: &str| -> Value {
        let request = format!(
            "{method} /management/api/v0{path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = exchanged(address_of(sandbox), request.as_bytes());
        let answer = String::from_utf8(answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let key = json!({"api_key": dashboard["key"], "api_secret": dashboard["secret"]});
    let token = ask("POST", "/auth", "", &key.to_string());
    let all = ask("GET", "/organizations?limit=100", token["access_token"].as_str().unwrap(), "");
    let ours = |one: &&Value| one["metadata"]["fiskal_line"].is_string();
    all["data"].as_array().unwrap().iter().filter(ours).count()
}

#[test]
fn a_provisioning_killed_at_any_request_goes_on() {
    for moment in [Moment::BeforeSending, Moment::Unanswered, Moment::Answered] {
        let next = AtomicUsize::new(1);
        let last = AtomicUsize::new(usize::MAX);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number > last.load(Ordering::Relaxed) {
                            break;
                        }
                        let scene = Scene::new(number, moment, &json!({}));
                        if !scene.gate.killed(|| scene.provision(&json!({}))) {
                            last.fetch_min(number, Ordering::Relaxed);
                        }
                        println!("{moment:?} at request {number}");
                        scene.check(&["till-1"]);
                    }
                });
            }
        });
        assert!(last.into_inner() > REQUESTS, "{moment:?}: there were fewer requests than there must be");
    }
}

/// One of two processes dies; the other one and its successor share what there is.
#[test]
fn two_registers_are_provisioned_by_two_processes_of_which_one_is_killed() {
    let second = json!({"register": {"till-2": {"location": "graz", "model": "POS-1000"}}});
    for number in (1..=REQUESTS + 4).step_by(3) {
        let scene = Scene::new(number, Moment::Unanswered, &second);
        let mut other = None;
        scene.gate.killed(|| {
            let killed = scene.provision(&json!({"register": "till-1"}));
            other = Some(scene.provision(&json!({"register": "till-2"})));
            killed
        });
        assert!(other.unwrap().wait().unwrap().success());
        println!("killed at request {number}");
        scene.check(&["till-1", "till-2"]);
    }
}
