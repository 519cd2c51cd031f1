//! A receipt, read and rendered.

use crate::arguments::{Out, text};
use crate::client::fiskal_client;
use crate::constants::{
    FISKAL_PENDING, FISKAL_PROVISIONAL, FISKAL_REFUSED_LATER, FISKAL_SIGNED, fiskal_status,
};
use crate::error::fiskal_error;
use crate::guard;
use crate::registry::{self, Handled, Registry};
use crate::table::Table;
use crate::text::for_c;
use fiskal::boundary::{Image, Paper, Receipt};
use fiskal::error::{Kind, Result};
use fiskal::receipt::State;
use serde_json::json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::{CString, c_char};
use std::ptr::{null, null_mut};
use std::sync::{Mutex, PoisonError};

/// A receipt. What its functions return belongs to it until it is freed.
pub struct fiskal_receipt {
    receipt: Receipt,
    json: CString,
    texts: Mutex<HashMap<String, CString>>,
    renderings: Mutex<HashMap<Rendering, Vec<u8>>>,
}

/// A way to render a receipt.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Rendering {
    Qr { image: i32, module_px: u32 },
    Print { paper: i32, columns: u32 },
}

impl Handled for fiskal_receipt {
    const TYPE: usize = 3;
    const GIVEN_BACK: (Kind, &'static str) =
        (Kind::Invalid, "the fiskal_receipt was freed; open the receipt by its id");

    fn table(registry: &Registry) -> &Table<Self> {
        &registry.receipts
    }
}

impl fiskal_receipt {
    pub(crate) fn new(receipt: Receipt) -> Self {
        let json = for_c(receipt.json());
        fiskal_receipt { receipt, json, texts: Mutex::default(), renderings: Mutex::default() }
    }

    /// The text at a path, kept for as long as the receipt.
    fn text(&self, path: &str) -> *const c_char {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts.get(path) {
            return known.as_ptr();
        }
        match self.receipt.get(path) {
            Some(text) => texts.entry(path.to_owned()).or_insert(for_c(&text)).as_ptr(),
            None => null(),
        }
    }

    /// What `render` makes, kept for as long as the receipt: where it begins and how long it is. Nothing
    /// is kept of what is not there.
    fn rendered(
        &self,
        rendering: Rendering,
        render: impl FnOnce(&Receipt) -> Result<Option<Vec<u8>>>,
    ) -> Result<(*const u8, usize)> {
        let mut renderings = self.renderings.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match renderings.entry(rendering) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => match render(&self.receipt)? {
                Some(bytes) => place.insert(bytes),
                None => return Ok((null(), 0)),
            },
        };
        Ok((kept.as_ptr(), kept.len()))
    }
}

/// Finds a receipt by its id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_receipt_open(
    client: *mut fiskal_client,
    receipt_id: *const c_char,
    out: *mut *mut fiskal_receipt,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    // SAFETY: the header asks the caller for it.
    let id = || unsafe { text("receipt_id", receipt_id) };
    guard::status(&error, || {
        let client = registry::find("client", client)?;
        out.needed()?;
        let found = client.client().call("receipt.get", &json!({ "id": id()? }).to_string())?;
        out.set(registry::register(fiskal_receipt::new(Receipt::from_json(found)?))?);
        Ok(())
    })
}

/// How final the receipt is: FISKAL_SIGNED, FISKAL_PENDING, FISKAL_PROVISIONAL or FISKAL_REFUSED_LATER;
/// -1 where there is no such receipt.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_receipt_state(receipt: *const fiskal_receipt) -> i32 {
    guard::value(-1, || {
        Ok(match registry::find("receipt", receipt)?.receipt.state() {
            State::Signed => FISKAL_SIGNED,
            State::Pending => FISKAL_PENDING,
            State::Provisional => FISKAL_PROVISIONAL,
            State::Refused => FISKAL_REFUSED_LATER,
        })
    })
}

/// The value at a path, as text: "number", "totals.gross", "mentions.0.text", "qr.payload". Lists and
/// objects come as JSON. NULL for what is absent or null. The text belongs to the receipt; a NUL inside it
/// is shown as U+FFFD.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_receipt_get(
    receipt: *const fiskal_receipt,
    path: *const c_char,
) -> *const c_char {
    // SAFETY: the header asks the caller for it.
    let path = || unsafe { text("path", path) };
    guard::value(null(), || Ok(registry::find("receipt", receipt)?.text(path()?)))
}

/// How many elements the list at a path has, such as "mentions" or "items"; -1 where there is no list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_receipt_count(receipt: *const fiskal_receipt, path: *const c_char) -> i32 {
    // SAFETY: the header asks the caller for it.
    let path = || unsafe { text("path", path) };
    guard::value(-1, || {
        let count = registry::find("receipt", receipt)?.receipt.count(path()?);
        Ok(count.and_then(|count| i32::try_from(count).ok()).unwrap_or(-1))
    })
}

/// The whole receipt as JSON; NULL where there is no such receipt. The text belongs to the receipt.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_receipt_json(receipt: *const fiskal_receipt) -> *const c_char {
    guard::value(null(), || Ok(registry::find("receipt", receipt)?.json.as_ptr()))
}

