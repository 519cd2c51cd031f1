//! Errors, as C sees them.

use crate::arguments::text;
use crate::constants::{FISKAL_OK, fiskal_status};
use crate::guard;
use crate::registry::{self, Handled, Registry};
use crate::table::Table;
use crate::text::for_c;
use fiskal::error::{Error, Kind};
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::ptr::null;
use std::sync::{Arc, Mutex, PoisonError};

/// What went wrong in one call. What its functions return belongs to it until it is freed.
pub struct fiskal_error {
    error: Error,
    kind: CString,
    message: CString,
    json: CString,
    texts: Mutex<HashMap<String, CString>>,
}

impl Handled for fiskal_error {
    const TYPE: usize = 4;
    const GIVEN_BACK: (Kind, &'static str) = (Kind::Invalid, "the fiskal_error was freed");

    fn table(registry: &Registry) -> &Table<Self> {
        &registry.errors
    }
}

impl fiskal_error {
    pub(crate) fn new(error: Error) -> Self {
        fiskal_error {
            kind: for_c(error.kind().name()),
            message: for_c(error.message()),
            json: for_c(&error.to_json().to_string()),
            texts: Mutex::default(),
            error,
        }
    }

    fn text(&self, path: &str) -> *const c_char {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts.get(path) {
            return known.as_ptr();
        }
        match self.error.get(path) {
            Some(text) => texts.entry(path.to_owned()).or_insert(for_c(&text)).as_ptr(),
            None => null(),
        }
    }
}

/// The status that the failed call returned; FISKAL_OK for NULL, and FISKAL_INVALID or FISKAL_CLOSED for
/// what is no error object of this process.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_error_status(error: *const fiskal_error) -> fiskal_status {
    if error.is_null() {
        return FISKAL_OK;
    }
    match find(error) {
        Ok(found) => found.error.kind().status(),
        Err(problem) => problem.kind().status(),
    }
}

/// The kind of error as JSON and the other languages name it, such as "not_found"; "" where there is no
/// such error. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_error_kind(error: *const fiskal_error) -> *const c_char {
    shown(error, c"", |error| &error.kind)
}

/// One sentence that says what happened and what to do; "no error" where there is none. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_error_message(error: *const fiskal_error) -> *const c_char {
    shown(error, c"no error", |error| &error.message)
}

/// The error as JSON: kind, message, retryable, and where they apply pointer, file, line, operation, sale,
/// http_status, service_code, service_message, trace_id, receipt; "null" where there is none. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_error_json(error: *const fiskal_error) -> *const c_char {
    shown(error, c"null", |error| &error.json)
}

/// A member of the error's JSON as text: "pointer", "http_status", "trace_id", "receipt.id". NULL for what
/// is absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_error_get(error: *const fiskal_error, path: *const c_char) -> *const c_char {
    // SAFETY: the header asks the caller for it.
    let path = || unsafe { text("path", path) };
    guard::value(null(), || Ok(registry::find("error", error)?.text(path()?)))
}

/// 1 when the same call may succeed later without a change by the caller, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_error_retryable(error: *const fiskal_error) -> i32 {
    find(error).map_or(0, |found| i32::from(found.error.retryable()))
}

/// Frees the error and all that its functions returned. NULL and an error that is freed already do
/// nothing.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_error_free(error: *mut fiskal_error) {
    guard::value((), || {
        registry::give_back(error);
        Ok(())
    });
}

fn find(error: *const fiskal_error) -> fiskal::error::Result<Arc<fiskal_error>> {
    guard::guarded(|| registry::find("error", error))
}

fn shown(
    error: *const fiskal_error,
    none: &'static CStr,
    text: fn(&fiskal_error) -> &CString,
) -> *const c_char {
    guard::value(none.as_ptr(), || Ok(text(&*registry::find("error", error)?).as_ptr()))
}
