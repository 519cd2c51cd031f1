//! The figures of docs/benchmarks.md, from one run: `cargo xtask bench`.
//!
//! Core and bare client take turns, round by round, so that what else the machine does strikes
//! both; each figure is a median. Journals lie in `target/`, on a disk, never in a memory file
//! system where a sync costs nothing.

mod appends;
mod bare;
mod dep;
mod doors;
mod figures;
mod machine;
mod provisional;
mod records;
mod sales;
mod shop;
mod syncs;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// Any failure ends the run: a figure beside a failure means nothing.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    // reqwest is built without a TLS provider of its own; the bare client wants one. This is the only call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => report(),
        ["provisional"] => provisional::measure().map(|table| line(&table)),
        ["dep"] => dep::measure(dep::LONG).map(|table| line(&table)),
        [syncs::CHILD, count] => count.parse().map_err(Into::into).and_then(syncs::child),
        [dep::CHILD, folder] => dep::child(folder.as_ref()),
        _ => {
            Err("usage: fiskal-benches, without arguments for all tables, or provisional or dep for that one"
                .into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report() -> Outcome<()> {
    line(&machine::describe()?);
    line(&sales::measure()?);
    line(&provisional::measure()?);
    line(&doors::measure()?);
    line(&syncs::measure()?);
    line(&appends::measure()?);
    line(&records::measure()?);
    line(&dep::measure(dep::USUAL)?);
    Ok(())
}

fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}\n");
}
