//! Whether what a service signed is what it says: pure checks, which need no service.

mod jws;

pub use jws::DetachedJws;
