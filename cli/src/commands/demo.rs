//! `fiskal demo`: a sale from nothing to a receipt, over real HTTP, with nothing left behind.

use super::{exit_of, from_here, list, receipt, sandbox, text};
use crate::args::{Country, Paper};
use crate::output::{Exit, Output};
use fiskal::config::Config;
use fiskal::error::{Error, Result};
use fiskal::exchange::Method;
use fiskal::transport::{HttpTransport, Network, Sent, Transport as _, Wire};
use fiskal::{Fiskal, Interrupt};
use fiskal_sandbox::Options;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The sandbox is on this machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts a sandbox, provisions a merchant, sells three items at two VAT rates, prints the receipt.
pub(super) fn run(country: Country, evidence: &Evidence<'_>, output: &mut Output) -> Result<Exit> {
    evidence.check(country)?;
    let scene = Scene::of(country);
    let steps = output.steps(4);
    steps.next(&format!("starting a sandbox of {}", scene.service));
    let sandbox = sandbox::start(Options::default())?;
    let folder = tempfile::Builder::new().prefix("fiskal-demo-").tempdir().map_err(no_folder)?;
    let config = configuration(&scene, folder.path(), sandbox.ready()).map_err(no_folder)?;

    let fiskal = Fiskal::open(Config::from_file(config)?)?;
    steps.next(&format!("provisioning {}", scene.merchant));
    fiskal.call("provision", &json!({}))?;
    steps.next("selling three items at two VAT rates");
    let receipt = fiskal.call("sale.complete", &(scene.sale)())?;
    steps.next("printing the receipt");
    let paper = receipt::printed(&receipt, Paper::Text)?;
    evidence.write(&fiskal, sandbox.url(), &receipt)?;
    drop(steps);
    // The journal closes before its folder goes.
    drop(fiskal);
    sandbox.stop();
    folder.close().map_err(no_folder)?;

    if output.is_json() {
        output.value(&receipt);
    } else {
        output.bytes(&paper);
        proven(&scene, &receipt, output);
        output.line(evidence.left());
    }
    Ok(exit_of(&receipt))
}

/// What an Austrian verifier wants to see of the demo's register.
pub(super) struct Evidence<'a> {
    /// Where its data collection log goes (DEP7).
    pub(super) dep: Option<&'a Path>,
    /// Where the container with its AES key and certificates goes.
    pub(super) keys: Option<&'a Path>,
}

impl Evidence<'_> {
    fn check(&self, country: Country) -> Result<()> {
        let wanted = [("--dep", self.dep), ("--keys", self.keys)];
        match wanted.iter().find(|(_, path)| path.is_some() && !matches!(country, Country::At)) {
            Some((name, _)) => Err(Error::invalid(
                "",
                format!("{name} is for the Austrian demo; write `fiskal demo at {name} FILE`"),
            )),
            None => Ok(()),
        }
    }

    /// What there is of the demo afterwards.
    fn left(&self) -> String {
        let files: Vec<String> =
            [self.dep, self.keys].into_iter().flatten().map(|path| path.display().to_string()).collect();
        let nothing = "nothing of this is left on this machine";
        if files.is_empty() { nothing.to_owned() } else { format!("{nothing} but {}", files.join(" and ")) }
    }

    fn write(&self, fiskal: &Fiskal, sandbox: &str, receipt: &Value) -> Result<()> {
        let register = text(receipt, "/ids/register");
        if let Some(path) = self.dep {
            let log = fiskal.call("export.create", &json!({"register": "till-1"}))?;
            let fetch = json!({"register": "till-1", "export": log["export"], "to": from_here(path)?});
            fiskal.call("export.fetch", &fetch)?;
        }
        if let Some(path) = self.keys {
            save(path, &container(sandbox, register)?)?;
        }
        Ok(())
    }
}

/// Writes a new file, as `export.fetch` does: what lies at the path already stays.
fn save(path: &Path, value: &Value) -> Result<()> {
    let written =
        File::create_new(path).and_then(|mut file| file.write_all(format!("{value:#}\n").as_bytes()));
    written.map_err(|cause| Error::invalid("", format!("{} cannot be written: {cause}", path.display())))
}

/// The key container of a register, which only a sandbox shows.
fn container(sandbox: &str, register: &str) -> Result<Value> {
    let wire = Wire {
        base: sandbox.to_owned(),
        method: Method::Get,
        path: format!("/_sandbox/sign-at/registers/{register}/verification"),
        headers: Vec::new(),
        bearer: None,
        body: None,
    };
    let transport = HttpTransport::new(&Network::default())?;
    match transport.send(&wire, PATIENCE, &Interrupt::never()) {
        Sent::Answered { answer, .. } if answer.status == 200 => Ok(answer.body),
        other => Err(Error::internal(format!("the sandbox does not show the register's keys: {other:?}"))),
    }
}

