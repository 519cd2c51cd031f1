//! How the code of a service stops before its end.
//!
//! Each call that needs an answer gives it, if the past has it, or leaves the step with the request that asks for
//! it. The next step walks the same way again and gets one answer further, so that an operation resumed after a
//! crash at any point does what it would have done anyhow.

use crate::error::Error;
use crate::exchange::{Request, Step};
use std::time::Duration;

/// Why the code of an operation stops before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something has to be sent or waited for first.
    Step(Box<Step>),
    /// The operation is over, or cannot go on.
    Failed(Error),
    /// The service said no. Whatever was of unknown fate before it has been looked up by then.
    Refused(Error),
}

impl Stop {
    /// Stops to send a request.
    pub(super) fn to_send(request: Request) -> Self {
        Stop::Step(Box::new(Step::Send(request)))
    }

    /// Stops to send the same bytes again.
    pub(super) fn to_repeat(label: &str, pause: Duration) -> Self {
        Stop::Step(Box::new(Step::Again { label: label.to_owned(), pause }))
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error)
    }
}

/// A value, or what has to happen before there can be one.
pub(super) type Flow<T> = std::result::Result<T, Stop>;
