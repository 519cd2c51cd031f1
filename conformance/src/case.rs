//! The cases: their form, and how they are found. `README.md` beside this crate describes the form
//! for runners in other languages.

use crate::Result;
use crate::cents::Cents;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// One case, as its file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What happens, in a sentence.
    pub name: String,
    /// Why it matters, with the source of the rule.
    pub why: String,
    /// Why how often something is asked again depends on the machine; then repetitions are not compared
    /// between doors.
    #[serde(default)]
    pub timing: Option<String>,
    /// The configuration to start from.
    #[serde(default = "france")]
    pub from: String,
    /// What differs from it (JSON merge patch, RFC 7396).
    #[serde(default)]
    pub config: Value,
    /// What differs from the sandbox's default settings.
    #[serde(default)]
    pub sandbox: Option<Value>,
    /// Whether `provision` is called before the steps.
    #[serde(default = "yes")]
    pub provision: bool,
    /// The configuration cannot be opened, and this is the error.
    #[serde(default)]
    pub open_error: Option<Value>,
    /// Steps that lead to the ones that matter.
    #[serde(default)]
    pub setup: Vec<Step>,
    /// What is done, and what must come of it.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// All that the sandbox must have booked in the end, in its order.
    #[serde(default)]
    pub booked: Option<Vec<Value>>,
    /// The amounts of a receipt, worked out by a second method.
    #[serde(default)]
    pub cents: Option<Cents>,
}

/// One step: what is changed around the call first, then the call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A name under which later steps refer to the result.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// Closes and opens the journal, as a restarted till does.
    #[serde(default)]
    pub reopen: bool,
    /// Removes all faults.
    #[serde(default)]
    pub heal: bool,
    /// Faults to plant, each as `POST /_sandbox/faults` takes it.
    #[serde(default)]
    pub faults: Vec<Value>,
    /// What `PUT /_sandbox/clock` gets.
    #[serde(default)]
    pub clock: Option<Value>,
    /// What `PUT /_sandbox/settings` gets.
    #[serde(default)]
    pub settings: Option<Value>,
    /// The operation.
    #[serde(default)]
    pub call: Option<String>,
    /// Its parameters.
    #[serde(default)]
    pub params: Value,
    /// The parameters are handed over as JSON text where a language has methods of its own.
    #[serde(default)]
    pub raw: bool,
    /// What the result must contain.
    #[serde(default)]
    pub expect: Option<Value>,
    /// What the result must be, less the pointers of `volatile.json`.
    #[serde(default)]
    pub whole: Option<Value>,
    /// What the error must contain.
    #[serde(default)]
    pub error: Option<Value>,
}

fn france() -> String {
    "config.json".into()
}

fn yes() -> bool {
    true
}

/// The folder of this crate, where the cases lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of all cases, sorted.
///
/// # Errors
/// When a folder cannot be read.
pub fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(&folder().join("cases"), &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads a case.
///
/// # Errors
/// When the file cannot be read, is no case, or a step neither calls nor changes anything.
pub fn read(file: &Path) -> Result<Case> {
    let text = std::fs::read_to_string(file)?;
    let case: Case = serde_json::from_str(&text)?;
    for (index, step) in case.setup.iter().chain(&case.steps).enumerate() {
        let judged = step.expect.is_some() || step.whole.is_some() || step.error.is_some();
        if judged && step.call.is_none() {
            return Err(format!("step {index} expects something of no call").into());
        }
        if step.error.is_some() && (step.expect.is_some() || step.whole.is_some()) {
            return Err(format!("step {index} expects a result and an error").into());
        }
        if step.raw && step.error.is_none() {
            return Err(format!("step {index} is raw, but what succeeds can be given to a method").into());
        }
    }
    Ok(case)
}

/// How a file is called in what the runner says: its path below `cases/`.
pub fn title(file: &Path) -> String {
    file.strip_prefix(folder().join("cases")).unwrap_or(file).display().to_string()
}
