//! Code page 858: Latin letters of Western Europe with the euro sign.

/// The characters of the bytes from 128 (code page 850 with `€` for `ı`).
const UPPER: &str = "\
ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»\
░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

/// What the code page lacks, and what is written for it.
const NEAREST: &[(&str, &str)] = &[
    ("ĀĂĄ", "A"),
    ("āăą", "a"),
    ("ĆĈĊČ", "C"),
    ("ćĉċč", "c"),
    ("ĎĐ", "D"),
    ("ďđ", "d"),
    ("ĒĔĖĘĚ", "E"),
    ("ēĕėęě", "e"),
    ("ĜĞĠĢ", "G"),
    ("ĝğġģ", "g"),
    ("ĤĦ", "H"),
    ("ĥħ", "h"),
    ("ĨĪĬĮİ", "I"),
    ("ĩīĭįı", "i"),
    ("Ĵ", "J"),
    ("ĵ", "j"),
    ("Ķ", "K"),
    ("ķ", "k"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("ŃŅŇ", "N"),
    ("ńņň", "n"),
    ("ŌŎŐ", "O"),
    ("ōŏő", "o"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšș", "s"),
    ("ŢŤŦȚ", "T"),
    ("ţťŧț", "t"),
    ("ŨŪŬŮŰŲ", "U"),
    ("ũūŭůűų", "u"),
    ("Ŵ", "W"),
    ("ŵ", "w"),
    ("ŶŸ", "Y"),
    ("ŷ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("ẞ", "SS"),
    ("‘’‚‛′", "'"),
    ("“”„‟″", "\""),
    ("‹", "<"),
    ("›", ">"),
    ("‐‑‒–—―−", "-"),
    ("•‣", "·"),
    ("…", "..."),
    ("™", "(TM)"),
    ("\u{2009}\u{202F}\u{A0}\u{2007}", " "),
];

/// The text in characters that the code page has: the nearest letters, else `?`; a combining mark
/// goes with its letter.
pub(super) fn transliterate(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if let Some((_, nearest)) = NEAREST.iter().find(|(lacking, _)| lacking.contains(character)) {
            out.push_str(nearest);
        } else if byte(character).is_some() {
            out.push(character);
        } else if !matches!(character, '\u{300}'..='\u{36F}') {
            out.push('?');
        }
    }
    out
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
            ("e\u{301}", "e"),
            ("寿司", "??"),
            ("12\u{202F}€", "12 €"),
            ("\u{1b}@", "?@"),
        ];
        for (text, expected) in cases {
            assert_eq!(transliterate(text), expected);
        }
    }
}
