//! A folder with a configuration and a journal, whose register sells through a sandbox.

use crate::Result;
use crate::case::folder;
use crate::matching::merge;
use fiskal_sandbox::Sandbox;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// The folder; it goes with the value.
#[derive(Debug)]
pub struct Shop {
    folder: TempDir,
}

impl Shop {
    /// Writes `config.json` with the sandbox's address and key, and `patch` laid over it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(sandbox: &Sandbox, patch: &Value) -> Result<Shop> {
        let shop = Shop { folder: tempfile::Builder::new().prefix("fiskal-conformance-").tempdir()? };
        let mut config: Value =
            serde_json::from_str(&std::fs::read_to_string(folder().join("config.json"))?)?;
        let account = sandbox.ready().pointer("/accounts/sign-fr").cloned().unwrap_or_default();
        let own = json!({"url": account["url"], "key": account["key"], "secret": account["secret"]});
        merge(&mut config, &json!({"account": {"paris": own}}));
        merge(&mut config, patch);
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
