//! What C hands over: texts, bytes, and places for outputs.

use fiskal::error::{Error, Kind, Result};
use std::ffi::{CStr, c_char};

/// A place that an output is written to.
///
/// It is written without asking for alignment: old programs pack their structures.
pub(crate) struct Out<T> {
    name: &'static str,
    place: *mut T,
}

impl<T> Out<T> {
    /// The place for the argument `name`, which holds `nothing` from now on.
    ///
    /// # Safety
    /// `place` is NULL, or can be written until the call ends.
    pub(crate) unsafe fn new(name: &'static str, place: *mut T, nothing: T) -> Self {
        let out = Out { name, place };
        out.set(nothing);
        out
    }

    /// Says that this output cannot be left out.
    ///
    /// # Errors
    /// `invalid` when the place is NULL.
    pub(crate) fn needed(&self) -> Result<()> {
        if self.place.is_null() {
            let message = format!("`{}` is NULL; give the address of a variable", self.name);
            return Err(Error::new(Kind::Invalid, message));
        }
        Ok(())
    }

    /// Whether the caller left it out.
    pub(crate) fn is_left_out(&self) -> bool {
        self.place.is_null()
    }

    /// Writes the output, unless it was left out.
    pub(crate) fn set(&self, value: T) {
        if !self.place.is_null() {
            // SAFETY: `new` asks for a place that can be written until the call ends.
            unsafe { self.place.write_unaligned(value) }
        }
    }
}

/// A text that must be there.
///
/// # Errors
/// `invalid` for NULL and for what is not UTF-8, naming the argument.
///
/// # Safety
/// `text` is NULL, or bytes up to a NUL that do not change until the call ends.
pub(crate) unsafe fn text<'a>(name: &str, text: *const c_char) -> Result<&'a str> {
    // SAFETY: as this function asks.
    unsafe { optional_text(name, text) }?
        .ok_or_else(|| Error::new(Kind::Invalid, format!("`{name}` is NULL; give a text")))
}

/// A text that may be NULL.
///
/// # Errors
/// `invalid` for what is not UTF-8, naming the argument.
///
/// # Safety
/// As [`text`].
pub(crate) unsafe fn optional_text<'a>(name: &str, text: *const c_char) -> Result<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, and as this function asks.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map(Some).map_err(|cause| {
        let message = format!(
            "`{name}` is not UTF-8: byte {} is wrong; convert the text with fiskal_utf8_from first",
            cause.valid_up_to()
        );
        Error::new(Kind::Invalid, message)
    })
}

/// Bytes with their length; NULL stands for none.
///
/// # Errors
/// `invalid` for NULL with a length, and for a length that no memory has.
///
/// # Safety
/// `bytes` is NULL, or `length` bytes that do not change until the call ends.
pub(crate) unsafe fn bytes<'a>(name: &str, bytes: *const c_char, length: usize) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    if bytes.is_null() || isize::try_from(length).is_err() {
        let message = format!("`{name}` does not have the {length} bytes that its length says");
        return Err(Error::new(Kind::Invalid, message));
    }
    // SAFETY: not NULL, of a possible length, and as this function asks.
    Ok(unsafe { std::slice::from_raw_parts(bytes.cast(), length) })
}
