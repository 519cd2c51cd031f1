//! The one place that writes to standard output and standard error.

use crate::plain::{self, harmless};
use fiskal::error::{Error, Kind};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Refused or failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Queued or pending: `sync` finishes it.
    Pending = 3,
}

impl Exit {
    /// How the whole ends of which this is one part: a failure is not to be taken for something that `sync` finishes.
    pub(crate) fn and(self, other: Exit) -> Exit {
        if self == Exit::Failed {
            self
        } else if other == Exit::Failed {
            other
        } else {
            self.max(other)
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Standard output and standard error, for people or as JSON.
pub(crate) struct Output {
    json: bool,
    failure: Option<io::Error>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Output { json, failure: None }
    }

    /// Whether JSON was asked for.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people, without what would steer their terminal: it may quote what a service said.
    pub(crate) fn line(&mut self, text: impl Display) {
        self.write(format!("{}\n", harmless(&text.to_string())).as_bytes());
    }

    /// A value as JSON on one line.
    pub(crate) fn json_line(&mut self, value: &Value) {
        self.write(format!("{value}\n").as_bytes());
    }

    /// Whether nothing more can be written: the reader went away, or the disk is full.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// A value as JSON.
    pub(crate) fn value(&mut self, value: &Value) {
        self.write(format!("{value:#}\n").as_bytes());
    }

    /// A result: as JSON if that was asked for, otherwise as lines for people.
    pub(crate) fn result(&mut self, value: &Value) {
        if self.json {
            self.value(value);
        } else {
            self.write(plain::lines(value).as_bytes());
        }
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.write(bytes);
    }

    /// An error in one sentence with its place, or as JSON; tells how the command ends.
    pub(crate) fn error(&mut self, error: &Error) -> Exit {
        let text = if self.json { error.to_json().to_string() } else { harmless(&error.to_string()) };
        // Where standard error is gone there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
        if error.kind() == Kind::UnknownOutcome { Exit::Pending } else { Exit::Failed }
    }

    /// Shows the way through `count` steps: a bar on a terminal, plain lines in a pipe, nothing for JSON.
    pub(crate) fn steps(&self, count: u64) -> Steps {
        if self.json {
            return Steps::Silent;
        }
        if !io::stderr().is_terminal() {
            return Steps::Lines;
        }
        let bar = ProgressBar::new(count);
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:20}] {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Steps::Bar(bar)
    }

    /// The status to end with. A reader that went away early is no failure; a full disk is one.
    pub(crate) fn finish(self, exit: Exit) -> Exit {
        match self.failure {
            Some(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
                let _ = writeln!(io::stderr().lock(), "the output could not be written: {cause}");
                exit.max(Exit::Failed)
            }
            _ => exit,
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failure.is_none() {
            let mut stdout = io::stdout().lock();
            self.failure = stdout.write_all(bytes).and_then(|()| stdout.flush()).err();
        }
    }
}

/// The way through a few steps, told on standard error.
pub(crate) enum Steps {
    Bar(ProgressBar),
    Lines,
    Silent,
}

impl Steps {
    /// Says what is being done now.
    pub(crate) fn next(&self, what: &str) {
        match self {
            Steps::Bar(bar) => {
                // The bar counts what is done, so the first step does not move it.
                if !bar.message().is_empty() {
                    bar.inc(1);
                }
                bar.set_message(what.to_owned());
            }
            Steps::Lines => {
                let _ = writeln!(io::stderr().lock(), "{what}");
            }
            Steps::Silent => {}
        }
    }

    /// Moves a bar to a place, and says what has been done; a pipe is not told of every place.
    pub(crate) fn at(&self, position: u64, what: impl Display) {
        if let Steps::Bar(bar) = self {
            bar.set_position(position);
            bar.set_message(what.to_string());
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Steps::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
