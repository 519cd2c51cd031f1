//! What the sections mean.

use super::defaults::{Dummy, is_zone, zone_of};
use super::secret::SecretRef;
use super::section::{Section, listed, quoted, shown};
use super::source::Source;
use super::{
    Account, Address, Blocks, Checks, Config, Environment, Location, Merchant, Register, SERVICES, Software,
    SyncMode,
};
use crate::error::{Error, Result};
use crate::exchange::LineKind;
use crate::services;
use crate::transport::{Network, Proxy, Roots, check_base, is_on_this_machine};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

const ROOT: [&str; 7] = ["journal", "sync", "network", "account", "merchant", "location", "register"];
const ACCOUNT: [&str; 8] =
    ["service", "environment", "key", "secret", "url", "contract", "patience", "checks"];
const MERCHANT: [&str; 6] = ["account", "name", "trade_name", "tax_id", "address", "zone"];
const LOCATION: [&str; 4] = ["merchant", "name", "address", "zone"];
const REGISTER: [&str; 3] = ["location", "model", "software"];

const PATIENCE: Duration = Duration::from_secs(3);
const LEAST_PATIENCE: Duration = Duration::from_millis(100);
const MOST_PATIENCE: Duration = Duration::from_secs(60);

impl Source {
    /// Checks what the sections say and puts in what they leave out.
    ///
    /// # Errors
    /// `config`, with file, line and key.
    pub fn read(self) -> Result<Config> {
        let root = Section::root(&self, &ROOT)?;
        let accounts = all(&root, "account", &ACCOUNT, account)?;
        if accounts.is_empty() {
            let message = "the configuration has no [account.NAME]; `fiskal init` writes one to start from";
            return Err(root.wrong("account", message));
        }
        let mut known = Known { accounts, ..Known::default() };
        known.merchants =
            all(&root, "merchant", &with_services(&MERCHANT), |section| merchant(section, &known))?;
        let secrets = all(&root, "merchant", &with_services(&MERCHANT), |section| secrets(section, &known))?;
        known.locations =
            all(&root, "location", &with_services(&LOCATION), |section| location(section, &known))?;
        let registers =
            all(&root, "register", &with_services(&REGISTER), |section| register(section, &known))?;
        Ok(Config {
            journal: path(&root, "journal", root.place("journal")?.unwrap_or("fiskal.db"))?,
            sync: root
                .choice("sync", &[("auto", SyncMode::Auto), ("manual", SyncMode::Manual)])?
                .unwrap_or_default(),
            network: network(&root)?,
            accounts: known.accounts,
            merchants: known.merchants,
            locations: known.locations,
            registers,
            secrets: secrets.into_iter().flat_map(|(name, secrets)| named(&name, secrets)).collect(),
            source: self,
        })
    }
}

/// The sections that others may refer to, as far as they have been read.
#[derive(Default)]
struct Known {
    accounts: BTreeMap<String, Account>,
    merchants: BTreeMap<String, Merchant>,
    locations: BTreeMap<String, Location>,
}

impl Known {
    fn account_of(&self, merchant: &str) -> Result<&Account> {
        let account = self.merchants.get(merchant).and_then(|merchant| self.accounts.get(&merchant.account));
        account.ok_or_else(|| Error::internal(format!("the merchant {} lost its account", quoted(merchant))))
    }
}

