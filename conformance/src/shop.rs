//! A folder with a configuration and a journal, whose register sells through a sandbox.

use crate::Result;
use crate::case::folder;
use crate::matching::merge;
use fiskal_sandbox::Sandbox;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// What a key begins with that is that of another account of the sandbox.
const KEY_OF: &str = "sandbox:";

/// The folder; it goes with the value.
#[derive(Debug)]
pub struct Shop {
    folder: TempDir,
}

fn accounts_of(config: &mut Value) -> impl Iterator<Item = &mut Value> {
    config["account"].as_object_mut().into_iter().flat_map(|accounts| accounts.values_mut())
}

/// The account of the sandbox whose key is meant, where it is not the service's own.
fn above(account: &Value) -> Option<&str> {
    account["key"].as_str()?.strip_prefix(KEY_OF)
}

impl Shop {
    /// Writes `config.json` with the sandbox's address and key, and `patch` laid over it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(sandbox: &Sandbox, patch: &Value) -> Result<Shop> {
        Shop::from("config.json", sandbox, patch)
    }

    /// As [`Shop::new`], from another of the configurations in this crate's folder.
    ///
    /// # Errors
    /// When there is no such configuration, or the folder cannot be written.
    pub fn from(start: &str, sandbox: &Sandbox, patch: &Value) -> Result<Shop> {
        let shop = Shop { folder: tempfile::Builder::new().prefix("fiskal-conformance-").tempdir()? };
        let mut config: Value = serde_json::from_str(&std::fs::read_to_string(folder().join(start))?)?;
        let accounts = &sandbox.ready()["accounts"];
        for account in accounts_of(&mut config) {
            // One interface serves both; the taxpayer's country decides.
            let service = match account["service"].as_str() {
                Some("sign-it") | None => "sign-fr",
                Some(service) => service,
            };
            let url = accounts[service]["url"].clone();
            let keys = &accounts[above(account).unwrap_or(service)];
            let own = json!({"url": url, "key": keys["key"], "secret": keys["secret"]});
            merge(account, &own);
        }
        merge(&mut config, patch);
        for account in accounts_of(&mut config) {
            let Some(keys) = above(account).map(|above| &accounts[above]) else { continue };
            merge(account, &json!({"key": keys["key"], "secret": keys["secret"]}));
        }
        std::fs::write(shop.config(), format!("{config:#}\n"))?;
        Ok(shop)
    }

    /// The configuration's file.
    pub fn config(&self) -> PathBuf {
        self.path("fiskal.json")
    }

    /// Leaves the folder behind, for whoever wants to know what happened in it.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
