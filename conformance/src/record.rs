//! All cases through one door, and what came of each.

use crate::Result;
use crate::case::{self, title};
use crate::door::Door;
use crate::run::run;
use crate::story::{Hashes, Told};
use crate::varying::Varying;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Cases at work at the same time; most of their time is waiting for a disk or a pause.
const AT_ONCE: usize = 4;

/// What came of the cases at one door.
#[derive(Debug, Default)]
pub struct Record {
    /// What each case came to, by its title.
    pub told: BTreeMap<String, Told>,
    /// What did not come as a case says, and where the door itself failed.
    pub failures: Vec<String>,
}

/// Plays all files, several at a time, each worker at a door of its own.
///
/// # Errors
/// When the declaration of what varies cannot be read.
pub fn play<D: Door>(files: &[PathBuf], start: impl Fn() -> Result<D> + Sync) -> Result<Record> {
    let varying = Varying::declared()?;
    let waiting = Mutex::new(files.to_vec());
    let record = Mutex::new(Record::default());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut worker = Worker { start: &start, door: None, varying: &varying };
                while let Some(file) = { lock(&waiting).pop() } {
                    let outcome = worker.play(&file);
                    lock(&record).add(&file, outcome);
                }
                if let Err(error) = worker.finish() {
                    lock(&record).failures.push(format!("at the end of all cases\n    {error}"));
                }
            });
        }
    });
    Ok(record.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// One who plays case after case.
struct Worker<'a, D, S> {
    start: &'a S,
    door: Option<D>,
    varying: &'a Varying,
}

/// What did not come as the case says, and what came.
type Outcome = Result<(Vec<String>, Told)>;

impl<D: Door, S: Fn() -> Result<D>> Worker<'_, D, S> {
    fn play(&mut self, file: &Path) -> Outcome {
        let case = case::read(file)?;
        // A door at which a case fails outright is not used again.
        let mut door = match self.door.take() {
            Some(door) => door,
            None => (self.start)()?,
        };
        let played = run(&case, &mut door, self.varying)?;
        self.door = Some(door);
        let wrong = if played.wrong.is_empty() {
            Vec::new()
        } else {
            std::iter::once(case.name).chain(played.wrong).collect()
        };
        Ok((wrong, played.story.told(self.varying)?))
    }

    fn finish(self) -> Result<()> {
        self.door.map_or(Ok(()), Door::finish)
    }
}

impl Record {
    fn add(&mut self, file: &Path, outcome: Outcome) {
        let title = title(file);
        match outcome {
            Ok((wrong, told)) => {
                if !wrong.is_empty() {
                    self.failures.push(format!("{title}: {}", wrong.join("\n    ")));
                }
                self.told.insert(title, told);
            }
            Err(error) => self.failures.push(format!("{title}\n    {error}")),
        }
    }

    /// The cases that this door does not have, and those that came otherwise than at the other one.
    pub fn differences(&self, reference: &Record) -> Vec<String> {
        let mut differences = Vec::new();
        for (title, expected) in &reference.told {
            match self.told.get(title) {
                None => differences.push(format!("{title}: did not run to its end")),
                Some(told) if told != expected => {
                    let places = expected.differences(told).join("\n    ");
                    differences.push(format!("{title}: came otherwise than through Rust\n    {places}"));
                }
                Some(_) => {}
            }
        }
        differences
    }

    /// Writes the record: the hashes of every case's replies, journal and requests.
    ///
    /// # Errors
    /// When a story has no canonical form or the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let hashes: Result<BTreeMap<&String, Hashes>> =
            self.told.iter().map(|(title, told)| Ok((title, told.hashes()?))).collect();
        let record: Value = serde_json::to_value(hashes?)?;
        Ok(std::fs::write(file, format!("{record:#}\n"))?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