/// Draws the QR code that must be printed. Where there is none, data is NULL and length 0.
///
/// image: FISKAL_IMAGE_PNG, _SVG, _ESCPOS or _TERMINAL.
/// module_px: the width of one module of a PNG in pixels, 1 to 64; other images do not use it.
///
/// The bytes belong to the receipt.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_receipt_qr(
    receipt: *const fiskal_receipt,
    image: i32,
    module_px: u32,
    data: *mut *const u8,
    length: *mut usize,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (data, length) = unsafe { (Out::new("data", data, null()), Out::new("length", length, 0)) };
    // SAFETY: the header asks the caller for it.
    let error = unsafe { Out::new("error", error, null_mut()) };
    guard::status(&error, || {
        let drawn = Image::of_number(image)?;
        let rendering = Rendering::Qr { image, module_px };
        render(receipt, rendering, &data, &length, |receipt| receipt.qr(drawn, module_px))
    })
}

/// Renders the receipt for paper.
///
/// paper: FISKAL_PAPER_TEXT, _HTML or _ESCPOS.
/// columns: characters on a line, 24 to 80; HTML does not use it.
///
/// The bytes belong to the receipt; text is UTF-8 and does not end with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_receipt_print(
    receipt: *const fiskal_receipt,
    paper: i32,
    columns: u32,
    data: *mut *const u8,
    length: *mut usize,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (data, length) = unsafe { (Out::new("data", data, null()), Out::new("length", length, 0)) };
    // SAFETY: the header asks the caller for it.
    let error = unsafe { Out::new("error", error, null_mut()) };
    guard::status(&error, || {
        let printed = Paper::of_number(paper)?;
        let rendering = Rendering::Print { paper, columns };
        render(receipt, rendering, &data, &length, |receipt| receipt.print(printed, columns).map(Some))
    })
}

fn render(
    receipt: *const fiskal_receipt,
    rendering: Rendering,
    data: &Out<*const u8>,
    length: &Out<usize>,
    work: impl FnOnce(&Receipt) -> Result<Option<Vec<u8>>>,
) -> Result<()> {
    let receipt = registry::find("receipt", receipt)?;
    data.needed()?;
    length.needed()?;
    let (begin, bytes) = receipt.rendered(rendering, work)?;
    data.set(begin);
    length.set(bytes);
    Ok(())
}

/// Frees the receipt and all that its functions returned. NULL and a receipt that is freed already do
/// nothing.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_receipt_free(receipt: *mut fiskal_receipt) {
    guard::value((), || {
        registry::give_back(receipt);
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::{FISKAL_IMAGE_ESCPOS, FISKAL_IMAGE_PNG, FISKAL_IMAGE_SVG, FISKAL_IMAGE_TERMINAL};
    use crate::{FISKAL_INVALID, FISKAL_OK};
    use fiskal::receipt::Qr;
    use std::ffi::CStr;

    /// The handle of a receipt as an operation gives it.
    fn handle(receipt: &fiskal::receipt::Receipt) -> *mut fiskal_receipt {
        let json = serde_json::to_string(receipt).unwrap();
        registry::register(fiskal_receipt::new(Receipt::from_json(json).unwrap())).unwrap()
    }

    fn qr(receipt: *const fiskal_receipt, image: i32, module_px: u32) -> (i32, Vec<u8>) {
        let (mut data, mut length) = (null(), 0);
        // SAFETY: the variables live until the call ends.
        let status = unsafe {
            fiskal_receipt_qr(receipt, image, module_px, &raw mut data, &raw mut length, null_mut())
        };
        assert_eq!(data.is_null(), length == 0);
        // SAFETY: the bytes belong to the receipt, which is not freed yet.
        let drawn = if length == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, length) } };
        (status, drawn.to_vec())
    }

    #[test]
    fn a_qr_code_is_drawn_in_every_way() {
        let code = Qr { payload: "https://example.org/1".into(), error_correction: "M".into(), min_mm: 30 };
        let receipt = handle(&fiskal::receipt::Receipt { qr: Some(code), ..Default::default() });
        for (image, mark) in [
            (FISKAL_IMAGE_PNG, &b"\x89PNG\r\n\x1a\n"[..]),
            (FISKAL_IMAGE_SVG, b"<svg"),
            (FISKAL_IMAGE_ESCPOS, b"\x1d(k"),
            (FISKAL_IMAGE_TERMINAL, b"\n"),
        ] {
            let (status, drawn) = qr(receipt, image, 4);
            assert_eq!(status, FISKAL_OK);
            assert!(drawn.windows(mark.len()).any(|part| part == mark), "{image}");
        }
        let (_, small) = qr(receipt, FISKAL_IMAGE_PNG, 1);
        let (_, large) = qr(receipt, FISKAL_IMAGE_PNG, 64);
        assert_ne!(small, large);
        assert_eq!(qr(receipt, FISKAL_IMAGE_PNG, 65), (FISKAL_INVALID, Vec::new()));
        fiskal_receipt_free(receipt);
        assert_eq!(qr(receipt, FISKAL_IMAGE_PNG, 4), (FISKAL_INVALID, Vec::new()));
    }

    #[test]
    fn a_nul_in_a_receipt_does_not_end_its_texts() {
        let receipt = handle(&fiskal::receipt::Receipt {
            text: Some("a\0b".into()),
            state: State::Provisional,
            ..Default::default()
        });
        // SAFETY: both texts end with NUL.
        let text = unsafe { CStr::from_ptr(fiskal_receipt_get(receipt, c"text".as_ptr())) };
        assert_eq!(text.to_str(), Ok("a\u{FFFD}b"));
        // SAFETY: the text ends with NUL.
        let whole = unsafe { CStr::from_ptr(fiskal_receipt_json(receipt)) };
        assert!(whole.to_str().unwrap().contains(r"a\u0000b"));
        assert_eq!(fiskal_receipt_state(receipt), FISKAL_PROVISIONAL);
        fiskal_receipt_free(receipt);
    }
}
