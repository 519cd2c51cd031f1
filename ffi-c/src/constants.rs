//! The numbers of the C interface. They are fixed for ever and only added to.

pub use crate::kinds::*;

/// The version of the interface that this header describes. It changes only when a program built against
/// an older header could no longer run.
pub const FISKAL_ABI_VERSION: i32 = 1;

/// State of a receipt: the service has it, finally.
pub const FISKAL_SIGNED: i32 = 0;
/// State of a receipt: booked or being settled; printable; the operation sync finishes it.
pub const FISKAL_PENDING: i32 = 1;
/// State of a receipt: made without the service by the country's law; printable.
pub const FISKAL_PROVISIONAL: i32 = 2;
/// State of a receipt: a record exists and was rejected later.
pub const FISKAL_REFUSED_LATER: i32 = 3;

/// A QR code as a PNG image.
pub const FISKAL_IMAGE_PNG: i32 = 0;
/// A QR code as an SVG image.
pub const FISKAL_IMAGE_SVG: i32 = 1;
/// A QR code as commands by which a receipt printer draws it (ESC/POS), with blank lines above and below.
pub const FISKAL_IMAGE_ESCPOS: i32 = 2;
/// A QR code as half blocks for a terminal (UTF-8).
pub const FISKAL_IMAGE_TERMINAL: i32 = 3;

/// A receipt as plain text (UTF-8).
pub const FISKAL_PAPER_TEXT: i32 = 0;
/// A receipt as an HTML page (UTF-8).
pub const FISKAL_PAPER_HTML: i32 = 1;
/// A receipt as commands and bytes for a receipt printer (ESC/POS, code page 858).
pub const FISKAL_PAPER_ESCPOS: i32 = 2;

/// Log level: something went wrong.
pub const FISKAL_LOG_ERROR: i32 = 1;
/// Log level: something may go wrong.
pub const FISKAL_LOG_WARN: i32 = 2;
/// Log level: what was done.
pub const FISKAL_LOG_INFO: i32 = 3;
/// Log level: how it was done.
pub const FISKAL_LOG_DEBUG: i32 = 4;
/// Log level: every step.
pub const FISKAL_LOG_TRACE: i32 = 5;
