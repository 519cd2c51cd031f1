//! What a register has sold, by its receipts: the grand totals of a day, a month, a fiscal year, and ever.
//!
//! Pure functions over receipts; they ask neither the journal nor a service.

mod period;
mod turnover;

pub use period::{Period, Span};
pub use turnover::{Sums, Turnover};
