//! What the customer holds: the receipt as text, HTML and printer commands.
//!
//! All three show the same content in the same order. Texts of the receipt are neutralised first:
//! control characters (a printer's ESC among them) become blanks, and marks that turn the writing
//! direction or show nothing are dropped.
//!
//! Labels are in the language of the service's country: French, Italian, German, Spanish, else
//! English; amounts and dates are written as that country writes them.

mod closing;
mod code_page;
mod escpos;
mod html;
mod languages;
mod ocr;
mod paper;
pub mod qr;
mod rows;
mod sections;
mod text;
mod words;

pub use closing::ClosingPaper;
pub use escpos::escpos;
pub use html::html;
pub use ocr::in_ocr;
pub use text::text;

use crate::error::{Error, Result};
use crate::sale::Method;

/// The narrowest paper that is printed on, in characters.
pub const LEAST_COLUMNS: u32 = 24;
/// The widest paper that is printed on, in characters.
pub const MOST_COLUMNS: u32 = 80;

/// What a means of payment is called in German, for a service that wants it in words.
pub(crate) fn german_method(method: Method) -> &'static str {
    languages::GERMAN.method(method)
}

/// Checks a width of paper.
///
/// # Errors
/// `invalid` outside [`LEAST_COLUMNS`] to [`MOST_COLUMNS`].
pub fn check_columns(columns: u32) -> Result<()> {
    if (LEAST_COLUMNS..=MOST_COLUMNS).contains(&columns) {
        return Ok(());
    }
    Err(Error::invalid("/columns", format!("paper has {LEAST_COLUMNS} to {MOST_COLUMNS} columns")))
}
