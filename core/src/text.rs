//! What the characters of a text do, and how a text of somebody else's is shown.

use std::path::Path;

/// How much of it is shown, in characters.
const SHOWN: usize = 64;
/// How much of a path, which is of use only where it is whole.
const SHOWN_OF_PATH: usize = 400;

/// Whether a character shows nothing itself but steers how others are shown: zero-width characters
/// and the marks that turn the writing direction (Unicode category Cf, UAX 9).
pub(crate) fn is_steering(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a character is seen: neither blank, nor a control character, nor a steering one.
pub(crate) fn is_visible(character: char) -> bool {
    !character.is_whitespace() && !character.is_control() && !is_steering(character)
}

/// What somebody wrote, in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", shown(text))
}

/// What somebody wrote, cut to a bearable length and without control characters.
pub(crate) fn shown(text: &str) -> String {
    cut(text, SHOWN)
}

/// A path that somebody gave.
pub(crate) fn shown_path(path: &Path) -> String {
    cut(&path.to_string_lossy(), SHOWN_OF_PATH)
}

fn cut(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).flat_map(char::escape_debug).collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}
