//! What the till believes: one JSON line for each answer it got, on the disk before it goes on.

use super::plan::{Sale, Way};
use crate::Result;
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// One thing that the till was told.
#[derive(Clone, Debug)]
pub struct Belief {
    /// The sale.
    pub sale: String,
    /// `receipt`, `cancelled`, `aborted` or `error`.
    pub kind: String,
    /// What came back.
    pub told: Value,
}

/// The till's own file.
#[derive(Debug)]
pub struct Beliefs {
    file: File,
    /// All lines so far.
    pub held: Vec<Belief>,
}

impl Beliefs {
    /// Opens the file, or makes it. The line that a kill cut short is nobody's belief.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: &Path) -> Result<Beliefs> {
        let held = Beliefs::read(path)?;
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // Ends a line that was cut short.
        file.write_all(b"\n")?;
        Ok(Beliefs { file, held })
    }

    /// The lines of the file.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(path: &Path) -> Result<Vec<Belief>> {
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        Ok(text.lines().filter_map(parsed).collect())
    }

    /// Believes something; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&mut self, sale: &str, kind: &str, told: Value) -> Result<()> {
        let line = serde_json::json!({"sale": sale, "kind": kind, "told": told});
        self.file.write_all(format!("{line}\n").as_bytes())?;
        self.file.sync_data()?;
        self.held.push(Belief { sale: sale.to_owned(), kind: kind.to_owned(), told });
        Ok(())
    }

    /// Whether nothing about the sale is open: it was aborted, or its last receipt is signed.
    pub fn is_over(&self, sale: &Sale) -> bool {
        self.held.iter().filter(|belief| belief.sale == sale.id).any(|belief| {
            let signed = belief.told.get("state").is_some_and(|state| state == "signed");
            let last = if sale.way == Way::Cancelled { "cancelled" } else { "receipt" };
            belief.kind == "aborted" || (belief.kind == last && signed)
        })
    }
}

fn parsed(line: &str) -> Option<Belief> {
    let line: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Belief { sale: text("sale")?, kind: text("kind")?, told: line.get("told")?.clone() })
}
