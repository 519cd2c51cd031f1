//! x
pub mod canonical;
pub mod crypto;
pub mod schema;
