//! `fiskal demo`: a sale from nothing to a receipt, over real HTTP, with nothing left behind.

use super::{exit_of, list, receipt, sandbox, text};
use crate::args::{Country, Paper};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::error::{Error, Result};
use fiskal_sandbox::Options;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// Starts a sandbox, provisions a merchant, sells three items at two VAT rates, prints the receipt.
pub(super) fn run(country: Country, output: &mut Output) -> Result<Exit> {
    let scene = Scene::of(country);
    let steps = output.steps(4);
    steps.next(&format!("starting a sandbox of {}", scene.service));
    let sandbox = sandbox::start(Options::default())?;
    let folder = tempfile::Builder::new().prefix("fiskal-demo-").tempdir().map_err(no_folder)?;
    let config = configuration(scene.config, folder.path(), sandbox.ready()).map_err(no_folder)?;

    let fiskal = Fiskal::open(Config::from_file(config)?)?;
    steps.next(&format!("provisioning {}", scene.merchant));
    fiskal.call("provision", &json!({}))?;
    steps.next("selling three items at two VAT rates");
    let receipt = fiskal.call("sale.complete", &(scene.sale)())?;
    steps.next("printing the receipt");
    let paper = receipt::printed(&receipt, Paper::Text)?;
    drop(steps);
    // The journal closes before its folder goes.
    drop(fiskal);
    sandbox.stop();
    folder.close().map_err(no_folder)?;

    if output.is_json() {
        output.value(&receipt);
    } else {
        output.bytes(&paper);
        proven(scene.service, &receipt, output);
    }
    Ok(exit_of(&receipt))
}

fn proven(service: &str, receipt: &Value, output: &mut Output) {
    let verified: Vec<&str> = list(receipt, "/verified").iter().filter_map(Value::as_str).collect();
    output.line("");
    output.line(format_args!(
        "{} by {service} as record {}",
        text(receipt, "/state"),
        text(receipt, "/ids/record")
    ));
    output.line(format_args!("verified: {}", verified.join(", ")));
    output.line("nothing of this is left on this machine");
}

/// Writes the configuration, and the sandbox's credentials into files of their own.
fn configuration(toml: &str, folder: &Path, ready: &Value) -> io::Result<PathBuf> {
    std::fs::write(folder.join("key"), text(ready, "/accounts/sign-fr/key"))?;
    std::fs::write(folder.join("secret"), text(ready, "/accounts/sign-fr/secret"))?;
    let config = folder.join("fiskal.toml");
    std::fs::write(&config, toml.replace("{url}", text(ready, "/accounts/sign-fr/url")))?;
    Ok(config)
}

/// Who sells what in a country.
struct Scene {
    service: &'static str,
    merchant: &'static str,
    config: &'static str,
    sale: fn() -> Value,
}

impl Scene {
    fn of(country: Country) -> Scene {
        match country {
            Country::Fr => Scene {
                service: "SIGN FR",
                merchant: "Boulangerie Martin SARL, Paris",
                config: include_str!("demo.toml"),
                sale: french_sale,
            },
            Country::It => Scene {
                service: "SIGN IT",
                merchant: "Bar Rossi S.r.l., Roma",
                config: include_str!("demo-it.toml"),
                sale: italian_sale,
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
