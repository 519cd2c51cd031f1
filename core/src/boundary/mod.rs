//! What every face of another language needs, written once: panics and forks are caught, JSON text goes
//! in and comes out, calls run on the core's own threads.
//!
//! A Rust program uses [`Fiskal`](crate::Fiskal) itself. The faces for C, Python and Node are made of
//! what is here: they convert, call, and convert back.

mod calls;
mod cart;
mod client;
mod guard;
mod journals;
pub mod log;
mod pool;
mod process;
mod queue;
mod receipt;
mod slot;

pub use cart::Cart;
pub use client::Client;
pub use guard::{guard, take_over_panics};
pub use pool::run_aside;
pub use process::{Inherit, PerProcess};
pub use receipt::{Image, Paper, Receipt};

use crate::error::{Error, Kind, Result};
use crate::json::Strict;
use crate::operations;
use calls::{Alone, Calls};
use serde_json::Value;

/// The version of the C interface. It changes when a program built against an older header could no
/// longer run.
pub const ABI_VERSION: i32 = 1;

/// The largest text that is taken in one call: 16 MiB.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

static ALONE: PerProcess<Alone> = PerProcess::new();

/// Checks that a program was built for this library.
///
/// # Errors
/// `abi`, with both versions.
pub fn check_abi(version: i32) -> Result<()> {
    if version == ABI_VERSION {
        return Ok(());
    }
    let message = format!(
        "the program was built for version {version} of libfiskal's interface and this library has version \
         {ABI_VERSION}; build it with this library's header, or install the library it was built for"
    );
    Err(Error::new(Kind::Abi, message))
}

/// Runs an operation that needs no open journal, such as `describe`.
///
/// # Errors
/// `invalid` for an unknown name, one that needs a client, and parameters that do not fit.
pub fn call_alone(operation: &str, params: &str) -> Result<String> {
    guard(|| {
        let params = json_of(params, "parameters")?;
        let (interrupt, _under_way) = Calls::enter(&ALONE.get().0);
        let result = operations::find(operation)?.run_alone(&params, &interrupt);
        let result = result.ok_or_else(|| {
            Error::invalid("", format!("'{operation}' needs an open journal; call it on a client"))
        })?;
        Ok(result?.to_string())
    })
}

/// Lets all calls of [`call_alone`] in this process return as soon as they can.
pub fn interrupt_alone() {
    ALONE.get().0.raise_all();
}

/// A result as one JSON text that cannot fail: `{"result": …}` or `{"error": {…}}`.
pub fn envelope(result: Result<String>) -> String {
    match result {
        Ok(result) => format!("{{\"result\":{result}}}"),
        // Written without building a map, which would need random numbers: the error may be that there are none.
        Err(error) => match serde_json::to_string(&error) {
            Ok(error) => format!("{{\"error\":{error}}}"),
            Err(cause) => envelope(Err(Error::internal(format!("an error has no JSON form: {cause}")))),
        },
    }
}

/// Reads JSON text from another language; `what` names it in errors.
fn json_of(text: &str, what: &str) -> Result<Value> {
    if text.len() > MOST_BYTES {
        let message = format!("the {what} have {} bytes and may have {MOST_BYTES}", text.len());
        return Err(Error::invalid("", message));
    }
    parse(text).map_err(|cause| Error::invalid("", format!("the {what} are not usable JSON: {cause}")))
}

/// Reads JSON as all faces do: a key that is there twice is an error.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn parse(text: &str) -> serde_json::Result<Value> {
    let Strict::<true>(value) = serde_json::from_str(text)?;
    Ok(value)
}
