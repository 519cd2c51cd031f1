//! An open journal.

use crate::call::{Call, Outcome};
use crate::failed;
use fiskal::Interrupt;
use fiskal::boundary::{self, run_aside};
use fiskal::error::Result;
use pyo3::prelude::*;

/// A client, or the envelope that says why there is none.
type Opened = (Option<Client>, Option<String>);

/// Opens the configuration in a file; `overrides` is JSON whose keys win over the file's.
#[pyfunction]
#[pyo3(signature = (path, overrides=None))]
pub(crate) fn open_file(py: Python<'_>, path: String, overrides: Option<String>) -> PyResult<Opened> {
    opened(py, move || boundary::Client::open_file(&path, overrides.as_deref()))
}

/// Opens a configuration in JSON.
#[pyfunction]
pub(crate) fn open_json(py: Python<'_>, config: String) -> PyResult<Opened> {
    opened(py, move || boundary::Client::open_json(&config))
}

fn opened(
    py: Python<'_>,
    open: impl FnOnce() -> Result<boundary::Client> + Send + 'static,
) -> PyResult<Opened> {
    let (outcome, leaver) = Outcome::new(None);
    let client = match run_aside(open, move |opened| leaver.leave(opened)) {
        Ok(()) => outcome.wait(py, &Interrupt::never())?,
        Err(busy) => Err(busy),
    };
    Ok(match client {
        Ok(client) => (Some(Client(client)), None),
        Err(error) => (None, Some(failed(error))),
    })
}

/// An open journal.
#[pyclass(frozen, module = "fiskal._native")]
pub(crate) struct Client(boundary::Client);

#[pymethods]
impl Client {
    /// Does one named operation and gives its envelope.
    fn call(&self, py: Python<'_>, operation: String, params: String) -> PyResult<String> {
        match py.detach(|| Call::start(&self.0, operation, params, None)) {
            Ok(call) => call.wait(py),
            Err(error) => Ok(failed(error)),
        }
    }

    /// Starts one named operation, or gives the envelope that says why not. `ended` tells the number
    /// when the call has ended.
    fn start(
        &self,
        py: Python<'_>,
        operation: String,
        params: String,
        number: u64,
    ) -> (Option<Call>, Option<String>) {
        match py.detach(|| Call::start(&self.0, operation, params, Some(number))) {
            Ok(call) => (Some(call), None),
            Err(error) => (None, Some(failed(error))),
        }
    }

    /// Lets all calls that wait return as if their patience had run out.
    fn interrupt(&self, py: Python<'_>) {
        py.detach(|| self.0.interrupt());
    }

    /// Closes the client; calls under way come to their end. Closing again does nothing.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }
}

impl Drop for Client {
    /// Closing may wait for the disk, which Python's other threads shall not.
    fn drop(&mut self) {
        if Python::try_attach(|py| self.close(py)).is_none() {
            self.0.close();
        }
    }
}
