//! A till that is killed while it sells, and three books that must agree afterwards.
//!
//! [`harness`] starts a sandbox with faults on its line and a till as a process of its own, kills the
//! till (SIGKILL), starts it again, and lets it ask again for what it has no receipt of. In the end
//! the faults go, what waits is settled, and [`books`] compares what the till believes, what the
//! journal says, and what the sandbox has booked; in Austria the exported log is the fourth. Everything that chance decides comes from a seed;
//! the moment of a kill is as exact as the machine is.

pub mod beliefs;
pub mod books;
pub mod harness;
pub mod plan;
pub mod till;
pub mod weather;
