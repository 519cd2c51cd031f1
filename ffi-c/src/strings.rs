//! Texts that C frees itself.

use crate::guard;
use crate::text::for_c;
use fiskal::boundary::{Inherit, PerProcess};
use std::collections::HashMap;
use std::ffi::{CString, c_char};
use std::sync::{Mutex, PoisonError};

static STRINGS: PerProcess<Strings> = PerProcess::new();

/// The texts that were handed over and not freed yet, by their address.
#[derive(Default)]
struct Strings(Mutex<HashMap<usize, CString>>);

impl Inherit for Strings {
    fn inherit(_: Option<&Self>) -> Self {
        Strings::default()
    }
}

/// Hands a text over to C, which gives it back to [`fiskal_string_free`].
pub(crate) fn hand_over(text: &str) -> *mut c_char {
    let text = for_c(text);
    let address = text.as_ptr();
    STRINGS.get().0.lock().unwrap_or_else(PoisonError::into_inner).insert(address.addr(), text);
    address.cast_mut()
}

/// Frees a text that fiskal_call or fiskal_utf8_from returned. NULL, a text that is freed already, and any
/// other address do nothing.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_string_free(string: *mut c_char) {
    guard::value((), || {
        STRINGS.get().0.lock().unwrap_or_else(PoisonError::into_inner).remove(&string.addr());
        Ok(())
    });
}
