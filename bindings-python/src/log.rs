//! The core's log, for Python's `logging`.

use crate::inbox::Inbox;
use fiskal::boundary::{Inherit, PerProcess, log};
use pyo3::prelude::*;
use std::time::Duration;

/// Lines that wait until Python fetches them; further ones are counted.
const WAITING: usize = 10_000;

/// A line's level as `logging` counts (50 to 5), the module that says it, and its text.
type Line = (i32, String, String);

static LINES: PerProcess<Lines> = PerProcess::new();

struct Lines(Inbox<Line>);

impl Inherit for Lines {
    fn inherit(_: Option<&Self>) -> Self {
        Lines(Inbox::new(WAITING))
    }
}

/// Lets the core log what is at least of this level of `logging`.
#[pyfunction]
pub(crate) fn log_level(py: Python<'_>, level: i32) {
    let most = match level {
        ..=5 => log::TRACE,
        6..=10 => 4,
        11..=20 => 3,
        21..=30 => 2,
        31..=40 => 1,
        _ => 0,
    };
    py.detach(|| {
        let leave = |level: i32, target: &str, text: &str| {
            LINES.get().0.put((level_in_python(level), target.to_owned(), text.to_owned()));
        };
        log::set_logger(Some(Box::new(leave)), most);
    });
}

/// Waits until there are lines, at most so many milliseconds; whether there are.
#[pyfunction]
pub(crate) fn log_waits(py: Python<'_>, wait_ms: u64) -> bool {
    py.detach(|| LINES.get().0.wait(Duration::from_millis(wait_ms)))
}

/// Takes the lines that there are; and how many were lost.
#[pyfunction]
pub(crate) fn log_lines(py: Python<'_>) -> (Vec<Line>, u64) {
    py.detach(|| LINES.get().0.take())
}

fn level_in_python(level: i32) -> i32 {
    match level {
        1 => 40,
        2 => 30,
        3 => 20,
        4 => 10,
        _ => 5,
    }
}
