//! `fiskal journal`

use super::{from_here, open, text};
use crate::args::{Format, Journal as Action};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::error::{Error, Kind, Result};
use fiskal::journal::{Exported, Filter, Journal, Verification, verify_export};
use serde_json::{Value, json};
use std::path::Path;

/// Entries read at a time.
const PAGE: u32 = 500;

pub(super) fn run(config: &Path, action: &Action, output: &mut Output) -> Result<Exit> {
    match action {
        Action::Verify { export: Some(folder), .. } => verify_exported(folder, output),
        Action::Verify { online: true, .. } => verify_online(&open(config)?, output),
        Action::Verify { .. } => verify(config, output),
        Action::Show => show(&open(config)?, output),
        Action::Export { dir, format, first, last } => {
            let format = match format {
                Format::Jsonl => "jsonl",
                Format::Csv => "csv",
            };
            let params = json!({ "path": from_here(dir)?, "format": format, "first": first, "last": last });
            let manifest = open(config)?.call("journal.export", &params)?;
            exported(dir, &manifest, output);
            Ok(Exit::Done)
        }
        Action::Backup { file } => {
            call(config, "journal.backup", &json!({ "path": from_here(file)? }), output)
        }
        Action::Redact { entries, reason } => {
            call(config, "journal.redact", &json!({ "entries": entries, "reason": reason }), output)
        }
    }
}

fn call(config: &Path, operation: &str, params: &Value, output: &mut Output) -> Result<Exit> {
    let result = open(config)?.call(operation, params)?;
    output.result(&result);
    Ok(if result.get("misfit").is_some_and(|misfit| !misfit.is_null()) { Exit::Failed } else { Exit::Done })
}

/// Which entries are in the folder now.
fn exported(dir: &Path, manifest: &Value, output: &mut Output) {
    if output.is_json() {
        return output.value(manifest);
    }
    let part = if manifest["whole"] == true { "the whole journal" } else { "a part of the journal" };
    output.line(format_args!(
        "{} has {part} {}, entries {} to {}, {} of them erased",
        dir.display(),
        text(manifest, "/journal"),
        manifest["first"]["seq"],
        manifest["last"]["seq"],
        manifest["erased"],
    ));
}

/// One entry a line, the payloads only as JSON.
fn show(fiskal: &Fiskal, output: &mut Output) -> Result<Exit> {
    let mut page = Filter { limit: PAGE, ..Filter::default() };
    loop {
        let entries = fiskal.journal().entries(&page)?;
        let Some(last) = entries.last() else { return Ok(Exit::Done) };
        page.after = last.seq;
        for entry in &entries {
            if output.has_failed() {
                return Ok(Exit::Done);
            }
            if output.is_json() {
                output.json_line(&json!(entry));
            } else {
                output.line(format_args!(
                    "{:>6}  {:.3}  {:<20} {}",
                    entry.seq, entry.at, entry.kind, entry.line
                ));
            }
        }
    }
}

/// Checks the file as it lies there, so that a journal too damaged to be opened is checked too.
fn verify(config: &Path, output: &mut Output) -> Result<Exit> {
    let journal = Config::from_file(config)?.journal;
    let found = Journal::verify_file(&journal)?;
    if output.is_json() {
        output.value(&json!(found));
        return Ok(if found.misfit.is_some() { Exit::Failed } else { Exit::Done });
    }
    let sentence = fits(&found)?;
    output.line(sentence);
    Ok(Exit::Done)
}

/// Checks an export, for which nobody needs a journal.
fn verify_exported(folder: &Path, output: &mut Output) -> Result<Exit> {
    let found = verify_export(folder)?;
    if output.is_json() {
        output.value(&json!(found));
        return Ok(if found.misfit.is_some() { Exit::Failed } else { Exit::Done });
    }
    let Exported { manifest, entries, erased, misfit } = found;
    let sentence = fits_or(&Verification { entries, erased, misfit }, "have the export made anew")?;
    let part = if manifest.whole { "the whole journal" } else { "a part of the journal" };
    output.line(format_args!(
        "{sentence}; {part} {}, entries {} to {}",
        manifest.journal, manifest.first.seq, manifest.last.seq
    ));
    Ok(Exit::Done)
}

/// Checks the journal, and holds the services' records against it.
fn verify_online(fiskal: &Fiskal, output: &mut Output) -> Result<Exit> {
    let steps = output.steps(1);
    steps.next("fetching the services' records");
    let found = fiskal.call("journal.verify", &json!({ "online": true }));
    drop(steps);
    let found = found?;
    output.result(&found);
    let differs = found.get("misfit").is_some_and(|misfit| !misfit.is_null())
        || found.pointer("/online/count").and_then(Value::as_u64).unwrap_or_default() > 0;
    Ok(if differs { Exit::Failed } else { Exit::Done })
}

/// What to say about a journal in which every entry fits; the first that does not is an error.
pub(super) fn fits(found: &Verification) -> Result<String> {
    fits_or(found, "go on from a backup")
}

/// The same for a file that something else is to take the place of when it does not fit.
fn fits_or(found: &Verification, instead: &str) -> Result<String> {
    match &found.misfit {
        None => Ok(format!("all {} entries fit, {} of them erased", found.entries, found.erased)),
        Some(misfit) => {
            let line = misfit.line.as_deref().unwrap_or("unknown");
            let message = format!(
                "entry {} of the line {line} does not fit: {}; keep this file, and {instead}",
                misfit.seq, misfit.why
            );
            Err(Error::new(Kind::Journal, message))
        }
    }
}
