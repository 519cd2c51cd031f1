use super::Sale;
use crate::error::Result;
use crate::read::strict;
use serde_json::Value;

impl Sale {
    /// Reads a sale from JSON and checks the rules of [`Sale::check`].
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer of the first field that is missing, unknown, of the wrong
    /// type or outside its bounds.
    pub fn read(value: &Value) -> Result<Sale> {
        let sale: Sale = strict(value)?;
        sale.check()?;
        Ok(sale)
    }
}
