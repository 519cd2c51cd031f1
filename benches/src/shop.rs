//! A shop on a sandbox of its own, sold at through the core.

use crate::Outcome;
use fiskal::Fiskal;
use fiskal::journal::{FileSecrets, Filter};
use fiskal_sandbox::{Options, Sandbox};
use reqwest::blocking::Client;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const CONFIGURATION: &str = "fiskal.toml";

/// A provisioned shop. The sandbox keeps its state in memory: every sync of the process is the journal's.
pub(crate) struct Shop {
    pub(crate) fiskal: Fiskal,
    pub(crate) sandbox: Sandbox,
    journal: PathBuf,
    folder: TempDir,
}

impl Shop {
    /// Starts a sandbox and provisions `registers` tills, `till-1` and on.
    pub(crate) fn open(registers: u64) -> Outcome<Shop> {
        let sandbox = Sandbox::start(Options::default())?;
        let folder = folder()?;
        let place = folder.path().join(CONFIGURATION);
        std::fs::write(&place, configuration(sandbox.ready(), registers))?;
        let fiskal = Fiskal::open_file(&place)?;
        fiskal.call("provision", &json!({}))?;
        Ok(Shop { fiskal, sandbox, journal: folder.path().join("fiskal.db"), folder })
    }

    /// Plants a fault in the sandbox.
    pub(crate) fn plant(&self, fault: &Value) -> Outcome<()> {
        let client = Client::builder().no_proxy().build()?;
        let request = client.post(format!("{}/_sandbox/faults", self.sandbox.url()));
        request
            .header("Content-Type", "application/json")
            .body(fault.to_string())
            .send()?
            .error_for_status()?;
        Ok(())
    }

    /// Closes the core and opens it again, as at the next start of the till: not signed in.
    pub(crate) fn reopened(self) -> Outcome<Shop> {
        let Shop { fiskal, sandbox, journal, folder } = self;
        drop(fiskal);
        let fiskal = Fiskal::open_file(folder.path().join(CONFIGURATION))?;
        Ok(Shop { fiskal, sandbox, journal, folder })
    }

    /// A file beside the journal.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The configuration's file, for other processes.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.path(CONFIGURATION)
    }

    /// Begins a sale and completes it, as a till does.
    pub(crate) fn sell(&self, register: &str, number: &str) -> Outcome<Value> {
        let cashier = json!({ "id": "7", "name": "Anna" });
        let begun = self.fiskal.call("sale.begin", &json!({ "register": register, "cashier": cashier }))?;
        let receipt = self.fiskal.call("sale.complete", &cart(register, number, &begun["sale"]))?;
        match receipt["state"].as_str() {
            Some("signed") => Ok(receipt),
            state => Err(format!("the sale {number} is {state:?}").into()),
        }
    }

    /// The last request with this label that the core wrote down for a register.
    pub(crate) fn request(&self, register: &str, label: &str) -> Outcome<Value> {
        let kind = Some("exchange.request".to_owned());
        let line = Some(format!("paris@sandbox/register/{register}"));
        let entries = self.fiskal.journal().entries(&Filter { line, kind, after: 0, limit: 1000 })?;
        let requests = entries.into_iter().rev().filter_map(|entry| entry.payload);
        let mut labelled = requests.filter(|payload| payload["request"]["label"] == label);
        labelled.next().map(|payload| payload["request"].clone()).ok_or_else(|| format!("no {label}").into())
    }

    /// A secret that the core was given by the service.
    pub(crate) fn secret(&self, name: &str) -> Outcome<String> {
        let secret = FileSecrets::beside(&self.journal).get(name)?;
        Ok(secret.ok_or_else(|| format!("no secret {name}"))?.expose_secret().to_owned())
    }
}

/// A folder on the disk that the project lies on.
pub(crate) fn folder() -> Outcome<TempDir> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    std::fs::create_dir_all(&target)?;
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(target)?)
}

/// A sale of three items at two VAT rates.
fn cart(register: &str, number: &str, id: &Value) -> Value {
    json!({
        "id": id, "register": register, "number": number,
        "items": [
            {"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"},
            {"text": "Tarte aux pommes", "quantity": "1", "unit_price": "18.00", "vat": "5.5"},
            {"text": "Sac en tissu", "quantity": "1", "unit_price": "6.00", "vat": "20"},
        ],
        "payments": [{"method": "cash", "amount": "26.40"}],
    })
}

/// The same sale, whole at once.
pub(crate) fn whole(register: &str, number: &str) -> Value {
    cart(register, number, &Value::from(number))
}

fn configuration(ready: &Value, registers: u64) -> String {
    let account = &ready["accounts"]["sign-fr"];
    let shop = format!(
        r#"
        journal = "fiskal.db"
        sync = "manual"
        [account.paris]
        service = "sign-fr"
        environment = "sandbox"
        url = {url}
        key = {key}
        secret = {secret}
        [merchant.martin]
        account = "paris"
        name = "Boulangerie Martin SARL"
        tax_id = "123456789"
        address = {{ street = "Rue de Rivoli", number = "123", code = "75001", city = "Paris", country = "FR" }}
        [location.rivoli]
        merchant = "martin"
        "#,
        url = account["url"],
        key = account["key"],
        secret = account["secret"],
    );
    (1..=registers).fold(shop, |shop, till| {
        format!(
            "{shop}\n[register.till-{till}]\nlocation = \"rivoli\"\nmodel = \"POS-1000\"\n\
             software = {{ name = \"bench\", version = \"1\" }}\n"
        )
    })
}
