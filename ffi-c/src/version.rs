//! Which library this is.

use crate::constants::{FISKAL_ABI_VERSION, fiskal_status};
use fiskal::error::Kind;
use std::ffi::{CStr, c_char};

/// The library's version as C text.
const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The library's version, such as "0.1.0". FISKAL_VERSION is that of the header.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The version of the interface that the library has. FISKAL_ABI_VERSION is that of the header; the
/// functions that open a client compare the two.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_abi_version() -> i32 {
    FISKAL_ABI_VERSION
}

/// The name of a status, such as "FISKAL_INVALID"; "unknown status" for a number that this library does
/// not know. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fiskal_status_name(status: fiskal_status) -> *const c_char {
    let kind = Kind::ALL.into_iter().find(|kind| kind.status() == status);
    let name = match kind {
        None if status == 0 => c"FISKAL_OK",
        None => c"unknown status",
        Some(kind) => name(kind),
    };
    name.as_ptr()
}

fn name(kind: Kind) -> &'static CStr {
    match kind {
        Kind::Invalid => c"FISKAL_INVALID",
        Kind::Config => c"FISKAL_CONFIG",
        Kind::NotFound => c"FISKAL_NOT_FOUND",
        Kind::Conflict => c"FISKAL_CONFLICT",
        Kind::Closed => c"FISKAL_CLOSED",
        Kind::Abi => c"FISKAL_ABI",
        Kind::NotReady => c"FISKAL_NOT_READY",
        Kind::Busy => c"FISKAL_BUSY",
        Kind::Journal => c"FISKAL_JOURNAL",
        Kind::Unreachable => c"FISKAL_UNREACHABLE",
        Kind::UnknownOutcome => c"FISKAL_UNKNOWN_OUTCOME",
        Kind::Refused => c"FISKAL_REFUSED",
        Kind::Unauthorized => c"FISKAL_UNAUTHORIZED",
        Kind::Mismatch => c"FISKAL_MISMATCH",
        Kind::Internal => c"FISKAL_INTERNAL",
        _ => c"unknown status",
    }
}
