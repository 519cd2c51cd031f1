//! `fiskal journal`

use super::open;
use crate::args::Journal as Action;
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::error::{Error, Kind, Result};
use fiskal::journal::{Filter, Journal, Verification};
use serde_json::json;
use std::path::Path;

/// Entries read at a time.
const PAGE: u32 = 500;

pub(super) fn run(config: &Path, action: Action, output: &mut Output) -> Result<Exit> {
    match action {
        Action::Verify => verify(config, output),
        Action::Show => show(&open(config)?, output),
    }
}

/// One entry a line, the payloads only as JSON.
fn show(fiskal: &Fiskal, output: &mut Output) -> Result<Exit> {
    let mut page = Filter { limit: PAGE, ..Filter::default() };
    loop {
        let entries = fiskal.journal().entries(&page)?;
        let Some(last) = entries.last() else { return Ok(Exit::Done) };
        page.after = last.seq;
        for entry in &entries {
            if output.is_json() {
                output.line(json!(entry));
            } else {
                output
                    .line(format_args!("{:>6}  {}  {:<20} {}", entry.seq, entry.at, entry.kind, entry.line));
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

/// What to say about a journal in which every entry fits; the first that does not is an error.
pub(super) fn fits(found: &Verification) -> Result<String> {
    match &found.misfit {
        None => Ok(format!("all {} entries fit, {} of them erased", found.entries, found.erased)),
        Some(misfit) => {
            let line = misfit.line.as_deref().unwrap_or("unknown");
            let message = format!(
                "entry {} of the line {line} does not fit: {}; keep this file, and go on from a backup",
                misfit.seq, misfit.why
            );
            Err(Error::new(Kind::Journal, message))
        }
    }
}
