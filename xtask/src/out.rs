//! The one place that prints.

use std::io::{self, Write};

/// Prints a line. A reader that went away (`cargo xtask test | head`) does not stop the task.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints a headline between the outputs of other programs.
pub(crate) fn head(text: &str) {
    line(&format!("\n== {text}"));
}

/// Says on standard error what went wrong.
pub(crate) fn problem(text: &str) {
    let _ = writeln!(io::stderr().lock(), "xtask: {text}");
}