fn all<T>(
    root: &Section<'_>,
    key: &str,
    known: &[&str],
    read: impl Fn(&Section<'_>) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let sections = root.named(key, known)?;
    sections.iter().map(|(name, section)| Ok(((*name).to_owned(), read(section)?))).collect()
}

fn with_services(keys: &[&'static str]) -> Vec<&'static str> {
    keys.iter().chain(&SERVICES).copied().collect()
}

fn network(root: &Section<'_>) -> Result<Network> {
    let mut network = Network::default();
    let Some(section) = root.section("network", &["proxy", "roots"])? else { return Ok(network) };
    if let Some(proxy) = section.place("proxy")? {
        network.proxy =
            Proxy::try_from(proxy.to_owned()).map_err(|error| section.wrong("proxy", error.message()))?;
    }
    if let Some(roots) = section.place("roots")? {
        network.roots = match Roots::from(roots.to_owned()) {
            Roots::Pem(_) => Roots::Pem(path(&section, "roots", roots)?),
            other => other,
        };
    }
    Ok(network)
}

fn account(section: &Section<'_>) -> Result<Account> {
    let services = SERVICES.map(|name| (name, name));
    let service = section.choice("service", &services)?.ok_or_else(|| section.missing("service"))?;
    let environments =
        [Environment::Live, Environment::Test, Environment::Sandbox].map(|one| (one.name(), one));
    let environment =
        section.choice("environment", &environments)?.ok_or_else(|| section.missing("environment"))?;
    let url = section.place("url")?;
    if let Some(url) = url {
        check_base(url).map_err(|error| section.wrong("url", error.message()))?;
        if environment == Environment::Live && is_on_this_machine(url) {
            tracing::warn!(
                key = section.pointer("url"),
                "a live account's url leads to this machine; a sandbox there signs nothing that counts"
            );
        }
    }
    let secret = secret(section, "secret", environment)?;
    if secret.is_none() && service != "openfiskal" {
        return Err(section.missing("secret"));
    }
    let checks = [("enforce", Checks::Enforce), ("report", Checks::Report)];
    Ok(Account {
        service: service.into(),
        environment,
        key: self::secret(section, "key", environment)?.ok_or_else(|| section.missing("key"))?,
        secret,
        url: url.map(|url| url.trim_end_matches('/').to_owned()),
        contract: section.text("contract")?.map(str::to_owned),
        patience: patience(section)?,
        checks: section.choice("checks", &checks)?.unwrap_or_default(),
    })
}

fn secret(section: &Section<'_>, key: &str, environment: Environment) -> Result<Option<SecretRef>> {
    let Some(text) = section.place(key)? else { return Ok(None) };
    let source = section.source();
    let origin = source.origin(&section.pointer(key));
    let secret =
        SecretRef::parse(text, source.folder(), origin).map_err(|wrong| section.wrong(key, wrong))?;
    if secret.is_literal() && environment != Environment::Sandbox {
        tracing::warn!(
            key = section.pointer(key),
            "the secret itself stands in the configuration; env:NAME or file:PATH keeps it out"
        );
    }
    Ok(Some(secret))
}

fn patience(section: &Section<'_>) -> Result<Duration> {
    let Some(text) = section.text("patience")? else { return Ok(PATIENCE) };
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|duration| duration.try_into().ok());
    let patience: Duration = parsed.ok_or_else(|| {
        section.wrong("patience", format!("{} is no duration; write 3s or 500ms", quoted(text)))
    })?;
    if (LEAST_PATIENCE..=MOST_PATIENCE).contains(&patience) {
        return Ok(patience);
    }
    Err(section.wrong("patience", format!("{} is not between 100ms and 60s", quoted(text))))
}

fn merchant(section: &Section<'_>, known: &Known) -> Result<Merchant> {
    let (name_of_account, account) = reference(section, "account", &known.accounts)?;
    let (service, live) = (account.service.as_str(), account.environment == Environment::Live);
    let dummy = Dummy::of(service);
    let name = section.required("name")?;
    let address = match (address(section)?, dummy) {
        (Some(address), _) => address,
        (None, Some(dummy)) if !live => dummy.address(),
        _ => return Err(section.missing("address")),
    };
    let wanted = dummy.and_then(|dummy| dummy.tax_id);
    let tax_id = match (section.text("tax_id")?, wanted) {
        (None, Some(_)) if live => return Err(section.missing("tax_id")),
        (given, dummy) => given.or(dummy),
    };
    let zone = match zone(section)? {
        Some(zone) => zone,
        None => country_zone(section, &address)?,
    };
    let services = blocks(section, service, |block| {
        services::merchant_settings(service, account.environment.name(), block)
    })?;
    Ok(Merchant {
        account: name_of_account.into(),
        name: name.into(),
        trade_name: section.text("trade_name")?.unwrap_or(name).into(),
        tax_id: tax_id.map(str::to_owned),
        zone,
        address,
        services,
    })
}

/// The secrets of a merchant: the beginning of its line, and each by its key.
type MerchantSecrets = (String, Vec<(&'static str, SecretRef)>);

/// The secrets in a merchant's block. One that is left out is its dummy; in `live` that was refused before.
fn secrets(section: &Section<'_>, known: &Known) -> Result<MerchantSecrets> {
    let (name, account) = reference(section, "account", &known.accounts)?;
    let block = section.table(&account.service)?;
    let mut secrets = Vec::new();
    for wanted in services::merchant_secrets(&account.service) {
        let given = match &block {
            Some(block) => secret(block, wanted.key, account.environment)?,
            None => None,
        };
        let secret = match given {
            Some(given) => given,
            None => SecretRef::literal(wanted.dummy),
        };
        secrets.push((wanted.key, secret));
    }
    Ok((format!("{name}@{}", account.environment.name()), secrets))
}

fn named(merchant: &str, (account, secrets): MerchantSecrets) -> Vec<(String, SecretRef)> {
    let line = format!("{account}/{}/{merchant}", LineKind::Merchant.name());
    secrets.into_iter().map(|(key, secret)| (format!("{line}/{key}"), secret)).collect()
}

fn location(section: &Section<'_>, known: &Known) -> Result<Location> {
    let (name, merchant) = reference(section, "merchant", &known.merchants)?;
    let service = &known.account_of(name)?.service;
    let address = address(section)?;
    let abroad = address.as_ref().filter(|address| address.country != merchant.address.country);
    let zone = match (zone(section)?, abroad) {
        (Some(zone), _) => zone,
        (None, Some(address)) => country_zone(section, address)?,
        (None, None) => merchant.zone.clone(),
    };
    Ok(Location {
        merchant: name.into(),
        name: section.text("name")?.unwrap_or(&merchant.trade_name).into(),
        address: address.unwrap_or_else(|| merchant.address.clone()),
        zone,
        services: blocks(section, service, |block| services::location_settings(service, block))?,
    })
}

fn register(section: &Section<'_>, known: &Known) -> Result<Register> {
    let (name, location) = reference(section, "location", &known.locations)?;
    let account = known.account_of(&location.merchant)?;
    let (service, live) = (account.service.as_str(), account.environment == Environment::Live);
    let model = match section.text("model")? {
        None if live => return Err(section.missing("model")),
        given => given.unwrap_or("TEST"),
    };
    let software = match section.section("software", &["name", "version"])? {
        Some(software) => Software {
            name: software.required("name")?.into(),
            version: software.required("version")?.into(),
        },
        None if live => return Err(section.missing("software")),
        None => Software { name: "libfiskal".into(), version: env!("CARGO_PKG_VERSION").into() },
    };
    let services = blocks(section, service, |block| services::register_settings(service, block))?;
    Ok(Register { location: name.into(), model: model.into(), software, services })
}

/// The section that `key` refers to, with its name.
fn reference<'a, 'k, T>(
    section: &Section<'a>,
    key: &str,
    known: &'k BTreeMap<String, T>,
) -> Result<(&'a str, &'k T)> {
    let name = section.required(key)?;
    known.get(name).map(|found| (name, found)).ok_or_else(|| {
        let there_is = listed(known.keys());
        section.wrong(key, format!("there is no [{key}.{}]; the configuration has {there_is}", shown(name)))
    })
}

fn address(section: &Section<'_>) -> Result<Option<Address>> {
    let known = ["street", "number", "code", "city", "country"];
    let Some(address) = section.section("address", &known)? else { return Ok(None) };
    let country = address.required("country")?;
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let message = format!("{} is no country; write its two capital letters, such as FR", quoted(country));
        return Err(address.wrong("country", message));
    }
    Ok(Some(Address {
        street: address.required("street")?.into(),
        number: address.text("number")?.map(str::to_owned),
        code: address.required("code")?.into(),
        city: address.required("city")?.into(),
        country: country.into(),
    }))
}

fn zone(section: &Section<'_>) -> Result<Option<String>> {
    let Some(zone) = section.text("zone")? else { return Ok(None) };
    if is_zone(zone) {
        return Ok(Some(zone.into()));
    }
    Err(section
        .wrong("zone", format!("there is no time zone {}; write one such as Europe/Paris", quoted(zone))))
}

fn country_zone(section: &Section<'_>, address: &Address) -> Result<String> {
    let unknown = || {
        let message =
            format!("the time zone of {} is not known; add zone, such as Europe/Paris", address.country);
        section.wrong("zone", message)
    };
    zone_of(&address.country).map(str::to_owned).ok_or_else(unknown)
}

/// The services' blocks of a section; `check` looks into that of the section's own service.
fn blocks(
    section: &Section<'_>,
    service: &str,
    check: impl Fn(&Map<String, Value>) -> Result<Value>,
) -> Result<Blocks> {
    let mut blocks = Map::new();
    for service in SERVICES {
        if let Some(block) = section.block(service)? {
            blocks.insert(service.into(), Value::Object(block.clone()));
        }
    }
    let blocks = Blocks(blocks);
    if services::NAMES.contains(&service) {
        let place = |error: Error| section.source().locate(error.under(&section.pointer(service)));
        check(&blocks.get(service)).map_err(place)?;
    }
    Ok(blocks)
}

fn path(section: &Section<'_>, key: &str, path: &str) -> Result<std::path::PathBuf> {
    let unusable =
        |cause: std::io::Error| -> Error { section.wrong(key, format!("the path cannot be used: {cause}")) };
    section.source().path(path).map_err(unusable)
}