fn proven(scene: &Scene, receipt: &Value, output: &mut Output) {
    let verified: Vec<&str> = list(receipt, "/verified").iter().filter_map(Value::as_str).collect();
    let (name, place) = scene.called;
    output.line("");
    output.line(format_args!(
        "{} by {} as {name} {}",
        text(receipt, "/state"),
        scene.service,
        text(receipt, place)
    ));
    output.line(format_args!("verified: {}", verified.join(", ")));
}

/// Writes the configuration, and the sandbox's credentials into files of their own.
fn configuration(scene: &Scene, folder: &Path, ready: &Value) -> io::Result<PathBuf> {
    for part in ["key", "secret"] {
        std::fs::write(folder.join(part), text(ready, &format!("/accounts/{}/{part}", scene.keys)))?;
    }
    let config = folder.join("fiskal.toml");
    std::fs::write(
        &config,
        scene.config.replace("{url}", text(ready, &format!("/accounts/{}/url", scene.url))),
    )?;
    Ok(config)
}

/// Who sells what in a country.
struct Scene {
    service: &'static str,
    /// The sandbox's account whose key it has.
    keys: &'static str,
    /// The sandbox's account whose address it has.
    url: &'static str,
    /// What the service calls what it made, and where that stands in the receipt.
    called: (&'static str, &'static str),
    merchant: &'static str,
    config: &'static str,
    sale: fn() -> Value,
}

impl Scene {
    fn of(country: Country) -> Scene {
        match country {
            Country::Fr => Scene {
                service: "SIGN FR",
                keys: "sign-fr",
                url: "sign-fr",
                called: ("record", "/ids/record"),
                merchant: "Boulangerie Martin SARL, Paris",
                config: include_str!("demo.toml"),
                sale: french_sale,
            },
            Country::It => Scene {
                service: "SIGN IT",
                keys: "sign-fr",
                url: "sign-fr",
                called: ("record", "/ids/record"),
                merchant: "Bar Rossi S.r.l., Roma",
                config: include_str!("demo-it.toml"),
                sale: italian_sale,
            },
            Country::At => Scene {
                service: "SIGN AT",
                keys: "management",
                url: "sign-at",
                called: ("receipt", "/fiscal/number"),
                merchant: "Café Muster GmbH, Graz",
                config: include_str!("demo-at.toml"),
                sale: austrian_sale,
            },
        }
    }
}

fn italian_sale() -> Value {
    json!({
        "id": "demo-1",
        "register": "till-1",
        "number": "2026-0001",
        "cashier": {"id": "7", "name": "Anna"},
        "items": [
            {"text": "Caffè", "quantity": "2", "unit_price": "1.20", "vat": "10"},
            {"text": "Cornetto", "quantity": "1", "unit_price": "1.50", "vat": "10"},
            {"text": "Tazza", "quantity": "1", "unit_price": "9.90", "vat": "22"},
        ],
        "payments": [{"method": "card", "amount": "13.80"}],
        "customer": {"lottery_code": "AB12CD34"},
    })
}

fn austrian_sale() -> Value {
    json!({
        "id": "demo-1",
        "register": "till-1",
        "number": "R-2026-0001",
        "cashier": {"id": "7", "name": "Anna"},
        "items": [
            {"text": "Melange", "quantity": "2", "unit_price": "4.20", "vat": "20"},
            {"text": "Sachertorte", "quantity": "1", "unit_price": "5.50", "vat": "10"},
            {"text": "Bauernbrot", "quantity": "1", "unit_price": "3.10", "vat": "4.9"},
        ],
        "payments": [{"method": "cash", "amount": "17.00", "tendered": "20.00"}],
    })
}

fn french_sale() -> Value {
    json!({
        "id": "demo-1",
        "register": "till-1",
        "number": "R-2026-0001",
        "cashier": {"id": "7", "name": "Anna"},
        "items": [
            {"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"},
            {"text": "Tarte aux pommes", "quantity": "1", "unit_price": "18.00", "vat": "5.5"},
            {"text": "Sac en tissu", "quantity": "1", "unit_price": "6.00", "vat": "20"},
        ],
        "payments": [{"method": "cash", "amount": "26.40", "tendered": "30.00"}],
    })
}

fn no_folder(cause: io::Error) -> Error {
    Error::internal(format!("the demo's temporary folder cannot be used: {cause}"))
}
