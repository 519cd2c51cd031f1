//! Accounts, merchants, locations and registers, from TOML or JSON; secrets by reference.
//!
//! What is wrong is an error of the kind `config` that names file, line and key. Where a section leaves
//! out what a service wants, `test` and `sandbox` get a documented dummy (see [`Merchant`] and
//! [`Register`]); `live` is told what is missing.

mod defaults;
mod read;
mod secret;
mod section;
mod source;

pub use crate::services::Checks;
pub use secret::SecretRef;
pub use source::Source;

use crate::error::{Error, Kind, Result};
use crate::services;
use crate::transport::Network;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The services that a configuration can name.
pub const SERVICES: [&str; 5] = ["sign-fr", "sign-it", "sign-at", "sign-es", "openfiskal"];

/// All that libfiskal has to be told before it can open.
#[derive(Clone, Debug)]
pub struct Config {
    /// The journal's file, absolute.
    pub journal: PathBuf,
    /// Who settles what waits.
    pub sync: SyncMode,
    /// How this machine reaches the services.
    pub network: Network,
    /// The accounts by name.
    pub accounts: BTreeMap<String, Account>,
    /// The merchants by name; each one's account exists.
    pub merchants: BTreeMap<String, Merchant>,
    /// The locations by name; each one's merchant exists.
    pub locations: BTreeMap<String, Location>,
    /// The registers by name; each one's location exists.
    pub registers: BTreeMap<String, Register>,
    /// The secrets in the merchants' blocks, by the names under which requests name them.
    pub secrets: BTreeMap<String, SecretRef>,
    source: Source,
}

/// Who settles what waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncMode {
    /// A thread of the core, by itself.
    #[default]
    Auto,
    /// Only the operation `sync`.
    Manual,
}

/// A service with one set of credentials and one environment.
#[derive(Clone, Debug)]
pub struct Account {
    /// One of [`SERVICES`].
    pub service: String,
    /// Where it runs.
    pub environment: Environment,
    /// The API key.
    pub key: SecretRef,
    /// The API secret; OpenFiskal has none.
    pub secret: Option<SecretRef>,
    /// An address that takes the place of the environment's own: https, or http on loopback.
    pub url: Option<String>,
    /// The published contract to speak; the service's default if absent.
    pub contract: Option<String>,
    /// The longest that begin or complete may keep the customer waiting: 100 ms to 60 s, by default 3 s.
    pub patience: Duration,
    /// What happens when an answer does not say what was sent.
    pub checks: Checks,
}

impl Account {
    /// The account as its service wants to know it.
    pub(crate) fn described(&self, name: &str) -> services::Account {
        services::Account {
            name: name.into(),
            service: self.service.clone(),
            environment: self.environment.name().into(),
            url: self.url.clone(),
            contract: self.contract.clone(),
            checks: self.checks,
        }
    }
}

/// Where an account's service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Real receipts.
    Live,
    /// The service's own playground.
    Test,
    /// The sandbox on this machine.
    Sandbox,
}

impl Environment {
    /// The name in the configuration and in the names of lines.
    pub fn name(self) -> &'static str {
        match self {
            Environment::Live => "live",
            Environment::Test => "test",
            Environment::Sandbox => "sandbox",
        }
    }
}

/// A taxpayer.
///
/// Outside `live`, a merchant without `address` or `tax_id` gets those of its service's country:
///
/// | service | address | tax_id |
/// |---|---|---|
/// | sign-fr | Rue de Rivoli 123, 75001 Paris, FR | 123456789 |
/// | sign-it | Via del Corso 1, 00186 Roma, IT | 12345678903 |
/// | sign-at | Stephansplatz 1, 1010 Wien, AT | – (its block names the taxpayer) |
/// | sign-es | Calle de Alcalá 1, 28014 Madrid, ES | A12345674 |
/// | openfiskal | Unter den Linden 1, 10117 Berlin, DE | 37/000/00000 |
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merchant {
    /// The name of its account.
    pub account: String,
    /// The legal name.
    pub name: String,
    /// The name over the door; the legal name if none is given.
    pub trade_name: String,
    /// The tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<String>,
    /// The seat.
    pub address: Address,
    /// The IANA name of the time zone; the country's if none is given.
    pub zone: String,
    /// What only one service wants, by the service's name.
    pub services: Blocks,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The name of its merchant.
    pub merchant: String,
    /// The merchant's trade name if none is given.
    pub name: String,
    /// The merchant's if none is given.
    pub address: Address,
    /// The IANA name of the time zone; the merchant's, or that of the address's own country.
    pub zone: String,
    /// What only one service wants, by the service's name.
    pub services: Blocks,
}

