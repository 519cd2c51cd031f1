//! Text of programs that do not speak UTF-8.

use crate::arguments::{Out, bytes as given_bytes};
use crate::constants::fiskal_status;
use crate::error::fiskal_error;
use crate::{guard, strings};
use fiskal::error::{Error, Kind, Result};
use std::ffi::c_char;
use std::ptr::null_mut;
use yore::CodePage;
use yore::code_pages::{
    CP437, CP850, CP852, CP1250, CP1251, CP1252, CP1253, CP1254, CP1255, CP1256, CP1257, CP1258,
};

/// Code page 858 is code page 850 with the euro sign for this letter.
const DOTLESS_I: char = 'ı';

/// The code pages by their numbers.
const PAGES: [(i32, &dyn CodePage); 13] = [
    (437, &CP437),
    (850, &CP850),
    (852, &CP852),
    (858, &CP850),
    (1250, &CP1250),
    (1251, &CP1251),
    (1252, &CP1252),
    (1253, &CP1253),
    (1254, &CP1254),
    (1255, &CP1255),
    (1256, &CP1256),
    (1257, &CP1257),
    (1258, &CP1258),
];

/// Turns text of a Windows or DOS code page into UTF-8.
///
/// code_page: 1250 to 1258, 437, 850, 852 or 858; 65001 only checks that the bytes are UTF-8.
/// bytes, length: the text; it need not end with a NUL and may not have one inside.
/// out: free it with fiskal_string_free.
///
/// FISKAL_INVALID names the first byte that the code page does not have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_utf8_from(
    code_page: i32,
    bytes: *const c_char,
    length: usize,
    out: *mut *mut c_char,
    error: *mut *mut fiskal_error,
) -> fiskal_status {
    // SAFETY: the header asks the caller for it.
    let (out, error) = unsafe { (Out::new("out", out, null_mut()), Out::new("error", error, null_mut())) };
    guard::status(&error, || {
        out.needed()?;
        // SAFETY: the header asks the caller for it.
        let text = decoded(code_page, unsafe { given_bytes("bytes", bytes, length) }?)?;
        out.set(strings::hand_over(&text));
        Ok(())
    })
}

fn decoded(code_page: i32, bytes: &[u8]) -> Result<String> {
    let invalid = |message| Error::new(Kind::Invalid, message);
    if let Some(place) = bytes.iter().position(|byte| *byte == 0) {
        return Err(invalid(format!("`bytes` has a NUL at byte {place}; give the length of the text alone")));
    }
    let lacks = |place: usize| {
        invalid(format!("`bytes` is no text of code page {code_page}: byte {place} is not in it"))
    };
    if code_page == 65001 {
        return std::str::from_utf8(bytes).map(str::to_owned).map_err(|cause| lacks(cause.valid_up_to()));
    }
    let Some((_, page)) = PAGES.iter().find(|(number, _)| *number == code_page) else {
        let known: Vec<_> = PAGES.iter().map(|(number, _)| number.to_string()).collect();
        return Err(invalid(format!(
            "there is no code page {code_page} here; give {} or 65001",
            known.join(", ")
        )));
    };
    let text = page.decode(bytes).map_err(|cause| lacks(cause.position))?;
    Ok(if code_page == 858 { text.replace(DOTLESS_I, "€") } else { text.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::decoded;

    /// Bytes from the tables of Unicode's MAPPINGS/VENDORS/MICSFT, and of IBM CDRA 00858.
    #[test]
    fn text_of_every_code_page_becomes_utf_8() {
        let cases: [(i32, &[u8], &str); 15] = [
            (437, b"Caf\x82 \xE1", "Café ß"),
            (850, b"\x9C \xD5", "£ ı"),
            (852, b"\x88\xA2", "łó"),
            (858, b"Caf\x82 1,50 \xD5", "Café 1,50 €"),
            (1250, b"\xA3\xF3d\x9F", "Łódź"),
            (1251, b"\xD5\xEB\xE5\xE1", "Хлеб"),
            (1252, b"Caf\xE9 \x80 \x9C", "Café € œ"),
            (1253, b"\xF8\xF9\xEC\xDF", "ψωμί"),
            (1254, b"\xFE\xF0", "şğ"),
            (1255, b"\xEC\xE7\xED", "לחם"),
            (1256, b"\xCE\xC8\xD2", "خبز"),
            (1257, b"\xD0\xE8", "Šč"),
            (1258, b"\xD2", "\u{309}"),
            (65001, "Café".as_bytes(), "Café"),
            (1252, b"", ""),
        ];
        for (page, bytes, expected) in cases {
            assert_eq!(decoded(page, bytes).as_deref(), Ok(expected), "{page}");
        }
    }

    #[test]
    fn what_a_page_lacks_is_told_with_its_place() {
        for (page, bytes, place) in [(1253, &b"ab\xD2"[..], "byte 2"), (65001, &b"\xE9"[..], "byte 0")] {
            let Err(error) = decoded(page, bytes) else { panic!("{page} was decoded") };
            assert!(error.message().contains(place), "{error}");
        }
        for (page, bytes, said) in [(932, &b"a"[..], "858, 1250"), (1252, &b"a\0b"[..], "NUL at byte 1")] {
            let Err(error) = decoded(page, bytes) else { panic!("{page} was decoded") };
            assert!(error.message().contains(said), "{error}");
        }
    }
}
