//! The core's log, handed to a function of JavaScript.

use fiskal::boundary::log;
use napi::Result as NodeResult;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode::NonBlocking;
use napi_derive::napi;

/// Lines that wait until the event loop has time for them; further ones are lost.
const WAITING: usize = 10_000;

/// A line's level, the module that says it, and its text.
type Line = (i32, String, String);

/// Sets the function that hears the log; nothing, and levels below 1, log nothing. It does not keep the
/// process alive.
#[napi]
pub fn set_logger(logger: Option<Function<'_, FnArgs<Line>, ()>>, max_level: i32) -> NodeResult<()> {
    let logger = match logger {
        Some(function) => {
            let heard = function
                .build_threadsafe_function::<Line>()
                .weak::<true>()
                .max_queue_size::<WAITING>()
                .build_callback(|line| Ok(FnArgs::from(line.value)))?;
            let logger: log::Logger = Box::new(move |level, target, text| {
                // Where the environment is gone or the queue is full, nobody hears it.
                let _ = heard.call((level, target.to_owned(), text.to_owned()), NonBlocking);
            });
            Some(logger)
        }
        None => None,
    };
    log::set_logger(logger, max_level);
    Ok(())
}
