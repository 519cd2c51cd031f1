//! Text on its way to C.

use std::ffi::CString;

/// The text for C, in which NUL ends a text: a NUL inside, which JSON can hold, is shown as U+FFFD.
pub(crate) fn for_c(text: &str) -> CString {
    let text = if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text.to_owned() };
    CString::new(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::for_c;

    #[test]
    fn a_nul_inside_does_not_end_the_text() {
        let cases = [("", ""), ("Café", "Café"), ("a\0b", "a\u{FFFD}b"), ("\0", "\u{FFFD}")];
        for (text, expected) in cases {
            assert_eq!(for_c(text).to_str(), Ok(expected));
        }
    }
}
