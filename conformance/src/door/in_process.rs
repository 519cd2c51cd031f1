//! Rust's own door.

use super::{Door, Handing, Reply};
use crate::Result;
use fiskal::Fiskal;
use fiskal::error::Error;
use serde_json::Value;
use std::path::Path;

/// [`Fiskal::call`] in this process. Values and JSON text are the same to it.
#[derive(Default)]
pub struct InProcess(Option<Fiskal>);

impl Door for InProcess {
    fn open(&mut self, config: &Path) -> Result<Reply> {
        self.close()?;
        Ok(match Fiskal::open_file(config) {
            Ok(fiskal) => {
                self.0 = Some(fiskal);
                Ok(Value::Null)
            }
            Err(error) => Err(error.to_json()),
        })
    }

    fn call(&mut self, operation: &str, params: &Value, _: Handing) -> Result<Reply> {
        let fiskal = self.0.as_ref().ok_or("nothing is open at the door")?;
        Ok(fiskal.call(operation, params).map_err(|error: Error| error.to_json()))
    }

    fn close(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.close()
    }
}
