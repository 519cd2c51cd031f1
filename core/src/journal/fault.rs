//! SQLite's failures in the words of a till.

use crate::error::{Error, Kind, Result};
use rusqlite::ErrorCode;
use std::path::Path;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => of_sqlite(failure.code, &error),
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => damaged(&error),
            _ => Error::internal(format!("the journal was asked something wrong: {error}")),
        }
    }
}

fn of_sqlite(code: ErrorCode, error: &rusqlite::Error) -> Error {
    let journal = |message: String| Error::new(Kind::Journal, message);
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            Error::new(Kind::Busy, "another process is writing to the journal; try again")
        }
        ErrorCode::DiskFull => {
            journal("the disk is full, nothing of this call was written; free space and try again".into())
        }
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => journal(format!(
            "it cannot be written here ({error}); make the file and its folder writable for this program"
        )),
        ErrorCode::DatabaseCorrupt => damaged(error),
        ErrorCode::NotADatabase => journal(
            "this file is not a journal, or its beginning is destroyed; name another file, or restore a backup"
                .into(),
        ),
        ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed => {
            journal(format!("the disk failed ({error}); check it, then open the journal again"))
        }
        ErrorCode::OutOfMemory => journal("memory ran out, nothing of this call was written; try again".into()),
        ErrorCode::TooBig => Error::new(Kind::Invalid, "a value is too large for the journal; make it smaller"),
        _ => Error::internal(format!("the journal was asked something wrong: {error}")),
    }
}

/// A failure to write an entry, whose place must be free.
pub(super) fn of_insert(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => damaged(&error),
        _ => error.into(),
    }
}

fn damaged(error: &rusqlite::Error) -> Error {
    Error::new(
        Kind::Journal,
        format!(
            "the file is damaged ({error}); keep it, let `fiskal journal verify` name the place, restore a backup"
        ),
    )
}

/// Puts the journal's name before the sentence of a journal error.
pub(super) fn name_file<T>(name: &str, result: Result<T>) -> Result<T> {
    result.map_err(|error| {
        if error.kind() != Kind::Journal || error.message().contains(name) {
            return error;
        }
        error.with(|details| details.message = format!("journal {name}: {}", details.message))
    })
}

/// A failure of the file system at `path`.
pub(super) fn of_file(path: &Path, doing: &str, cause: &std::io::Error) -> Error {
    Error::new(
        Kind::Journal,
        format!(
            "{} cannot be {doing} ({cause}); check the folder, its rights and its free space",
            path.display()
        ),
    )
}