/// A till.
///
/// Outside `live`, the model is `TEST` and the software `libfiskal` with its version if none is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Register {
    /// The name of its location.
    pub location: String,
    /// The manufacturer's name or number of the model.
    pub model: String,
    /// The program that sells.
    pub software: Software,
    /// What only one service wants, by the service's name.
    pub services: Blocks,
}

/// The program that sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Software {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The street.
    pub street: String,
    /// The number in the street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The postal code.
    pub code: String,
    /// The city.
    pub city: String,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: String,
}

/// Per service, what only that service wants, as it was written.
///
/// May hold secrets: its `Debug` form shows names only.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Blocks(Map<String, Value>);

impl Blocks {
    /// The block of this service; empty if there is none.
    pub fn get(&self, service: &str) -> Map<String, Value> {
        self.0.get(service).and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

impl fmt::Debug for Blocks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

/// A register with all that stands above it.
#[derive(Clone, Copy, Debug)]
pub struct Till<'a> {
    /// The register's name.
    pub name: &'a str,
    /// The register.
    pub register: &'a Register,
    /// Its location.
    pub location: &'a Location,
    /// Its merchant.
    pub merchant: &'a Merchant,
    /// Its account.
    pub account: &'a Account,
}

impl Config {
    /// Reads a file: JSON if its name ends in `.json`, otherwise TOML.
    ///
    /// # Errors
    /// `config`, with file, line and key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        Source::from_file(path.as_ref())?.read()
    }

    /// Reads TOML. `origin` names the text in errors; relative paths are taken from its folder.
    ///
    /// # Errors
    /// `config`, with file, line and key.
    pub fn from_toml(text: &str, origin: impl AsRef<Path>) -> Result<Self> {
        Source::from_toml(text, origin.as_ref())?.read()
    }

    /// Reads JSON; relative paths are taken from the working directory.
    ///
    /// # Errors
    /// `config`, with the line where the text is not JSON, otherwise with the JSON pointer.
    pub fn from_json(text: &str) -> Result<Self> {
        Source::from_json(text)?.read()
    }

    /// This configuration with keys that win over it: a JSON merge patch (RFC 7396), so that `null`
    /// takes a key away. Where the file alone is incomplete, use [`Source::with_overrides`].
    ///
    /// # Errors
    /// `config`, with the JSON pointer.
    pub fn with_overrides(self, overrides: &Value) -> Result<Self> {
        self.source.with_overrides(overrides)?.read()
    }

    /// Whether the other says the same, wherever it was read from.
    pub fn is_same(&self, other: &Config) -> bool {
        self.journal == other.journal && self.source.says_the_same(&other.source)
    }

    /// The register of this name with all that stands above it.
    ///
    /// # Errors
    /// `not_found`, naming the registers that there are.
    pub fn till(&self, register: &str) -> Result<Till<'_>> {
        let found = || {
            let (name, register) = self.registers.get_key_value(register)?;
            let location = self.locations.get(&register.location)?;
            let merchant = self.merchants.get(&location.merchant)?;
            let account = self.accounts.get(&merchant.account)?;
            Some(Till { name, register, location, merchant, account })
        };
        found().ok_or_else(|| {
            let known = section::listed(self.registers.keys());
            let name = section::quoted(register);
            Error::new(Kind::NotFound, format!("there is no register {name}; the configuration has {known}"))
        })
    }

    /// The account of this name.
    ///
    /// # Errors
    /// `not_found`, naming the accounts that there are.
    pub fn account(&self, name: &str) -> Result<&Account> {
        self.accounts.get(name).ok_or_else(|| {
            let known = section::listed(self.accounts.keys());
            let name = section::quoted(name);
            Error::new(Kind::NotFound, format!("there is no account {name}; the configuration has {known}"))
        })
    }

    /// A secret to which something else than the configuration refers, as `env:NAME` or `file:PATH`; a relative
    /// path is taken from the configuration's folder. `pointer` names the reference in errors.
    ///
    /// # Errors
    /// `invalid` at `pointer` for the secret itself, which is not shown, and for a reference to nothing.
    pub fn secret(&self, reference: &str, pointer: &str) -> Result<SecretRef> {
        if !SecretRef::is_reference(reference) {
            let message = "the secret itself must not stand here, for the journal would keep it; give env:NAME or file:PATH";
            return Err(Error::invalid(pointer, message));
        }
        let origin = secret::Origin { pointer: pointer.into(), ..secret::Origin::default() };
        SecretRef::parse(reference, self.source.folder(), origin).map_err(|why| Error::invalid(pointer, why))
    }

    /// Adds file and line to an error that names a key by its pointer, such as `/merchant/martin/sign-fr/siret`.
    pub fn locate(&self, error: Error) -> Error {
        self.source.locate(error)
    }
}
