//! The native module behind the Python package `fiskal`.
//!
//! JSON texts go in and come out, as the envelopes of [`fiskal::boundary::envelope`]; classes, exceptions
//! and decimals are made in Python. What takes time runs on the core's own threads, none of which ever
//! touches Python; who waits for them has let go of the interpreter.

mod call;
mod cart;
mod client;
mod inbox;
mod log;
mod receipt;

use pyo3::prelude::*;

/// The envelope that tells an error.
fn failed(error: fiskal::error::Error) -> String {
    fiskal::boundary::envelope(Err(error))
}

/// The core of fiskal, as JSON texts. Use the package `fiskal`, which is made of it.
#[pymodule]
mod _native {
    use super::*;

    #[pymodule_export]
    use super::call::{Call, ended};
    #[pymodule_export]
    use super::cart::Cart;
    #[pymodule_export]
    use super::client::{Client, open_file, open_json};
    #[pymodule_export]
    use super::log::{log_level, log_lines, log_waits};
    #[pymodule_export]
    use super::receipt::{draw_qr, print_receipt};

    /// The version of the module, which is that of the package.
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's own name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(_: &Bound<'_, PyModule>) -> PyResult<()> {
        fiskal::boundary::take_over_panics();
        Ok(())
    }
}
