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
    /// Whether the account speaks the guide, whose paths are others.
    speaks_guide: bool,
}

impl Shop {
    /// Writes `config.json` with the sandbox's address and key, and `patch` laid over it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(sandbox: &Sandbox, patch: &Value) -> Result<Shop> {
        let mut config: Value =
            serde_json::from_str(&std::fs::read_to_string(folder().join("config.json"))?)?;
        let account = sandbox.ready().pointer("/accounts/sign-fr").cloned().unwrap_or_default();
        let own = json!({"url": account["url"], "key": account["key"], "secret": account["secret"]});
        merge(&mut config, &json!({"account": {"paris": own}}));
        merge(&mut config, patch);
        let contract = config.pointer("/account/paris/contract").and_then(Value::as_str);
        let shop = Shop {
            folder: tempfile::Builder::new().prefix("fiskal-conformance-").tempdir()?,
            speaks_guide: contract == Some("2026-05-04"),
        };
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

    /// A fault that strikes where the account's contract has what the case names by the reference's path.
    pub fn struck(&self, fault: &Value) -> Value {
        let mut fault = fault.clone();
        if let Some(Value::String(path)) = fault.pointer_mut("/match/path").filter(|_| self.speaks_guide)
            && let Some(rest) = path.strip_prefix("/sign-fr/")
        {
            *path = format!("/sign-fr/api/v1/{}", rest.replacen("tokens", "auth/token", 1));
        }
        fault
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
