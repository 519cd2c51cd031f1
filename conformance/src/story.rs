//! What came of a case at one door, in a form in which it can be compared with another door's.

use crate::Result;
use crate::control::Control;
use crate::door::Reply;
use crate::matching::{differences, remove};
use crate::varying::Varying;
use fiskal::Fiskal;
use fiskal::journal::{Filter, JOURNAL_LINE};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// Entries of a journal that are read at a time.
const PAGE: u32 = 500;
/// The entries of a journal of which there are more with every attempt.
const EXCHANGES: &str = "exchange.";
/// The sentence of an error, in a reply and in the journal's entry of it: it says how the last attempt ended.
const LAST_ATTEMPT: &str = "/error/message";
/// How many differences between two stories are told.
const TOLD: usize = 12;

/// What was replied, journalled and asked for on the wire.
#[derive(Debug, Default)]
pub struct Story {
    replies: Vec<Value>,
    journal: Vec<Value>,
    requests: Vec<Value>,
}

impl Story {
    /// Notes a reply, and where in the case it was given.
    pub fn reply(&mut self, place: &str, reply: &Reply) {
        self.replies.push(match reply {
            Ok(result) => json!({ "at": place, "result": result }),
            Err(error) => json!({ "at": place, "error": error }),
        });
    }

    /// Adds what the journal of a configuration says, which is open nowhere else by now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn add_journal(&mut self, config: &Path) -> Result<()> {
        let fiskal = Fiskal::open_file(config)?;
        let mut page = Filter { limit: PAGE, ..Filter::default() };
        loop {
            let entries = fiskal.journal().entries(&page)?;
            let Some(last) = entries.last() else { return Ok(()) };
            page.after = last.seq;
            for entry in entries {
                self.journal.push(serde_json::to_value(entry)?);
            }
        }
    }

    /// Adds what the sandbox was asked for.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn add_requests(&mut self, sandbox: &Control) -> Result<()> {
        self.requests = sandbox.requests()?;
        Ok(())
    }

    /// Leaves out what depends on how often something was tried: repeated requests and their keys, the
    /// entries about them, and all that counts entries.
    pub fn forget_repetitions(&mut self) {
        for reply in &mut self.replies {
            remove(reply, "/result/entries");
            remove(reply, "/result/changed_after");
            remove(reply, LAST_ATTEMPT);
        }
        let is_exchange =
            |entry: &Value| entry["kind"].as_str().is_some_and(|kind| kind.starts_with(EXCHANGES));
        self.journal.retain(|entry| !is_exchange(entry));
        for entry in &mut self.journal {
            let mut payload =
                if entry["line"] == JOURNAL_LINE { Value::Null } else { entry["payload"].take() };
            remove(&mut payload, LAST_ATTEMPT);
            *entry = json!({ "line": entry["line"], "kind": entry["kind"], "payload": payload });
        }
        for request in &mut self.requests {
            remove(request, "/headers/x-idempotency-key");
        }
        let mut seen = Vec::new();
        self.requests.retain(|request| {
            let new = !seen.contains(request);
            seen.push(request.clone());
            new
        });
    }

    /// The story without what differs from run to run.
    ///
    /// # Errors
    /// When something in it has no canonical form.
    pub fn told(&self, varying: &Varying) -> Result<Told> {
        let mut replacer = varying.replacer();
        let mut told =
            |part: &[Value]| -> Result<Value> { part.iter().map(|value| replacer.replace(value)).collect() };
        // Numbered where they were made: what a door says wrongly does not change the number of the rest.
        let (journal, requests) = (told(&self.journal)?, told(&self.requests)?);
        Ok(Told { replies: told(&self.replies)?, journal, requests })
    }
}

/// A story that another door's must be equal to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// Results and errors, in their order.
    pub replies: Value,
    /// The journal's entries.
    pub journal: Value,
    /// The requests on the wire.
    pub requests: Value,
}

/// The parts of a story in 64 hexadecimal digits each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hashes {
    replies: String,
    journal: String,
    requests: String,
}

impl Told {
    /// What a record keeps of the story.
    ///
    /// # Errors
    /// When a part has no canonical form.
    pub fn hashes(&self) -> Result<Hashes> {
        Ok(Hashes {
            replies: hash(&self.replies)?,
            journal: hash(&self.journal)?,
            requests: hash(&self.requests)?,
        })
    }

    /// Where another story is not the same; one sentence each, and how many more there are.
    pub fn differences(&self, other: &Told) -> Vec<String> {
        let parts = |told: &Told| json!({ "replies": told.replies, "journal": told.journal, "requests": told.requests });
        let all = differences(&parts(self), &parts(other));
        let mut told: Vec<String> = all.iter().take(TOLD).map(ToString::to_string).collect();
        if all.len() > TOLD {
            told.push(format!("and {} differences more", all.len() - TOLD));
        }
        told
    }
}

fn hash(value: &Value) -> Result<String> {
    let digest = Sha256::digest(serde_json_canonicalizer::to_vec(value)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
