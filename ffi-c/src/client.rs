//! The client: an open journal.

use crate::arguments::{Out, optional_text, text};
use crate::constants::fiskal_status;
use crate::error::fiskal_error;
use crate::registry::{self, Handled, Registry};
use crate::table::Table;
use crate::{guard, strings};
use fiskal::boundary::{self, Client};
use fiskal::error::{Kind, Result};
use std::ffi::c_char;
use std::ptr::null_mut;
use std::sync::Arc;

/// An open journal with its accounts. It may be used from several threads at once.
pub struct fiskal_client(Arc<Client>);

impl fiskal_client {
    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.0
    }
}

impl Handled for fiskal_client {
    const TYPE: usize = 1;
    const GIVEN_BACK: (Kind, &'static str) = (Kind::Closed, "the client was closed; open it again");

    fn table(registry: &Registry) -> &Table<Self> {
        &registry.clients
    }
}

/// Opens the configuration in a file (TOML, or JSON where its name ends with .json).
///
/// abi: FISKAL_ABI_VERSION.
/// overrides_json: NULL, or a JSON object whose keys win over the file's.
///
/// Clients of the same journal in one process share one core. FISKAL_ABI when the header and the library
/// do not fit; FISKAL_CONFIG for a configuration that cannot be used; FISKAL_JOURNAL for such a journal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_open(
    abi: i32,
    config_path: *const c_char,
    overrides_json: *const c_char,
    out: *mut *mut fiskal_client,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    guard::status(&error, || {
        // SAFETY: the header asks the caller for it.
        let path = || unsafe { text("config_path", config_path) };
        // SAFETY: the header asks the caller for it.
        let overrides = || unsafe { optional_text("overrides_json", overrides_json) };
        open(abi, &out, || Client::open_file(path()?, overrides()?))
    })
}

/// Opens a configuration in JSON. The journal's path in it is taken from the working directory.
///
/// abi: FISKAL_ABI_VERSION.
///
/// Fails as fiskal_open does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_open_json(
    abi: i32,
    config_json: *const c_char,
    out: *mut *mut fiskal_client,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    guard::status(&error, || {
        // SAFETY: the header asks the caller for it.
        let config = || unsafe { text("config_json", config_json) };
        open(abi, &out, || Client::open_json(config()?))
    })
}

fn open(abi: i32, out: &Out<*mut fiskal_client>, client: impl FnOnce() -> Result<Client>) -> Result<()> {
    boundary::check_abi(abi)?;
    out.needed()?;
    out.set(registry::register(fiskal_client(Arc::new(client()?)))?);
    Ok(())
}

/// Does one operation by its name: the door behind all other functions.
///
/// client: may be NULL for an operation that needs no journal, such as "describe", which lists them all
/// with the JSON Schemas of their parameters and results.
/// params_json: a JSON object; NULL for none.
/// result_json: JSON; free it with fiskal_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_call(
    client: *mut fiskal_client,
    operation: *const c_char,
    params_json: *const c_char,
    result_json: *mut *mut c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let out = unsafe { Out::new("result_json", result_json, null_mut()) };
    // SAFETY: the header asks the caller for it.
    let error = unsafe { Out::new("error", error, null_mut()) };
    guard::status(&error, || {
        out.needed()?;
        // SAFETY: the header asks the caller for it.
        let operation = unsafe { text("operation", operation) }?;
        // SAFETY: the header asks the caller for it.
        let params = unsafe { optional_text("params_json", params_json) }?.unwrap_or("{}");
        let result = if client.is_null() {
            boundary::call_alone(operation, params)
        } else {
            registry::find("client", client)?.client().call(operation, params)
        };
        out.set(strings::hand_over(&result?));
        Ok(())
    })
}

/// Lets all calls of the client that wait return as if the account's patience had run out. From any
/// thread, but not from a signal handler.
///
/// client: NULL for the calls of this process that were made without a client, such as "dep.verify".
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_interrupt(client: *mut fiskal_client) {
    guard::value((), || {
        if client.is_null() {
            boundary::interrupt_alone();
        } else {
            registry::find("client", client)?.client().interrupt();
        }
        Ok(())
    });
}

/// Closes the client. Calls under way come to their end; later ones, and those of its sales, are
/// FISKAL_CLOSED. Receipts and errors stay usable until they are freed. NULL and a client that is closed
/// already do nothing.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_close(client: *mut fiskal_client) {
    guard::value((), || {
        if let Some(closed) = registry::give_back(client) {
            closed.client().close();
        }
        Ok(())
    });
}
