//! Code page 858: Latin letters of Western Europe with the euro sign.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use unicode_width::UnicodeWidthChar;

/// The characters of the bytes from 128 (code page 850 with `€` for `ı`).
const UPPER: &str = "\
ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»\
░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

/// What neither the code page has nor Unicode takes apart, and what is written for it.
const NEAREST: &[(&str, &str)] = &[
    ("Đ", "D"),
    ("đ", "d"),
    ("Ħ", "H"),
    ("ħ", "h"),
    ("ı", "i"),
    ("Ł", "L"),
    ("ł", "l"),
    ("Ŧ", "T"),
    ("ŧ", "t"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("ẞ", "SS"),
    ("‘’‚‛′", "'"),
    ("“”„‟″", "\""),
    ("‹", "<"),
    ("›", ">"),
    ("‐‑‒–—―−", "-"),
    ("•‣", "·"),
    ("™", "(TM)"),
];

/// The text in characters that the code page has: the nearest letters, else `?`.
///
/// Letters and accents that come apart are put together first; a letter that the page lacks goes without its accent,
/// a sign that stands for several letters as these (Unicode's NFC and NFKD).
pub(super) fn transliterate(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    composed.chars().fold(String::with_capacity(text.len()), |out, character| out + &nearest(character))
}

fn nearest(character: char) -> String {
    let known = |character: char| match NEAREST.iter().find(|(lacking, _)| lacking.contains(character)) {
        Some((_, nearest)) => Some((*nearest).to_owned()),
        None => byte(character).map(|_| character.to_string()),
    };
    let apart = || {
        let parts = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(std::iter::once(character));
        Some(parts.filter_map(known).collect::<String>()).filter(|parts| !parts.is_empty())
    };
    // What has no column is no letter: a mark without one, or what chooses the look of an emoji.
    let unknown = || if character.width() == Some(0) { "" } else { "?" }.to_owned();
    known(character).or_else(apart).unwrap_or_else(unknown)
}

/// The bytes of a text; `?` for what the code page lacks.
pub(super) fn bytes(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.chars().map(|character| byte(character).unwrap_or(b'?'))
}

/// The byte of a character, control characters excepted.
fn byte(character: char) -> Option<u8> {
    if (' '..='~').contains(&character) {
        return u8::try_from(character).ok();
    }
    let place = UPPER.chars().position(|upper| upper == character)?;
    u8::try_from(128 + place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the table of code page 858 (IBM CDRA 00858).
    #[test]
    fn letters_have_their_bytes() {
        assert_eq!(UPPER.chars().count(), 128);
        let cases = [
            ('A', 0x41),
            ('Ç', 0x80),
            ('é', 0x82),
            ('à', 0x85),
            ('É', 0x90),
            ('ö', 0x94),
            ('×', 0x9E),
            ('ñ', 0xA4),
            ('À', 0xB7),
            ('€', 0xD5),
            ('ß', 0xE1),
            ('°', 0xF8),
            ('\u{A0}', 0xFF),
        ];
        for (character, expected) in cases {
            assert_eq!(byte(character), Some(expected), "{character}");
        }
        assert_eq!(byte('\u{1b}'), None);
        assert_eq!(byte('\u{7f}'), None);
    }

    #[test]
    fn what_the_page_lacks_is_written_with_what_it_has() {
        let cases = [
            ("cœur", "coeur"),
            ("Łódź", "Lódz"),
            ("„so“ …", "\"so\" ..."),
            ("Cafe\u{301} Mu\u{308}ller", "Café Müller"),
            ("Phở bò, Čevapčići, İçli köfte", "Pho bò, Cevapcici, Içli köfte"),
            ("ﬁn ½ kg ２５℃ №5", "fin ½ kg 25°C No5"),
            ("寿司 が 각", "?? ? ?"),
            ("❤\u{FE0F}", "?"),
            ("12\u{202F}€", "12 €"),
            ("\u{1b}@", "?@"),
        ];
        for (text, expected) in cases {
            assert_eq!(transliterate(text), expected);
        }
    }
}
