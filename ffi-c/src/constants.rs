//! The numbers of the C interface. They are fixed for ever and only added to.

/// What a call came to: FISKAL_OK, or one of the kinds of error below.
pub type fiskal_status = i32;

/// The version of the interface that this header describes. It changes only when a program built against
/// an older header could no longer run.
pub const FISKAL_ABI_VERSION: i32 = 1;

/// Done.
pub const FISKAL_OK: fiskal_status = 0;
/// The caller's input is wrong: an argument, a handle, or a member that the error names by JSON pointer.
pub const FISKAL_INVALID: fiskal_status = 1;
/// The configuration is wrong; the error names file, line and key.
pub const FISKAL_CONFIG: fiskal_status = 2;
/// No such register, receipt or operation.
pub const FISKAL_NOT_FOUND: fiskal_status = 3;
/// This id or number was already used for something else.
pub const FISKAL_CONFLICT: fiskal_status = 4;
/// The client is closed, or the handle belongs to the process before fork().
pub const FISKAL_CLOSED: fiskal_status = 5;
/// The header and the library do not fit.
pub const FISKAL_ABI: fiskal_status = 6;
/// The register may not sell now; the error says since when and what to do.
pub const FISKAL_NOT_READY: fiskal_status = 7;
/// Another process works on this register; try again.
pub const FISKAL_BUSY: fiskal_status = 100;
/// The journal cannot be written or read, or its chain is broken.
pub const FISKAL_JOURNAL: fiskal_status = 101;
/// No answer, and this may not be done later; nothing was booked.
pub const FISKAL_UNREACHABLE: fiskal_status = 200;
/// Sent, the answer was lost, and there is nothing to print; the operation sync settles it.
pub const FISKAL_UNKNOWN_OUTCOME: fiskal_status = 201;
/// The service said no; no fiscal record exists.
pub const FISKAL_REFUSED: fiskal_status = 300;
/// Credentials are wrong, expired or for another environment.
pub const FISKAL_UNAUTHORIZED: fiskal_status = 301;
/// Booked, but the answer does not say what was sent. Do not sell again: the error has the receipt.
pub const FISKAL_MISMATCH: fiskal_status = 302;
/// A bug in libfiskal; please report the message.
pub const FISKAL_INTERNAL: fiskal_status = 900;

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
/// A QR code as commands by which a receipt printer draws it (ESC/POS).
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
